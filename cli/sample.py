"""Make a small library to try Longbox on: invented series with drawn pages, and a few bad files.

The same seed makes the same library, byte for byte.
"""

import io
import os
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count, islice, product
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZipFile, ZipInfo

from cli.covers import draw_cover, draw_page

_PROCESSES = 2
_CHUNK = 250  # comics: fewer are not worth another process
_LEAST_FOR_ODD = 24  # comics: a smaller library has none that are faulty
_DRAWN = 96  # pages that all comics share; each has a cover of its own
_FIRST_YEAR = 1980  # the earliest that a zip can hold
_YEARS_A_ROUND = 7
_UNTAGGED = 0.25
_SPECIAL = 0.3


class House(NamedTuple):
    """A publisher: its series are each of `firsts` with each of `seconds`."""

    name: str
    language: str
    pattern: str
    firsts: Sequence[str]
    seconds: Sequence[str]
    people: Sequence[str]
    summary: str


class Issue(NamedTuple):
    """One comic, before it is drawn."""

    house: House
    series: str
    started: int
    number: str
    year: int
    month: int

    @property
    def path(self) -> str:
        """Return the file's path within the library."""
        number = self.number.zfill(3) if self.number.isdecimal() else self.number
        name = self.house.pattern.format(series=self.series, number=number, year=self.year)
        return f"{self.house.name}/{self.series} ({self.started})/{name}"


HOUSES = (
    House(
        name="Lantern House",
        language="en",
        pattern="{series} {number} ({year}).cbz",
        firsts=("Clockwork", "Paper", "Midnight", "Salt", "Copper", "Hollow", "Quiet", "Electric"),
        seconds=("Harbour", "Orchard", "Comet", "Tigers", "Parade", "Kingdom", "Orbit", "Choir"),
        people=("Ada Thornbury", "Ines Calloway", "Tomas Reed", "Wren Okafor"),
        summary="Part {number} of {series}: nobody in town remembers who lit the lamp.",
    ),
    House(
        name="黒雲書房",
        language="ja",
        pattern="{series} 第{number}巻.cbz",
        firsts=("夜の", "星の", "鋼の", "霧の", "ガラスの", "九月の"),
        seconds=("図書館", "灯台", "列車", "怪獣", "ガンバリ日記", "パレード"),
        people=("月島 透", "早川 ミドリ"),
        summary="「{series}」第{number}巻。灯台の光はまだ消えない。",
    ),
    House(
        name="Éditions du Phare",
        language="fr",
        pattern="{series} - T{number}.cbz",
        firsts=("L'Étoile", "Les Ombres", "Le Château", "La Forêt", "L'Élève", "Le Goût"),
        seconds=("de Brume", "du Nord", "d'Août", "des Âmes", "à Vapeur", "du Père Noël"),
        people=("Zoé Lefèvre", "Gaël Ménard", "Françoise Dubœuf"),
        summary="Tome {number} de « {series} » : où l'on apprend enfin ce que cache le phare.",
    ),
    House(
        name="Brass Kettle Press",
        language="en",
        pattern="{series} #{number} ({year}) (Digital).CBZ",
        firsts=("Captain", "Doctor", "The Last", "The Secret", "Agent", "Saint", "Little", "Queen"),
        seconds=("Marrow", "Zephyr", "Ember", "Cobalt", "Juniper", "Tempest", "Basalt", "Nought"),
        people=("O'Neill & Daughter", "Mab Sorley", "J. P. Quill"),
        summary="{series} is back in number {number}, and this time the kettle is on.",
    ),
    House(
        name="Ediciones Farola",
        language="es",
        pattern="{series} {number} ({year}).cbz",
        firsts=("El Niño", "La Señora", "El Corazón", "La Canción", "Los Años"),
        seconds=("de Cartón", "del Desván", "sin Sueño", "de Otoño", "Eléctrico"),
        people=("Íñigo Peña", "Lucía Ibáñez"),
        summary="Número {number} de {series}. ¿Quién apagó la farola?",
    ),
    House(
        name="등불 출판",
        language="ko",
        pattern="{series} - Chapter {number}.cbz",
        firsts=("푸른", "조용한", "마지막", "종이"),
        seconds=("등대", "호랑이", "정거장", "겨울"),
        people=("한서윤", "박도현"),
        summary="{series} {number}화: 등대의 불이 켜진다.",
    ),
)


