"""Make the archives of this folder again: `PYTHONPATH=… python tests/comics/archives/rars/make.py`.

That takes the package `rars`, which writes every generation of RAR and is needed for nothing else.
All archives but the volumes hold `MEMBERS`; `tests/comics/test_rars.py` knows them as well.
"""

from pathlib import Path

from rars import RarBuilder  # type: ignore[import-not-found]  # no dependency of ours

FOLDER = Path(__file__).parent
NOON = 1_700_000_000  # seconds of Unix
MEMBERS = {
    "01.jpg": b"one " * 50,
    "b/02 ü漫.jpg": b"two " * 50,
    "ComicInfo.xml": b"<ComicInfo><Title>Saga</Title>%s</ComicInfo>" % (b"<!-- so long -->" * 9),
}
KINDS: dict[str, dict[str, object]] = {
    "rar15": {"format": "rar15"},
    "rar20": {"format": "rar20"},
    "rar29": {"format": "rar29"},
    "rar40-solid": {"format": "rar40", "solid": True},
    "rar40-stored": {"format": "rar40", "store": True},
    "rar40-comment": {"format": "rar40", "comment": "A comment " * 9},
    "rar40-locked": {"format": "rar40", "password": "x"},
    "rar40-locked-names": {"format": "rar40", "password": "x", "encrypt_headers": True},
    "rar50": {"format": "rar50"},
    "rar50-solid": {"format": "rar50", "solid": True},
    "rar50-stored": {"format": "rar50", "store": True},
    "rar50-comment": {"format": "rar50", "comment": "A comment " * 9},
    "rar50-locked": {"format": "rar50", "password": "x"},
    "rar50-locked-names": {"format": "rar50", "password": "x", "encrypt_headers": True},
    "rar70": {"format": "rar70"},
}


def build(options: dict[str, object]) -> RarBuilder:
    """Return a builder with all members in it."""
    builder = RarBuilder(**options)
    for name, content in MEMBERS.items():
        builder.add_bytes(content, name, mtime=NOON)
    return builder


def main() -> None:
    """Write each kind, both generations in volumes, and one with a link and a folder."""
    for name, options in KINDS.items():
        build(options).write(str(FOLDER / f"{name}.cbr"))
    for generation in ("rar40", "rar50"):
        builder = RarBuilder(format=generation, store=True, volume_size=150)
        builder.add_bytes(MEMBERS["01.jpg"], "01.jpg", mtime=NOON)
        builder.write_volumes(str(FOLDER / f"{generation}.part1.rar"))
    link = build({"format": "rar50"})
    link.add_unix_symlink("03.jpg", "../../../etc/passwd")
    link.add_directory("b")
    link.write(str(FOLDER / "rar50-link.cbr"))


if __name__ == "__main__":
    main()
