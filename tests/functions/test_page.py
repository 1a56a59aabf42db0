"""The page's files: each has a route, and nothing else has."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from falcon.asgi import App
from falcon.testing import ASGIConductor

from functions import page
from functions.wire import serialize_problem

FILES = {
    "index.html": b"<!doctype html><title>Longbox</title>",
    "docs/index.html": b"<!doctype html><title>API</title>",
    "assets/index-Ab12.js": b"export const page = 1;" * 50,
    "mark.svg": b"<svg/>",
    "odd.unknown": b"\0",
}
ROUTES = {
    "/": "index.html",
    "/docs": "docs/index.html",
    **{f"/{name}": name for name in FILES},
}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[ASGIConductor]:
    """Serve a small page, of which the script is there in gzip too, beside a secret."""
    folder = tmp_path / "static"
    (tmp_path / "secret.txt").write_text("secret")
    for name, content in {**FILES, ".stamp": b"secret", "docs/.hidden": b"secret"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    script = folder / "assets/index-Ab12.js"
    script.with_name(f"{script.name}.gz").write_bytes(gzip.compress(script.read_bytes()))
    app = App()
    app.set_error_serializer(serialize_problem)
    page.add_to(app, folder)
    async with ASGIConductor(app) as client:
        yield client


async def test_every_file_has_a_route(site: ASGIConductor) -> None:
    for path, name in ROUTES.items():
        answer = await site.simulate_get(path)
        assert (answer.status_code, answer.content) == (200, FILES[name]), path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_every_file_that_was_built_has_a_route(client: ASGIConductor) -> None:
    for file in page.STATIC.rglob("*"):
        name = file.relative_to(page.STATIC).as_posix()
        if file.is_file() and file.suffix != ".gz" and not file.name.startswith("."):
            answer = await client.simulate_get(f"/{name}")
            assert (answer.status_code, answer.content) == (200, file.read_bytes()), name


async def test_files_are_sent_as_what_they_are(site: ASGIConductor) -> None:
    types = {path: (await site.simulate_get(path)).headers["content-type"] for path in ROUTES}
    assert types["/"] == types["/docs"] == "text/html; charset=utf-8"
    assert types["/assets/index-Ab12.js"] == "text/javascript; charset=utf-8"
    assert types["/mark.svg"] == "image/svg+xml"
    assert types["/odd.unknown"] == "application/octet-stream"


async def test_gzip_goes_to_those_who_take_it(site: ASGIConductor) -> None:
    path = "/assets/index-Ab12.js"
    packed = await site.simulate_get(path, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.content) == FILES[path[1:]]
    assert packed.headers["vary"] == "Accept-Encoding"
    plain = await site.simulate_get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    unpacked = await site.simulate_get("/", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in unpacked.headers


async def test_hashed_names_are_kept_for_ever_and_others_are_checked(site: ASGIConductor) -> None:
    asset = await site.simulate_get("/assets/index-Ab12.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await site.simulate_get("/")).headers["cache-control"] == "no-cache"


async def test_a_file_that_the_client_has_is_not_sent_again(site: ASGIConductor) -> None:
    tag = (await site.simulate_get("/")).headers["etag"]
    again = await site.simulate_get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/..%5c..%5csecret.txt",
        "/assets//../../secret.txt",
        "//etc/passwd",
        "/.stamp",
        "/docs/.hidden",
        "/assets",
        "/assets/",
        "/assets/index-Ab12.js.gz",
        "/assets/index-Ab12.js/x",
        "/nothing",
    ],
)
async def test_nothing_else_is_there(site: ASGIConductor, path: str) -> None:
    answer = await site.simulate_get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.json.get("detail", "")
