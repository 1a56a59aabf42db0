"""What is shipped beside the wheel names only commands, variables, ports and probes that exist."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import typer.main
import yaml

from cli.commands import app
from functions.app import FUNCTIONS

ROOT = Path(__file__).parents[2]
ENTRYPOINT = ROOT / "deploy/entrypoint.sh"
HEALTHY = ROOT / "deploy/healthy.py"
MANIFESTS = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
IMAGE = {"PUID", "PGID", "UMASK"}  # what the entrypoint reads
POSTGRES = {"POSTGRES_USER", "POSTGRES_PASSWORD"}  # what PostgreSQL's image reads
PYTHON = {"PATH", "PYTHONDONTWRITEBYTECODE"}


def commands() -> set[str]:
    """Return the verbs of `longbox`."""
    group = typer.main.get_command(app)
    return set(getattr(group, "commands"))  # noqa: B009  typer hides the type of its groups


def variables() -> set[str]:
    """Return what the README says is read from the environment."""
    table = (ROOT / "README.md").read_text()
    return set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", table, re.MULTILINE)) | IMAGE


def paths() -> set[str]:
    """Return the paths that can be asked."""
    return {path for function in FUNCTIONS.values() for path in function.ROUTE.split()[1:]}


def find(tree: Any, name: str) -> Iterator[Any]:  # noqa: ANN401  what YAML holds
    """Yield every value of this name, however deep."""
    if isinstance(tree, dict):
        yield from (value for key, value in tree.items() if key == name)
        for value in tree.values():
            yield from find(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from find(value, name)


def named(entries: Any) -> set[str]:  # noqa: ANN401  what YAML holds
    """Return the variables of an `env` or `environment`, a list or a mapping."""
    return set(entries if isinstance(entries, dict) else [entry["name"] for entry in entries])


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: str(path.name))
def test_a_manifest_runs_what_there_is(manifest: Path) -> None:
    documents = list(yaml.safe_load_all(manifest.read_text()))
    run = [command for command in find(documents, "command") if command[0] == "longbox"]
    assert run
    assert {command[1] for command in run} <= commands()
    assert set().union(*map(named, find(documents, "env"))) <= variables()
    assert {probe["path"] for probe in find(documents, "httpGet")} <= paths()
    for context in find(documents, "securityContext"):
        assert context["runAsNonRoot"]
        assert context["readOnlyRootFilesystem"]


def test_compose_sets_what_is_read() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert named(services["longbox"]["environment"]) <= variables()
    assert named(services["postgres"]["environment"]) == POSTGRES
    assert services["longbox"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for mounted in (volume for service in services.values() for volume in service["volumes"]):
        source = mounted.split(":")[0]
        assert source.startswith("${LIBRARY") or source in {"config", "database"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: str(path.name))
def test_a_unit_starts_what_there_is(unit: Path) -> None:
    lines = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
    program, verb = shlex.split(lines["ExecStart"])
    assert program.endswith("/longbox")
    assert verb in commands()
    assert lines.get("Environment", "LIBRARY=").partition("=")[0] in variables()


def test_the_image_is_built_from_files_that_are_there() -> None:
    told = (ROOT / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", told, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split()), line
    assert (
        set(re.findall(r"(?:^ENV| {4})\s*([A-Z_]+)=", told, re.MULTILINE)) <= variables() | PYTHON
    )
    assert set(re.findall(r"(/health/\w+)", HEALTHY.read_text())) <= paths()
    start = re.findall(r'^CMD \["longbox", "(\w+)"\]$', told, re.MULTILINE)
    assert set(start) <= commands()
    assert start


def enter(folder: Path, *command: str, **environment: str) -> str:
    """Run a command as the image would, and return what it prints."""
    known = {"PATH": os.environ["PATH"], "LONGBOX_DATA": str(folder), **environment}
    run = [str(ENTRYPOINT), *command]
    return subprocess.run(run, env=known, check=True, capture_output=True, text=True).stdout.strip()


def test_a_container_runs_as_whom_it_is_told_and_its_folder_is_theirs(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = tmp_path / "Config"
    folder.mkdir()
    (folder / "kept").touch()
    told = enter(folder, "id", "-u", PUID="4321", PGID="1234")
    if os.getuid():  # whoever is no root stays who they are
        assert told == str(os.getuid())
    else:
        assert told == "4321"
        assert {
            (entry.stat().st_uid, entry.stat().st_gid) for entry in (folder, folder / "kept")
        } == {(4321, 1234)}


def test_a_container_keeps_to_its_umask_and_its_home(tmp_path: Path) -> None:
    mine = {"PUID": str(os.getuid()), "PGID": str(os.getgid())}
    assert (
        enter(tmp_path, "sh", "-c", "umask; echo $HOME", UMASK="027", **mine) == f"0027\n{tmp_path}"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Have a /Config, and a `longbox` that prints what it was told instead of serving."""
    tmp_path.chmod(0o755)
    program = tmp_path / "bin" / "longbox"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho $1 ${LONGBOX_ADMIN_PASSWORD_FILE:-none}\n")
    program.chmod(0o755)
    return tmp_path / "Config"


def start(folder: Path, **environment: str) -> str:
    """Have the image do what it does when nothing else is asked for."""
    folder.mkdir(exist_ok=True)
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    mine = {"PUID": str(os.getuid()), "PGID": str(os.getgid())}
    return enter(folder, "longbox", "serve", PATH=path, **mine, **environment)


def test_a_container_of_which_nobody_said_who_may_log_in_has_a_password_that_it_keeps(
    folder: Path,
) -> None:
    password = folder / "first-password"
    assert start(folder) == f"serve {password}"
    assert re.fullmatch(r"[0-9a-f]{32}", first := password.read_text())
    assert password.stat().st_mode & 0o777 == 0o600
    start(folder)
    assert password.read_text() == first


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("LONGBOX_ADMIN_PASSWORD", "none"),
        ("LONGBOX_ADMIN_PASSWORD_FILE", "one of mine"),
        ("LONGBOX_ALLOW_ANONYMOUS", "none"),
    ],
)
def test_a_container_that_was_told_who_may_log_in_makes_no_password(
    folder: Path, name: str, file: str
) -> None:
    assert start(folder, **{name: "one of mine"}) == f"serve {file}"
    assert not list(folder.iterdir())


class Alive(BaseHTTPRequestHandler):
    """Answer that all is well, to one address alone."""

    def do_GET(self) -> None:  # noqa: D102  see above
        self.send_response(200 if self.path == "/health/live" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_image_knows_whether_it_answers() -> None:
    with HTTPServer(("127.0.0.1", 0), Alive) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        known = os.environ | {"WEB_PORT": str(server.server_port)}
        subprocess.run([sys.executable, HEALTHY], env=known, check=True)
        server.shutdown()
    asked = subprocess.run([sys.executable, HEALTHY], env=known, capture_output=True, check=False)
    assert asked.returncode
