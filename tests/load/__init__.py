"""The deadline hour on a served site: ``python -m tests.load``."""
