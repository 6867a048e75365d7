"""An OpenID Connect provider on loopback: it signs with real keys, and fails as it is told to."""

import base64
import hashlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from werkzeug import Request, Response
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tracker.delivery.id_tokens import Registry
from tracker.provider_settings import ProviderSettings

CLIENT, SECRET = "tracker & co", "of:the+provider"
NAME = "Ministry of Tests"
RSA = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
EC = ECKey.generate_key("P-256", auto_kid=True)
EDWARDS = OKPKey.generate_key("Ed25519", auto_kid=True)
ALGORITHMS: dict[str, Key] = {"RS256": RSA, "ES256": EC, "EdDSA": EDWARDS}
Answer = Callable[[Request], Response]


@dataclass
class Code:
    """What a code was given for."""

    query: dict[str, str]
    subject: str


@dataclass
class Provider:
    """What it says is decided by its fields, before or between the requests of a test."""

    subject: str = "subject-1"
    algorithm: str = "RS256"
    key: Key | None = None  # to sign with another one than is published
    kid: str | None = None
    published: list[Key] = field(default_factory=lambda: list(ALGORITHMS.values()))
    metadata: dict[str, Any] = field(default_factory=dict)  # beside or instead of its own
    claims: dict[str, Any] = field(default_factory=dict)  # None: left out
    answers: dict[str, Answer] = field(default_factory=dict)  # by path, instead of its own
    token: str | None = None  # instead of one that it signs
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    def begin_anew(self) -> None:
        """Forget what a test before told it."""
        for name, value in vars(Provider()).items():
            setattr(self, name, value)

    def start(self, host: str = "127.0.0.1") -> None:
        self.server = make_server("127.0.0.1", 0, self._application, threaded=True)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.issuer = f"http://{host}:{self.server.server_port}/realm"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def settings(self, **more: Any) -> ProviderSettings:
        """How a site names this provider."""
        values = {"issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": NAME}
        return ProviderSettings(**values | more)

    def _application(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        path = request.path.removeprefix("/realm")
        self.asked.append(path)
        own: dict[str, Answer] = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": self._keys,
            "/authorise": self._authorise,
            "/token": self._token,
        }
        answer = self.answers.get(path) or own.get(path)
        response = answer(request) if answer else Response(status=404)
        return response(environ, start)

    def _metadata(self, request: Request) -> Response:
        return said(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorise",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
            }
            | self.metadata
        )

    def _keys(self, request: Request) -> Response:
        return said({"keys": [key.as_dict(private=False) for key in self.published]})

    def _authorise(self, request: Request) -> Response:
        """Everybody who comes is signed in there already."""
        query = request.args.to_dict()
        code = secrets.token_urlsafe(16)
        self.codes[code] = Code(query, self.subject)
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        address = f"{query['redirect_uri']}?{urlencode(back)}"
        return Response(status=302, headers={"Location": address})

    def _token(self, request: Request) -> Response:
        form = request.form
        code = self.codes.pop(form.get("code", ""), None)
        if not self._is_the_client(request):
            return said({"error": "invalid_client"}, 401)
        if code is None or not _verifies(code, form.to_dict()):
            return said({"error": "invalid_grant"}, 400)
        token = self.token if self.token is not None else self._signed(code)
        return said({"access_token": "unused", "token_type": "Bearer", "id_token": token})

    def _is_the_client(self, request: Request) -> bool:
        if "client_secret_post" in self.metadata.get("token_endpoint_auth_methods_supported", ()):
            return (request.form.get("client_id"), request.form.get("client_secret")) == (
                CLIENT,
                SECRET,
            )
        basic = base64.b64decode(request.headers.get("Authorization", "")[6:]).decode()
        return basic == "tracker+%26+co:of%3Athe%2Bprovider"

    def _signed(self, code: Code) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": code.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": code.query["nonce"],
            "email": "somebody@example.org",
            "email_verified": True,
        } | self.claims
        key = self.key or ALGORITHMS[self.algorithm]
        return jwt.encode(
            {"alg": self.algorithm, "kid": self.kid or key.kid},
            {name: value for name, value in claims.items() if value is not None},
            key,
            registry=Registry(),
        )


def said(content: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(content), status, mimetype="application/json")


def _verifies(code: Code, form: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return (
        form.get("grant_type") == "authorization_code"
        and form.get("redirect_uri") == code.query["redirect_uri"]
        and code.query["code_challenge_method"] == "S256"
        and code.query["code_challenge"] == challenge
    )


def led_to(answer: TestResponse) -> str:
    """Where the page that leads on to the provider sends a browser."""
    assert answer.status_code == 200, answer.text
    seconds, _, address = answer.headers["Refresh"].partition("; url=")
    assert seconds == "0"
    return address


def visited(address: str) -> str:
    """Go where the site sends a browser; the path with which the provider sends it back."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    assert f"{back.scheme}://{back.netloc}" == "http://localhost"
    return f"{back.path}?{back.query}"


def query_of(address: str) -> dict[str, str]:
    """What an address says behind its question mark."""
    return dict(parse_qsl(urlsplit(address).query))


def with_query(address: str, **changes: str | None) -> str:
    """The same path with some of its query changed, or without it where there is ``None``."""
    query: dict[str, str | None] = {**query_of(address), **changes}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{urlsplit(address).path}?{urlencode(kept)}"
