"""Tell what the names of comics say, one a line: `longbox parse-name`."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from cli.terminal import harmless
from comics.names.filenames import Name, parse
from comics.paths import to_text

_FIELDS = [field for field in Name.__struct_fields__ if field != "from_folders"]
_WIDTH = max(map(len, _FIELDS)) + 1


def parse_names(lines: Iterable[bytes], write: Callable[[str], None], *, as_json: bool) -> None:
    """Write what each line's name says as soon as it is read: JSON in one line, or text in some.

    Bytes that are no UTF-8 are shown as `comics.paths` writes them.
    """
    show = _as_json if as_json else _as_text
    for line in lines:
        name = to_text(line.rstrip(b"\r\n").decode(errors="surrogateescape"))
        write(show(name, _fields(parse(name))))


def _fields(name: Name) -> dict[str, str | int | None]:
    return {field: getattr(name, field) for field in _FIELDS}


def _as_json(name: str, fields: Mapping[str, str | int | None]) -> str:
    """Return an object with every key: what is not told is "" for a text, null for a number."""
    return msgspec.json.encode({"name": name, **fields}).decode()


def _as_text(name: str, fields: Mapping[str, str | int | None]) -> str:
    """Return the name with what it tells in aligned lines below it."""
    told = [
        f"  {field.replace('_', ' '):{_WIDTH}} {harmless(str(value))}"
        for field, value in fields.items()
        if value not in {"", None}
    ]
    return "\n".join([harmless(name), *(told or ["  tells nothing"])])
