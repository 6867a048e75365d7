"""A key for tests: made once a run, in memory."""

from tracker.delivery.signing import new_signer

SIGNER = new_signer()
