"""The process that reads pages: what it answers, line by line, of comics of each format."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from comics.archives import tools
from comics.pictures import reader
from comics.pictures.questions import Answer, Listed, Listing, Question, Showing, Shown, Withheld
from tests.comics.archives.packing import pack_7z, pack_tar, pack_zip
from tests.comics.pictures.drawing import BLUE, GREEN, RED, draw, look

ROOT = Path(__file__).parents[3]
RARS = ROOT / "tests" / "comics" / "archives" / "rars"
PAGES = {"2.png": draw(BLUE), "10.jpg": draw(GREEN, form="JPEG"), "1.png": draw(RED)}
PACKS = {"cbz": pack_zip, "cb7": pack_7z, "cbt": pack_tar}

Ask = Callable[..., Answer]


@pytest.fixture
def shelve(tmp_path: Path) -> Callable[[bytes], str]:
    """Return a function that writes a comic and says where."""

    def shelve(content: bytes) -> str:
        (tmp_path / "comic").write_bytes(content)
        return str(tmp_path / "comic")

    return shelve


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return a function that asks in this process for a page, or a cover of a width."""

    def ask(path: str, page: int | None = None, width: int = 160) -> Answer:
        folder = tmp_path / f"asked {len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return reader.answer(Showing(path, str(folder), page, width))

    return ask


def taken(answer: Answer, tmp_path: Path) -> bytes:
    """Return the picture of an answer."""
    assert isinstance(answer, Shown), answer
    (file,) = tmp_path.glob(f"asked */{answer.name}")
    content = file.read_bytes()
    file.unlink()
    assert len(content) == answer.size
    return content


@pytest.mark.parametrize("form", PACKS)
def test_pages_are_shown_as_they_are_and_in_the_order_of_reading(
    form: str, shelve: Callable[[bytes], str], ask: Ask, tmp_path: Path
) -> None:
    path = shelve(PACKS[form](PAGES))
    listed = reader.answer(Listing(path))
    assert isinstance(listed, Listed)
    assert [(page.number, page.name) for page in listed.pages] == [
        (1, "1.png"),
        (2, "2.png"),
        (3, "10.jpg"),
    ]
    assert listed.cover == 1
    for page in listed.pages:
        shown = ask(path, page.number)
        assert isinstance(shown, Shown)
        assert shown.media_type == ("image/jpeg" if page.number == 3 else "image/png")
        assert shown.version == listed.version
        assert taken(shown, tmp_path) == PAGES[page.name]


@pytest.mark.parametrize("form", PACKS)
def test_the_cover_is_the_page_that_comicinfo_names(
    form: str, shelve: Callable[[bytes], str], ask: Ask, tmp_path: Path
) -> None:
    tags = b"<ComicInfo><Pages><Page Image='1' Type='FrontCover'/></Pages></ComicInfo>"
    path = shelve(PACKS[form](PAGES | {"ComicInfo.xml": tags}))
    assert look(taken(ask(path), tmp_path)) == ((160, 240), "blue", "blue")
    listed = reader.answer(Listing(path))
    assert isinstance(listed, Listed)
    assert (listed.cover, listed.pages[1].kind) == (2, "FrontCover")


def test_the_front_of_a_manga_is_on_the_left(
    shelve: Callable[[bytes], str], ask: Ask, tmp_path: Path
) -> None:
    tags = b"<ComicInfo><Manga>YesAndRightToLeft</Manga></ComicInfo>"
    double = draw(BLUE, RED, size=(1600, 1200))
    path = shelve(pack_zip({"1.png": double, "ComicInfo.xml": tags}))
    assert look(taken(ask(path), tmp_path))[1:] == ("blue", "blue")


@pytest.mark.skipif(not tools.find(), reason="no program here unpacks RAR archives")
@pytest.mark.parametrize("name", ["rar15", "rar29", "rar40-solid", "rar50", "rar50-solid", "rar70"])
def test_one_member_of_a_rar_is_unpacked(name: str, ask: Ask) -> None:
    """Those of the tests are texts, which are no pages, but are unpacked to see that."""
    for page, member in ((1, "01.jpg"), (2, "b/02 ü漫.jpg")):
        answer = ask(str(RARS / f"{name}.cbr"), page)
        assert isinstance(answer, Withheld)
        assert answer.fault == f"{member} is no image of a kind that comics have."


FAULTS = {
    "a page past the end": (pack_zip(PAGES), 4, "It has 3 pages."),
    "an SVG": (
        pack_zip({"1.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}),
        1,
        "1.png is no image of a kind that comics have.",
    ),
    "no pages": (
        pack_zip({"a.txt": b""}),
        1,
        "The archive holds no pages: none of its files is an image.",
    ),
    "no archive": (b"no", 1, "This is not an archive of any kind that comics come in."),
    "a damaged page": (
        pack_zip(PAGES).replace(PAGES["1.png"][:200], bytes(200)),
        1,
        "1.png is damaged inside the archive.",
    ),
    "a cover that is none": (
        pack_zip({"1.png": b"text"}),
        None,
        "1.png is damaged, or no image that can be read here.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_keeps_a_page_from_being_shown_is_a_sentence(
    name: str, shelve: Callable[[bytes], str], ask: Ask
) -> None:
    content, page, fault = FAULTS[name]
    answer = ask(shelve(content), page)
    assert isinstance(answer, Withheld)
    assert (answer.fault, answer.again) == (fault, False)
    assert answer.is_absent == (name == "a page past the end")


def test_a_page_that_is_too_large_is_not_unpacked(
    shelve: Callable[[bytes], str], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGEST_PAGE", 1000)
    answer = ask(shelve(pack_zip(PAGES)), 1)
    assert isinstance(answer, Withheld)
    assert answer.fault == "1.png is larger than 1,000 bytes."


def test_a_file_that_has_gone_may_come_back(tmp_path: Path) -> None:
    answer = reader.answer(Listing(str(tmp_path / "gone.cbz")))
    assert answer == Withheld("The file has gone.", again=True)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """Have such a process, ready."""
    with subprocess.Popen(
        [sys.executable, "-m", "comics.pictures.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"\n"
        yield process
        process.kill()


def tell(child: subprocess.Popen[bytes], question: Question) -> Answer:
    """Ask it."""
    assert child.stdin
    assert child.stdout
    child.stdin.write(msgspec.json.encode(question) + b"\n")
    child.stdin.flush()
    answer: Answer = msgspec.json.decode(child.stdout.readline(), type=Answer)
    return answer


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_a_large_page_fits_into_the_memory_that_the_process_has(
    form: str, child: subprocess.Popen[bytes], shelve: Callable[[bytes], str], tmp_path: Path
) -> None:
    page = draw(RED, BLUE, size=(2000, 3000), form=form)
    question = Showing(shelve(pack_zip({"1.png": page})), str(tmp_path), None, 320)
    answer = tell(child, question)
    assert isinstance(answer, Shown), answer


HUNGRY = """
from comics import confinement
from comics.archives import unpacking
from comics.pictures import reader
from comics.pictures.questions import Showing
confinement.limit_memory()
unpacking.unpack_one = lambda *_, **__: bytes(2**31)
print(reader.answer(Showing({path!r}, "", 1)).fault)
"""


def test_a_page_may_not_take_more_than_a_gibibyte_of_memory(
    shelve: Callable[[bytes], str],
) -> None:
    script = HUNGRY.format(path=shelve(pack_zip(PAGES)))
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    assert told.stdout == b"Reading it takes more memory than a page may.\n"
