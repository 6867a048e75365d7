"""Measurements run by hand: ``python -m tests.bench``. Only ratios inside one run carry over."""
