"""A key for tests: made once a run, in memory."""

from tracker.delivery.signing import FileSigner, KeyFile, new_signer

SIGNER = new_signer()


def keep_key(file: KeyFile, signer: FileSigner) -> None:
    """Let a site sign with it."""
    file.prepare(signer)
    file.follow()
