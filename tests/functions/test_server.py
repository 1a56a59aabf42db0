"""gunicorn as production runs it: with streams open, with clients that dawdle, with https."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from subprocess import PIPE

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from sqlalchemy import URL

from db.engine import conninfo
from tests.conftest import free_port
from tests.functions.running import ROOT, Gunicorn, Run, run

__all__ = ["run"]

SECONDS = 0.3
IMPATIENT = f"from functions import server, wire\nserver.PATIENCE = wire.PATIENCE = {SECONDS}\n"
CLIENTS = 20
LAST_CHUNK = b"0\r\n\r\n"


def rest_of(client: socket.socket) -> bytes:
    """Read a stream to its end."""
    received = b""
    while chunk := client.recv(4096):
        received += chunk
    client.close()
    return received


def test_streams_end_whole_when_gunicorn_is_told_to_end(run: Run) -> None:
    """A stream that is cut off ends without the chunk that says so."""
    gunicorn = run()
    clients = [gunicorn.follow() for _ in range(CLIENTS)]
    gunicorn.process.send_signal(signal.SIGTERM)
    assert all(rest_of(client).endswith(LAST_CHUNK) for client in clients)
    assert gunicorn.process.wait(30) == 0


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LONGBOX_OIDC_ISSUER", "http://login.example", b"it has to be an https address"),
        ("FUNCTIONS", "fly", b"FUNCTIONS names fly: there is no such function."),
    ],
)
def test_what_cannot_start_ends_and_says_why(url: URL, name: str, value: str, told: bytes) -> None:
    """By itself, gunicorn would start worker after worker."""
    environment = {**os.environ, "DATABASE_URL": conninfo(url), "WEB_PORT": str(free_port())}
    command = [sys.executable, "-m", "cli", "functions"]
    ended = subprocess.run(
        command, cwd=ROOT, env={**environment, name: value}, stderr=PIPE, check=False, timeout=60
    )
    # A second worker that says so while gunicorn is about to end makes it 1.
    assert ended.returncode in {1, Arbiter.APP_LOAD_ERROR}
    assert told in ended.stderr


ASKED = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
SENT = (
    b"POST /api/preferences HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: 9\r\n\r\n{"
)


@pytest.fixture
def impatient(run: Run, tmp_path: Path) -> Gunicorn:
    """Have gunicorn running, whose workers soon lose their patience."""
    (tmp_path / "settings.py").write_text(IMPATIENT)
    return run(GUNICORN_CMD_ARGS=f"-c {tmp_path / 'settings.py'}")


def test_a_client_is_not_waited_for_unless_it_has_asked_before(impatient: Gunicorn) -> None:
    """By itself, gunicorn waits for ever, and whoever opens connections keeps them."""
    for sent in (b"", b"GET / HT", ASKED[:-2], SENT):
        with socket.create_connection(("127.0.0.1", impatient.port), timeout=30) as client:
            client.sendall(sent)
            assert rest_of(client).startswith(b"HTTP/1.1 408 "), sent
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=30) as client:
        client.sendall(ASKED)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        client.settimeout(3 * SECONDS)
        with pytest.raises(TimeoutError):
            client.recv(4096)
        client.sendall(ASKED)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 ")


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, that is its own authority, and return it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(*kinds, serialization.NoEncryption()))
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "certificate.pem", folder / "key.pem"


def test_with_a_certificate_it_speaks_https_and_nothing_else(run: Run, tmp_path: Path) -> None:
    public, key = certificate(tmp_path)
    gunicorn = run(SSL_CERTFILE=str(public), SSL_KEYFILE=str(key), SSL_CA_CERTS=str(public))
    context = ssl.create_default_context(cafile=public)
    client = HTTPSConnection("localhost", gunicorn.port, context=context, timeout=30)
    client.request("GET", "/api/version")
    answer = client.getresponse()
    assert (answer.status, bool(answer.read())) == (200, True)
    assert answer.headers["Strict-Transport-Security"]
    client.close()
    with socket.create_connection(("127.0.0.1", gunicorn.port), timeout=30) as plain:
        plain.sendall(ASKED)
        with suppress(ConnectionError):
            assert b"200" not in rest_of(plain)
