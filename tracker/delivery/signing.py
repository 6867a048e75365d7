"""The private key that signs receipts and checkpoints: one file of the instance, its owner's alone.

It is read for each signature, so that a new key signs at once in every process.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tracker.domain.signed import in_base64

FILE, DEMONSTRATION_FILE = "signing_key.pem", "demo_signing_key.pem"


class KeyUnusable(Exception):
    """The file of the private key cannot be used; the text says which file and why."""


class KeySpoilt(KeyUnusable):
    """It was read, and holds no key."""


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A signer with its private key in memory."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The public half, in base64."""
        return in_base64(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, message: bytes) -> str:
        """The signature of the message, in base64."""
        return in_base64(self.private.sign(message))


class KeyFile:
    """Where the private key of an instance is kept; a demonstration has a key of its own."""

    def __init__(self, instance_path: Path, *, demonstration: bool) -> None:
        self.path = instance_path / (DEMONSTRATION_FILE if demonstration else FILE)

    def first(self) -> FileSigner:
        """The key, made now if there is none; ``KeyUnusable`` where that cannot be."""
        try:
            if not self.path.exists():
                self._put(new_signer(), replace=False)
        except OSError as error:
            raise KeyUnusable(f"{self.path}: {error.strerror}.") from None
        return self.signer()

    def signer(self) -> FileSigner:
        """The key; ``KeyUnusable`` where there is none, or what is there is none."""
        try:
            private = load_pem_private_key(self.path.read_bytes(), password=None)
        except OSError as error:
            raise KeyUnusable(f"{self.path}: {error.strerror}.") from None
        except (ValueError, TypeError):
            raise KeySpoilt(f"{self.path}: it does not hold a private key.") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise KeySpoilt(f"{self.path}: it holds a key of another kind than Ed25519.")
        return FileSigner(private)

    def replace(self, signer: FileSigner) -> None:
        """Keep this key instead of the one before, which is gone afterwards."""
        try:
            self._put(signer, replace=True)
        except OSError as error:
            raise KeyUnusable(f"{self.path}: {error.strerror}.") from None

    def problem(self) -> str | None:
        """One sentence if others than the owner may read the file."""
        if self.path.exists() and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            return f"{self.path} may be read by others than its owner; run: chmod 600 {self.path}."
        return None

    def _put(self, signer: FileSigner, *, replace: bool) -> None:
        """Whole or not at all; of two that make the first key at once, one prevails."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(
                    signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                )
                file.flush()
                os.fsync(file.fileno())
            if replace:
                draft.replace(self.path)
            else:
                _link(draft, self.path)
        finally:
            draft.unlink(missing_ok=True)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first: its key is the one


def new_signer() -> FileSigner:
    """A fresh key, in memory only."""
    return FileSigner(Ed25519PrivateKey.generate())
