"""A device that holds a passkey, put together by hand: what it says can be bent in any way."""

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ES256, P256 = -7, 1


@dataclass
class Device:
    """One key for one site; ``count`` is what it says of its uses, 0 if it counts nothing."""

    origin: str = "http://localhost"
    credential_id: bytes = b"a device's own name for its key."
    count: int = 0
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: str, **bent: Any) -> str:
        """What it says to the options of a page; ``bent`` takes the place of what it would say."""
        told = json.loads(options)
        data = self._data(bent.get("rp_id", told["rp"]["id"]), self.flags | ATTESTED)
        data += bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data += self._cose()
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", told["challenge"], bent)
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "attestationObject": bytes_to_base64url(attested),
            "transports": ["internal", "carrier-pigeon"],
        }
        return self._answer(response)

    def get(self, options: str, **bent: Any) -> str:
        """What it signs with its key, the counter one further if it counts."""
        told = json.loads(options)
        self.count += bool(self.count)
        data = self._data(bent.get("rp_id", told["rpId"]), self.flags)
        client = self._client("webauthn.get", told["challenge"], bent)
        signed = data + hashlib.sha256(client).digest()
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(self.key.sign(signed, ec.ECDSA(SHA256()))),
        }
        return self._answer(response)

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _cose(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: ES256, -1: P256, -2: x, -3: y})

    def _client(self, kind: str, challenge: str, bent: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        said |= {name: value for name, value in bent.items() if name in said}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        own = bytes_to_base64url(self.credential_id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})


def challenge_of(options: str) -> bytes:
    """The challenge in the options of a page."""
    return base64url_to_bytes(json.loads(options)["challenge"])
