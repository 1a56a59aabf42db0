"""The architecture, held: who may import whom, what a function module is, what is configured."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from falcon.testing import ASGIConductor
from sqlalchemy import URL

import functions
from functions.app import FUNCTIONS, create_app

ROOT = Path(__file__).parents[1]

# What each package may import of the others: nothing upwards, nothing sideways. `db` only asks
# `migrations` where it lies, and `migrations/env.py` is run by Alembic alone.
ARROWS = {
    "comics": set[str](),
    "migrations": {"db"},
    "db": {"migrations"},
    "functions": {"comics", "db"},
    "scanner": {"comics", "db"},
    "worker": {"comics", "db"},
    "cli": {"comics", "db", "functions", "scanner", "worker"},
}

DRIVERS = {"sqlalchemy", "psycopg", "psycopg_pool", "alembic"}

# Only `db` and `migrations` speak SQL. Two types of the drivers go through other hands: where the
# database is, and a connection that its holder gives back to `db` with the next question.
HANDED_ON = {"sqlalchemy.URL", "sqlalchemy.ext.asyncio.AsyncConnection"}

# One module says what the drivers' errors mean to a client, so it has to know them.
ERRORS = {"functions/failures.py": {"psycopg", "sqlalchemy.exc"}}

# What starts the processes that read comics is below all who need them, and waits for them.
WAITING = {"comics/children.py": {"asyncio"}}

# The predecessor's database is another, and only the command that imports it reads that.
FOREIGN = {"cli/importing/sqlite.py"}

SQL = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WITH \w+ AS|COPY|LISTEN|NOTIFY|TRUNCATE"
    r"|(CREATE|ALTER|DROP) (TABLE|INDEX|DATABASE))\b"
)


def modules(package: str) -> list[Path]:
    """Return the modules of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def imported(module: Path) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, wherever it does so."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names)


def roots(module: Path) -> set[str]:
    """Return the packages that a module imports from."""
    return {name.partition(".")[0] for name in imported(module)}


@pytest.mark.parametrize("package", ARROWS)
def test_arrows_point_one_way(package: str) -> None:
    for module in modules(package):
        ours = roots(module) & set(ARROWS) - {package}
        assert ours <= ARROWS[package], name_of(module)
        assert not any(name.startswith(".") for name in imported(module)), name_of(module)


def test_every_package_of_ours_is_on_the_map() -> None:
    assert {file.parent.name for file in ROOT.glob("*/__init__.py")} == set(ARROWS)


def test_comics_is_pure() -> None:
    for module in modules("comics"):
        waits = {"asyncio"} - WAITING.get(name_of(module), set())
        assert not roots(module) & {*DRIVERS, *waits, "falcon", "socket"}, name_of(module)


def test_only_functions_speaks_http() -> None:
    for package in set(ARROWS) - {"functions"}:
        for module in modules(package):
            assert "falcon" not in roots(module), name_of(module)


@pytest.mark.parametrize("package", ["functions", "scanner", "worker", "cli"])
def test_only_db_knows_the_drivers(package: str) -> None:
    for module in modules(package):
        known = {name for name in imported(module) if name.partition(".")[0] in DRIVERS}
        assert known <= HANDED_ON | ERRORS.get(name_of(module), set()), name_of(module)


@pytest.mark.parametrize("package", ["comics", "functions", "scanner", "worker", "cli"])
def test_only_db_speaks_sql(package: str) -> None:
    for module in modules(package):
        if name_of(module) in FOREIGN:
            continue
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not SQL.match(node.value), f"{name_of(module)}: {node.value}"


def test_every_function_is_composed_under_its_own_name() -> None:
    written = {
        name
        for _, name, _ in pkgutil.iter_modules(functions.__path__)
        if hasattr(importlib.import_module(f"functions.{name}"), "ROUTE")
    }
    assert written == set(FUNCTIONS)
    for name, function in FUNCTIONS.items():
        assert vars(function)["__name__"] == f"functions.{name}"
        assert callable(function.handle)


def test_every_module_says_what_it_is_for() -> None:
    for package in ARROWS:
        for module in modules(package):
            assert ast.get_docstring(ast.parse(module.read_text())), name_of(module)


async def test_one_function_deploys_alone(url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNCTIONS", "list_files show_live")
    async with ASGIConductor(create_app(url)) as client:
        answers = {
            path: (await client.simulate_get(path)).status_code
            for path in ("/api/files", "/health/live", "/api/files/1", "/api/version", "/")
        }
    assert answers == {
        "/api/files": 200,
        "/health/live": 200,
        "/api/files/1": 404,
        "/api/version": 404,
        "/": 404,
    }


def test_an_unknown_function_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNCTIONS", "list_files fly sing")
    with pytest.raises(SystemExit, match="fly, sing"):
        create_app()


def variables(module: Path) -> Iterator[str]:
    """Yield the environment variables that a module names where it reads or sets them."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=name)):
                yield str(name)
            case ast.Call(
                func=ast.Attribute(attr="get", value=ast.Attribute(attr="environ"))
                | ast.Attribute(attr="getenv")
                | ast.Name(id="number"),
                args=[ast.Constant(value=str() as name), *_],
            ):
                yield name


def test_the_readme_has_every_environment_variable_and_no_other() -> None:
    read = {name for package in ARROWS for module in modules(package) for name in variables(module)}
    table = re.findall(r"^\| `([A-Z][A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(table) == sorted(read)


def test_lock_files_pin_by_hash_and_name_no_registry() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        content = lock.read_text()
        assert "://" not in content, lock.name
        assert "--index" not in content, lock.name
        pins = re.findall(r"^[a-z0-9].*==.*$", content, re.MULTILINE)
        assert pins, lock.name
        assert all(pin.endswith("\\") for pin in pins), f"{lock.name}: a pin without a hash"
    assert '"resolved"' not in (ROOT / "web/package-lock.json").read_text()
