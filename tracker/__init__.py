"""Tracks what States do about the commitments of adopted outcome documents."""

__version__ = "0.1.0"
