"""A provider of identities as OpenID Connect describes one, on this machine.

It logs in whoever comes as the user that the test names, and checks what a provider checks: the
client's secret, the address to return to, and that the code is used once, with its verifier.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "longbox", "only the two of us know"
ACCESS = "the access token"


class Provider(ThreadingHTTPServer):
    """One that listens on 127.0.0.1."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.key = RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
        self.signs_with = self.key
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.returns_to = "http://falconframework.org/api/oidc/callback"
        self.claims: dict[str, Any] = {"sub": "1", "preferred_username": "ann"}
        self.told: dict[str, Any] = {}  # to who shows the access token
        self.document: dict[str, Any] = {}  # what it says of itself besides
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, asked: dict[str, str]) -> str:
        """Log the user in, and return where their browser is sent."""
        assert asked["client_id"] == CLIENT
        assert asked["redirect_uri"] == self.returns_to
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{self.returns_to}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, given: dict[str, str], authorization: str) -> dict[str, Any]:
        """Return tokens for a code, or the error that a provider gives."""
        asked = self.codes.pop(given["code"], None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {known}":
            return {"error": "invalid_client"}
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or asked["code_challenge"] != challenge:
            return {"error": "invalid_grant"}
        usual = {"iss": self.describe()["issuer"], "aud": CLIENT, "exp": int(time.time()) + 300}
        claims = usual | {"nonce": asked["nonce"]} | self.claims
        token = jwt.encode({"alg": "RS256", "kid": "first"}, claims, self.signs_with)
        return {"access_token": ACCESS, "token_type": "Bearer", "id_token": token}

    def describe(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.document


class Answer(BaseHTTPRequestHandler):
    """An answer of the provider."""

    server: Provider

    def do_GET(self) -> None:
        """Answer what it is, who signs, and who the user is."""
        provider = self.server
        answers: dict[str, dict[str, Any]] = {
            "/.well-known/openid-configuration": provider.describe(),
            "/keys": {"keys": [provider.key.as_dict(private=False)]},
            "/userinfo": provider.told,
        }
        path = urlsplit(self.path).path
        needed = f"Bearer {ACCESS}" if path == "/userinfo" else None
        self.say(200 if self.headers.get("Authorization") == needed else 401, answers[path])

    def do_POST(self) -> None:
        """Answer with tokens."""
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        given = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        told = self.server.exchange(given, self.headers.get("Authorization", ""))
        self.say(400 if "error" in told else 200, told)

    def say(self, status: int, content: dict[str, Any]) -> None:
        """Write an answer."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def providing() -> Iterator[Provider]:
    """Have a provider."""
    with Provider() as provider:
        thread = threading.Thread(target=provider.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
