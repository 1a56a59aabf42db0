"""What `search` finds: a literal part of path, name, series or title, in any script."""
# ruff: noqa: RUF001 (letters that look alike are what a search has to tell apart, or not)

from tests.conftest import Shelve
from tests.functions.conftest import Ask

SHELF = [
    "L'ÉTOILE/Étoile 01.cbz",
    "Straße/Größe.cbz",
    "日本/進撃の巨人 01.cbz",
    "日/短.cbz",
    "Мастер/Маргарита.cbz",
    "100% Wolf/100%.cbz",
    "snake_case/a_b.cbz",
    "back\\slash.cbz",
    "Saga  —  “Two”.cbz",
    "ＦＵＬＬ/ｗｉｄｔｈ.cbz",
]


async def hits(ask: Ask, needle: str) -> set[str]:
    """Return the relative paths that a search finds."""
    answer = await ask(search=needle)
    assert answer["total_files"] == len(answer["files"])
    return {file["relative_path"] for file in answer["files"]}


FINDS = {
    "étoile": "L'ÉTOILE/Étoile 01.cbz",
    "ETOILE 01": "L'ÉTOILE/Étoile 01.cbz",
    "l’étoile/é": "L'ÉTOILE/Étoile 01.cbz",
    "STRASSE": "Straße/Größe.cbz",
    "grosse": "Straße/Größe.cbz",
    "進撃の巨人": "日本/進撃の巨人 01.cbz",
    "撃": "日本/進撃の巨人 01.cbz",
    "の巨": "日本/進撃の巨人 01.cbz",
    "短": "日/短.cbz",
    "МАРГ": "Мастер/Маргарита.cbz",
    "100%": "100% Wolf/100%.cbz",
    "%.c": "100% Wolf/100%.cbz",
    "%": "100% Wolf/100%.cbz",
    "_": "snake_case/a_b.cbz",
    "a_b": "snake_case/a_b.cbz",
    "\\": "back\\slash.cbz",
    "k\\s": "back\\slash.cbz",
    '- "two"': "Saga  —  “Two”.cbz",
    "full/width": "ＦＵＬＬ/ｗｉｄｔｈ.cbz",
    "  grosse  ": "Straße/Größe.cbz",
}


async def test_a_needle_finds_the_one_file_it_is_in(ask: Ask, shelve: Shelve) -> None:
    await shelve(SHELF)
    assert {needle: await hits(ask, needle) for needle in FINDS} == {
        needle: {path} for needle, path in FINDS.items()
    }


async def test_nothing_is_a_wildcard(ask: Ask, shelve: Shelve) -> None:
    await shelve(SHELF)
    for needle in ("axb", "100 wolf", "%%", "__", "\\\\", "éto%le", "z" * 2000):
        assert await hits(ask, needle) == set(), needle


async def test_a_needle_of_nothing_finds_everything(ask: Ask, shelve: Shelve) -> None:
    await shelve(SHELF)
    for needle in ("", "   ", "\N{ZERO WIDTH SPACE}"):
        assert await hits(ask, needle) == set(SHELF)


async def test_series_and_title_are_searched(ask: Ask, shelve: Shelve) -> None:
    await shelve(["1.cbz"], series="Blacksad", title="Âme rouge")
    await shelve(["2.cbz"], series="Corto", title="La ballade")
    assert await hits(ask, "blacks") == {"1.cbz"}
    assert await hits(ask, "ame r") == {"1.cbz"}
    assert await hits(ask, "BALLADE") == {"2.cbz"}


async def test_a_needle_never_spans_two_texts(ask: Ask, shelve: Shelve) -> None:
    await shelve(["1.cbz"], series="Saga", title="One")
    for needle in ("saga\none", "sagaone", "saga one", "cbz\nsaga"):
        assert await hits(ask, needle) == set()


async def test_the_librarys_own_path_is_never_searched(ask: Ask, shelve: Shelve) -> None:
    await shelve(["x.cbz"], library="/srv/comics")
    for needle in ("srv", "comics", "/srv/comics", "/"):
        assert await hits(ask, needle) == set()


async def test_a_search_keeps_to_the_filters(ask: Ask, shelve: Shelve) -> None:
    await shelve(["Saga 1.cbz"], marked=True)
    await shelve(["Saga 2.cbz"])
    await shelve(["Saga 3.cbz"], missing=True)
    for needle in ("s", "sa", "sag", "saga"):
        answer = await ask(search=needle, filter="unmarked", sort="size", direction="desc")
        assert [file["name"] for file in answer["files"]] == ["Saga 2.cbz"]
        assert (answer["total_files"], answer["unmarked_count"]) == (1, 1)
