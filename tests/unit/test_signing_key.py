"""The private key of an instance: made once, its owner's alone, replaced whole."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.signing import keep_key
from tracker.delivery.signing import KeyFile, new_signer
from tracker.domain.signed import (
    CHECKPOINT_TAG,
    RECEIPT_TAG,
    KeyUnusable,
    from_base64,
    in_base64,
    key_id,
    signed,
)
from tracker.queries.signing import is_signed


def key_file(folder: Path, *, demonstration: bool = False) -> KeyFile:
    return KeyFile(folder / "instance", demonstration=demonstration)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    with pytest.raises(KeyUnusable, match=r"signing_key\.pem: No such file"):
        file.signer()
    first = file.first()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert key_file(tmp_path).signer().public_key == first.public_key
    assert [path.name for path in file.path.parent.iterdir()] == ["signing_key.pem"]


def test_of_many_that_make_the_first_key_at_once_one_prevails(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: key_file(tmp_path).first().public_key, range(16)))
    assert len(set(made)) == 1


def test_a_demonstration_never_signs_with_the_real_key(tmp_path: Path) -> None:
    real, shown = key_file(tmp_path), key_file(tmp_path, demonstration=True)
    assert real.path != shown.path
    assert real.first().public_key != shown.first().public_key


def test_a_new_key_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    file, new = key_file(tmp_path), new_signer()
    old = file.first()
    keep_key(file, new)
    assert file.signer().public_key == new.public_key != old.public_key
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    file.path.parent.mkdir()
    for content in (b"", b"nonsense", _another_kind()):
        file.path.write_bytes(content)
        with pytest.raises(KeyUnusable, match=r"signing_key\.pem: it "):
            file.signer()
    file.path.unlink()
    file.path.mkdir()
    with pytest.raises(KeyUnusable, match=r"signing_key\.pem: Is a directory"):
        file.signer()


def _another_kind() -> bytes:
    return X25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def test_a_key_that_others_may_read_is_a_problem(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    assert file.problem() is None
    file.first()
    assert file.problem() is None
    file.path.chmod(0o640)
    assert str(file.problem()).endswith(f"run: chmod 600 {file.path}.")


def test_a_signature_holds_for_its_statement_kind_and_key_alone() -> None:
    signer = new_signer()
    made = signed(RECEIPT_TAG, {"number": 1, "state": "Ghana"}, signer)
    assert made["key_id"] == key_id(signer.public_key)
    assert is_signed(RECEIPT_TAG, made, signer.public_key)
    assert is_signed(RECEIPT_TAG, dict(reversed(made.items())), signer.public_key)
    assert not is_signed(CHECKPOINT_TAG, made, signer.public_key)
    assert not is_signed(RECEIPT_TAG, made, new_signer().public_key)
    for name, value in (
        ("number", 2),
        ("number", 1.0),
        ("added", None),
        ("key_id", "0" * 32),
        ("signature", ""),
        ("signature", "é"),
        ("signature", None),
        ("signature", made["signature"][:-4]),
    ):
        assert not is_signed(RECEIPT_TAG, {**made, name: value}, signer.public_key), name


def test_base64_comes_back_as_it_was() -> None:
    for raw in (b"", b"\xff", b"\xfb\xef\xbe", bytes(range(64))):
        assert from_base64(in_base64(raw)) == raw
        assert "=" not in in_base64(raw)