def make(folder: Path, comics: int, *, pages: int = 6, seed: int = 1) -> int:
    """Write `comics` files of `pages` pages each to a new or empty folder, and return how many.

    From two dozen on, a few of them are faulty, as in any real library.
    Raise FileExistsError if the folder holds anything.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: choose a new folder for the sample library.")
    odd = _make_odd_files() if comics >= _LEAST_FOR_ODD else {}
    for name, content in odd.items():
        _write_odd_file(folder / "Unsorted" / name, content)
    issues = list(islice(_plan(seed), comics - len(odd)))
    _write_issues(folder, issues, pages=pages, seed=seed)
    return comics


def _plan(seed: int) -> Iterator[Issue]:
    """Yield issues without end; a title that comes round again starts anew some years later."""
    random = Random(seed)  # noqa: S311 (a library, not a secret)
    titles = [(house, series) for row in _list_titles(random) for house, series in row]
    for turn in count():
        for house, series in titles:
            started = _FIRST_YEAR + _YEARS_A_ROUND * turn + random.randrange(_YEARS_A_ROUND)
            for place, number in enumerate(_make_numbers(random)):
                years, month = divmod(place, 12)
                yield Issue(house, series, started, number, started + years, month + 1)


def _list_titles(random: Random) -> Iterator[list[tuple[House, str]]]:
    """Yield rows of a title from each house that has any left, so that few comics span them all."""
    shelves = [(house, _make_titles(house)) for house in HOUSES]
    for _, titles in shelves:
        random.shuffle(titles)
    for place in range(max(len(titles) for _, titles in shelves)):
        yield [(house, titles[place]) for house, titles in shelves if place < len(titles)]


def _make_titles(house: House) -> list[str]:
    joint = "" if house.language == "ja" else " "
    return [joint.join(words) for words in product(house.firsts, house.seconds)]


def _make_numbers(random: Random) -> list[str]:
    numbers = [str(number) for number in range(1, random.randrange(4, 19))]
    if random.random() < _SPECIAL:
        numbers.append(random.choice(("½", "0", "-1", "1.5", "1.MU", "12AU", "100", "1000000")))
    return numbers


def _write_issues(folder: Path, issues: Sequence[Issue], *, pages: int, seed: int) -> None:
    write = partial(_write_chunk, folder, pages=pages, seed=seed)
    chunks = [issues[start : start + _CHUNK] for start in range(0, len(issues), _CHUNK)]
    if len(chunks) <= 1:
        write(issues)
        return
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        for _ in pool.map(write, chunks):
            pass


def _write_chunk(folder: Path, issues: Sequence[Issue], *, pages: int, seed: int) -> None:
    for issue in issues:
        _write_comic(folder / issue.path, issue, pages=pages, seed=seed)


def _write_comic(path: Path, issue: Issue, *, pages: int, seed: int) -> None:
    random = Random(f"{seed} {issue.path}")  # noqa: S311 (a comic, not a secret)
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "x") as comic:
        comic.writestr(ZipInfo("000.png"), draw_cover(issue.number, random))
        for page in range(1, pages):
            comic.writestr(ZipInfo(f"{page:03}.png"), draw_page(random.randrange(_DRAWN)))
        if random.random() > _UNTAGGED:
            comic.writestr(ZipInfo("ComicInfo.xml"), _write_tags(issue, pages, random))
    _set_date(path, issue.year, issue.month, random.randrange(1, 29))


def _write_tags(issue: Issue, pages: int, random: Random) -> str:
    house = issue.house
    tags = {
        "Series": issue.series,
        "Number": issue.number,
        "Volume": str(issue.started),
        "Summary": house.summary.format(series=issue.series, number=issue.number),
        "Year": str(issue.year),
        "Month": str(issue.month),
        "Writer": random.choice(house.people),
        "Penciller": random.choice(house.people),
        "Publisher": house.name,
        "PageCount": str(pages),
        "LanguageISO": house.language,
        "Manga": "YesAndRightToLeft" if house.language == "ja" else "No",
    }
    elements = "".join(f"  <{name}>{escape(text)}</{name}>\n" for name, text in tags.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<ComicInfo>\n{elements}</ComicInfo>\n'


def _make_odd_files() -> dict[str, bytes]:
    """Return what turns up in every library that was ever downloaded, copied or renamed by hand."""
    pages = {f"{place:03}.png": draw_page(place) for place in range(4)}
    comic = _zip(pages)
    return {
        "Cut short.cbz": comic[: len(comic) * 2 // 3],
        "Download failed.cbz": b"<!DOCTYPE html>\n<title>404 Not Found</title>\n",
        "Empty.cbz": b"",
        "No pages.cbz": _zip({"readme.txt": b"The pages were here."}),
        "Odd tags.cbz": _zip(pages | {"ComicInfo.xml": b"<ComicInfo><Title>Odd tags"}),
        "Really a zip.cbr": comic,
        "Tape archive.cbt": _tar(pages),
    }


def _write_odd_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    _set_date(path, _FIRST_YEAR, 1, 1)


def _set_date(path: Path, year: int, month: int, day: int) -> None:
    moment = datetime(year, month, day, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(name), content)
    return file.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return file.getvalue()
