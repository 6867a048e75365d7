"""Random tokens for sessions and links; the database keeps their hashes only."""

import base64
import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def derived_token(secret_key: str, purpose: str, public_id: str) -> str:
    """A token that only the holder of the secret key can work out, the same each time."""
    digest = derived_bytes(secret_key, purpose, public_id)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def derived_bytes(secret_key: str, purpose: str, public_id: str) -> bytes:
    """The same as 256 bits."""
    message = f"tracker\0{purpose}\0{public_id}".encode()
    return hmac.digest(secret_key.encode(), message, "sha256")
