"""The private key that signs receipts and checkpoints: one file of the instance, its owner's alone.

It is read for each signature, so that a new key signs at once in every process.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
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

from tracker.delivery.disk import lock_folder, sync_folder
from tracker.domain.signed import KeySpoilt, KeyUnusable, in_base64

FILE, DEMONSTRATION_FILE = "signing_key.pem", "demo_signing_key.pem"


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
                self._put(new_signer(), self.path, replace=False)
        except OSError as error:
            raise KeyUnusable(f"{self.path}: {error.strerror}.") from None
        return self.signer()

    def signer(self) -> FileSigner:
        """The key; ``KeyUnusable`` where there is none, or what is there is none."""
        return _read(self.path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Of two commands that replace the key at once, one waits for the other."""
        try:
            lock = lock_folder(self.path.parent, fcntl.LOCK_EX)
        except OSError as error:
            raise KeyUnusable(f"{self.path.parent}: {error.strerror}.") from None
        try:
            yield
        finally:
            os.close(lock)

    def prepare(self, signer: FileSigner) -> None:
        """Keep a key beside the one that signs, to follow it."""
        try:
            self._put(signer, self._beside, replace=True)
        except OSError as error:
            raise KeyUnusable(f"{self.path}: {error.strerror}.") from None

    def prepared(self) -> FileSigner | None:
        """The key that is kept to follow, if there is one."""
        return _read(self._beside) if self._beside.exists() else None

    def follow(self) -> None:
        """Let the key prepared take the place of the one before, which is gone afterwards."""
        self._beside.replace(self.path)

    @property
    def _beside(self) -> Path:
        return self.path.with_name(f".{self.path.name}.next")

    def problem(self) -> str | None:
        """One sentence if others than the owner may read the file."""
        if self.path.exists() and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            return f"{self.path} may be read by others than its owner; run: chmod 600 {self.path}."
        return None

    def _put(self, signer: FileSigner, path: Path, *, replace: bool) -> None:
        """Whole or not at all; of two that make the first key at once, one prevails.

        It belongs to the owner of the folder, also when somebody else calls the command.
        """
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
            if os.geteuid() == 0:
                folder = self.path.parent.stat()
                os.chown(draft, folder.st_uid, folder.st_gid)
            if replace:
                draft.replace(path)
            else:
                _link(draft, path)
            sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)


def _read(path: Path) -> FileSigner:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnusable(f"{path}: {error.strerror}.") from None
    except (ValueError, TypeError):
        raise KeySpoilt(f"{path}: it does not hold a private key.") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise KeySpoilt(f"{path}: it holds a key of another kind than Ed25519.")
    return FileSigner(private)


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first: its key is the one


def new_signer() -> FileSigner:
    """A fresh key, in memory only."""
    return FileSigner(Ed25519PrivateKey.generate())
