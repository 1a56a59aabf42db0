"""What a scan makes of a library that is kept differently, or is somewhere else by now."""

import shutil

import pytest
from falcon.testing import ASGIConductor

from db import libraries
from tests.disk import write_comic
from tests.scanner.conftest import Shelf


async def change(shelf: Shelf, client: ASGIConductor, **known: object) -> Shelf:
    """Change the library over HTTP, and return it as it is then."""
    answer = await client.simulate_patch(f"/api/libraries/{shelf.library.id}", json=known)
    assert answer.status_code == 200, answer.text
    (library,) = await libraries.every(shelf.conn)
    await shelf.conn.commit()
    return shelf._replace(library=library)


@pytest.mark.parametrize("glob", ["Extras/", "/Image/Extras", "**/Extras/*", "[!0]*.cbz"])
async def test_what_is_excluded_leaves_the_lists_and_comes_back_with_its_marks(
    shelf: Shelf, client: ASGIConductor, glob: str
) -> None:
    """immich-app/immich#14995: an exclusion moved files to the trash, and that was emptied."""
    for name in ("0.cbz", "Image/Extras/1.cbz", "Image/Extras/deep/2.cbz"):
        write_comic(shelf.root / name)
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING 1")
    before = await shelf.ask("SELECT id, path, marked, found_at FROM files ORDER BY id")

    shelf = await change(shelf, client, excludes=[glob])
    await shelf.scan()
    assert await shelf.present() == ["0.cbz"]
    forgotten = await client.simulate_delete("/api/missing?confirm=true")
    assert forgotten.json["forgotten"] == 0
    assert len(list(shelf.root.rglob("*.cbz"))) == 3

    shelf = await change(shelf, client, excludes=[])
    await shelf.scan()
    assert await shelf.ask("SELECT id, path, marked, found_at FROM files ORDER BY id") == before
    assert len(await shelf.present()) == 3


async def test_most_of_a_library_may_be_excluded_at_once(
    shelf: Shelf, client: ASGIConductor
) -> None:
    """What was asked for is no share that has vanished."""
    for number in range(150):
        write_comic(shelf.root / "Extras" / f"{number}.cbz")
    write_comic(shelf.root / "0.cbz")
    await shelf.scan()
    shelf = await change(shelf, client, excludes=["Extras"])
    await shelf.scan()
    assert await shelf.present() == ["0.cbz"]


async def test_a_library_that_is_pointed_elsewhere_keeps_the_rows_of_what_is_found_there(
    shelf: Shelf, client: ASGIConductor
) -> None:
    """gotson/komga#405: change a library's root without losing the database."""
    for number in range(3):
        write_comic(shelf.root / "Saga" / f"{number}.cbz")
    await shelf.scan()
    await shelf.ask("UPDATE files SET marked = true RETURNING 1")
    before = await shelf.ask("SELECT id, path, marked FROM files ORDER BY id")
    elsewhere = shelf.root.with_name("elsewhere")
    shutil.copytree(shelf.root, elsewhere)  # to another disk, say
    shelf = await change(shelf, client, root=str(elsewhere))
    progress = await shelf.scan()
    assert (progress.seen, progress.added, progress.vanished) == (3, 0, 0)
    assert await shelf.ask("SELECT id, path, marked FROM files ORDER BY id") == before
