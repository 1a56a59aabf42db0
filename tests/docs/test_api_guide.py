"""The guide to the API: every command in it is run, in its order, against a Longbox of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import sample
from tests.conftest import Serve, Served

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"


SCANNED = """
until api $LONGBOX/api/scans | grep --quiet '"state":"done"'; do sleep 0.1; done
"""


def commands() -> list[str]:
    """Return the blocks of commands."""
    return re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def served(serve: Serve, tmp_path: Path) -> Served:
    """Have all of Longbox, and a user."""
    sample.make(tmp_path / "comics", 12)
    return serve(tmp_path / "comics", LONGBOX_ADMIN_PASSWORD="correct horse battery")  # noqa: S106


def test_every_command_of_the_guide_to_the_api_does_what_it_says(
    served: Served, tmp_path: Path
) -> None:
    begin, *rest = commands()
    address, *setting_up = begin.splitlines(keepends=True)
    assert address == "LONGBOX=http://127.0.0.1:5000\n"
    script = ["set -euxo pipefail\n", f"LONGBOX={served.url}\n", *setting_up, SCANNED, *rest]
    known = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LONGBOX_DATA": str(served.home),
        "DATABASE_URL": "",
    }
    played = subprocess.run(
        ["bash", "-c", "".join(script)],
        cwd=tmp_path,
        env=known,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert played.returncode == 0, f"{played.stdout[-2000:]}\n{played.stderr[-2000:]}"
    told = played.stdout
    assert '"name":"admin"' in told
    assert 'rel="next"' in told
    assert '"state":"previewed"' in told
    assert told.count("event: item") >= 9
    assert told.count('"kind":"unmark"') >= 2
    assert [told.count(f'"status":{code}') for code in (400, 401, 404)] == [1, 1, 1]
