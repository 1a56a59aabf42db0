"""All settings as one object: what several structs tell of, so that nothing is said twice."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import FieldInfo, fields

from comics import roots, rules
from comics.roots import BadRoot
from db import settings
from functions import wire

KINDS: Final[tuple[type[Struct], ...]] = (settings.Settings, rules.Settings)


def _default(field: FieldInfo) -> Any:  # noqa: ANN401  whatever the setting is
    """Return what a setting is if nobody has changed it."""
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return msgspec.field(default_factory=field.default_factory)


_FIELDS: Final = [field for kind in KINDS for field in fields(kind)]

Settings = msgspec.defstruct(
    "Settings",
    [(field.name, field.type, _default(field)) for field in _FIELDS],
    namespace={"__doc__": "Every setting, with the default of those that nobody has changed."},
)

SettingsChange = msgspec.defstruct(
    "SettingsChange",
    [(field.name, field.type | UnsetType, UNSET) for field in _FIELDS],
    namespace={"__doc__": "The settings to change."},
    forbid_unknown_fields=True,
)


def choose(rows: dict[str, Any]) -> dict[str, Any]:
    """Return every setting by name."""
    known: dict[str, Any] = {}
    for kind in KINDS:
        known |= msgspec.structs.asdict(settings.choose(rows, kind))
    return known


def check(changes: dict[str, Any]) -> None:
    """Raise `Invalid` for a setting that is none of its kind: a template, say, or a folder."""
    for name, value in changes.items():
        (kind,) = (kind for kind in KINDS if name in kind.__struct_fields__)
        try:
            msgspec.convert({name: value}, kind)
            if name == "duplicates_root" and value is not None:
                roots.check(value)
        except (msgspec.ValidationError, BadRoot) as error:
            raise wire.Invalid("body", f"/{name}", str(error)) from None
