"""What kind of file system a folder is on, by mountinfo as Linux writes it."""

from pathlib import Path

import pytest

from scanner.listening import Unwatchable, refuse_share
from scanner.mounts import MOUNTS, file_system

MOUNTINFO = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw - proc proc rw
40 22 0:50 / /mnt/nas rw,relatime shared:9 master:3 - nfs4 nas:/comics rw,vers=4.2
41 40 0:51 / /mnt/nas/My\040comics rw - ext4 /dev/vdb rw
42 22 0:52 / /mnt/over rw - ext4 /dev/vdc rw
43 22 0:53 / /mnt/over rw - cifs //nas/comics rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """Have such a file."""
    (tmp_path / "mountinfo").write_text(MOUNTINFO.lstrip())
    return tmp_path / "mountinfo"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/home/me/comics", "ext4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/Image/Saga", "nfs4"),
        ("/mnt/nas2", "ext4"),
        ("/mnt/nas/My comics/Saga", "ext4"),
        ("/mnt/over/a", "cifs"),
    ],
)
def test_the_innermost_and_last_mount_counts(mounts: Path, folder: str, kind: str) -> None:
    assert file_system(folder, mounts) == kind


def test_where_the_system_does_not_tell_nothing_is_known(tmp_path: Path) -> None:
    assert file_system("/", tmp_path / "none") is None


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux tells")
def test_this_machine_tells() -> None:
    assert file_system("/proc") == "proc"


def test_a_network_share_is_not_watched(monkeypatch: pytest.MonkeyPatch, mounts: Path) -> None:
    monkeypatch.setattr("scanner.mounts.MOUNTS", mounts)
    with pytest.raises(Unwatchable, match=r"network share \(nfs4\), which does not tell"):
        refuse_share("/mnt/nas/Image")
    refuse_share("/home")
