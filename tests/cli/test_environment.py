"""What the environment asks for, and the sentence where it cannot be done."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import environment, serving, web
from cli.environment import Misconfigured
from comics.paths import from_text
from tests.disk import as_ordinary_user

NAMES = ("GUNICORN_WORKERS", "LIBRARY", "LONGBOX_DATA", "LONGBOX_HOST", "MAX_WORKERS")


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "WATCHED_DIR", "WEB_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_everything_has_a_default() -> None:
    assert environment.port() == 5000
    assert environment.host() == "127.0.0.1"
    assert environment.web_workers() == 2
    assert 1 <= environment.readers() <= 4
    assert environment.home() == Path.home() / ".local/share/longbox"
    assert environment.library() is None


@pytest.mark.parametrize(
    ("name", "read", "most"),
    [
        ("WEB_PORT", environment.port, 65_535),
        ("GUNICORN_WORKERS", environment.web_workers, 32),
        ("MAX_WORKERS", environment.readers, 64),
    ],
)
def test_a_number_is_taken_within_its_range_and_refused_beyond_it(
    monkeypatch: pytest.MonkeyPatch, name: str, read: Callable[[], int], most: int
) -> None:
    for text, number in (("1", 1), (" 7 ", 7), (str(most), most)):
        monkeypatch.setenv(name, text)
        assert read() == number
    for text in ("0", "-1", str(most + 1), "x", "1.5", "²", "0x10"):
        monkeypatch.setenv(name, text)
        with pytest.raises(Misconfigured, match=f"{name} is .*: it has to be a number from 1 to"):
            read()


def test_the_library_may_have_its_older_name_and_be_relative(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "comics").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHED_DIR", "comics")
    assert environment.library() == str(tmp_path / "comics")
    monkeypatch.setenv("LIBRARY", str(tmp_path))
    assert environment.library() == str(tmp_path)


def test_the_library_may_have_a_name_that_is_not_utf_8(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    monkeypatch.setenv("LIBRARY", str(folder))
    root = environment.library()
    assert root == f"{tmp_path}/caf\ufffdE9"
    assert from_text(root) == str(folder)


def test_a_library_that_cannot_be_listed_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for wrong in (tmp_path / "file", tmp_path / "missing", tmp_path / "file" / "inside"):
        monkeypatch.setenv("LIBRARY", str(wrong))
        with pytest.raises(Misconfigured, match="is not a folder that can be read"):
            environment.library()


@pytest.mark.parametrize("inside", ["", "closed further"])
def test_a_library_that_is_closed_to_us_is_refused(
    monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="longbox-", dir="/var/tmp") as name:
        Path(name, inside).mkdir(exist_ok=True)
        monkeypatch.setenv("LIBRARY", f"{name}/{inside}")
        Path(name).chmod(0)
        with as_ordinary_user(), pytest.raises(Misconfigured, match="is not a folder that can be"):
            environment.library()
        Path(name).chmod(0o700)


@pytest.mark.parametrize(
    ("host", "address"),
    [("", "127.0.0.1:5000"), ("0.0.0.0", "0.0.0.0:5000"), ("::1", "[::1]:5000")],  # noqa: S104  it is the user's choice
)
def test_the_address_is_written_as_urls_have_it(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    monkeypatch.setenv("LONGBOX_HOST", host)
    assert web.address() == address


def test_a_certificate_is_of_use_with_its_key_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("SSL_CERTFILE", "SSL_KEYFILE", "SSL_CA_CERTS"):
        monkeypatch.delenv(name, raising=False)
    assert environment.tls() == ()
    (tmp_path / "file.pem").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSL_CERTFILE", "file.pem")
    with pytest.raises(Misconfigured, match="set both"):
        environment.tls()
    monkeypatch.setenv("SSL_KEYFILE", "gone.pem")
    with pytest.raises(Misconfigured, match=r"SSL_KEYFILE is 'gone.pem', which is not a file"):
        environment.tls()
    monkeypatch.setenv("SSL_KEYFILE", "file.pem")
    whole = str(tmp_path / "file.pem")
    assert environment.tls() == ("--certfile", whole, "--keyfile", whole)
    assert web.url().startswith("https://")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LONGBOX_TRUSTED_PROXIES", "nginx", "LONGBOX_TRUSTED_PROXIES is 'nginx'"),
        ("LONGBOX_OIDC_ISSUER", "http://login.example", "it has to be an https"),
        ("FUNCTIONS", "list_files fly", "FUNCTIONS names fly: there is no such function"),
    ],
)
def test_functions_that_would_not_start_are_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=told):
        serving.check()
