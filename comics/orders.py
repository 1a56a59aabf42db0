"""What a batch is to do to each of its comics, and from that what is done to one: its plan.

All of it is pure: a preview shows the plan that will be carried out, and once that is done there is
nothing left to do. Whether another file is in the way is for the disk to say. What is marked,
undone or purged is changed in the index or back to what it was, so that no plan is made here.
"""

import posixpath
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from comics import rules, tag_edits
from comics.names.naming import Refusal
from comics.rules import Settings
from comics.tag_edits import Place, TagEdits
from comics.tags.comicinfo import Tags
from comics.tags.metadata import together
from comics.tags.writable import Value, name_element

Kind = (
    rules.Kind
    | Literal["tags", "convert", "mark", "unmark", "deduplicate", "delete", "undo", "purge"]
)

Away = Literal["trash", "duplicates", "forever"]
"""Where a comic goes that leaves its library: to the trash, to the duplicates, or nowhere."""

READ_ONLY = "This library is read-only: no file of it is changed."

_OWN = "ComicInfo"  # the document that is written


class Orders(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done, with the settings as they were when it was asked for.

    `edits` is for tags, `permanent` for a delete without trash, `duplicates_root` the folder that
    duplicates are moved to, absolute and as `comics.paths` writes it. Raises a ValueError if what
    the kind needs is not there, or what is there means nothing to it.
    """

    kind: Kind
    settings: Settings = Settings()
    edits: TagEdits | None = None
    permanent: bool = False
    duplicates_root: str | None = None

    def __post_init__(self) -> None:
        if self.kind == "tags" and self.edits is None:
            raise ValueError("Say which tags to change: there are no edits.")
        if self.kind != "tags" and self.edits is not None:
            raise ValueError(f"To {self.kind} takes no edits: these are for the kind tags.")
        if self.kind != "delete" and self.permanent:
            raise ValueError("Only what is deleted can go for good.")
        if self.kind == "deduplicate" and not self.duplicates_root:
            raise ValueError("There is no folder for duplicates: set DUPLICATE_DIR to one.")


class Subject(rules.Comic, frozen=True, kw_only=True):
    """A comic of a batch: what `rules.Comic` says of it, and where it stands.

    `provenance` tells of each tag which document told it, as `tags.metadata.Metadata` has it;
    `root` is the library's folder, and `position` how many comics of the batch come before it.
    """

    root: str = ""
    provenance: dict[str, str] = msgspec.field(default_factory=dict)
    position: int = 0
    read_only: bool = False
    missing: bool = False


class Plan(Struct, frozen=True, omit_defaults=True):
    """What to do to one comic, in this order: convert it, write its tags, move it.

    `changes` are new values for fields of `Tags`, None for those that go. `path` is where the comic
    is to be in its library, None for where it is; one that is converted has its path here. `away`
    leaves the library, for `target` (absolute) if that can be told beforehand.
    """

    changes: Mapping[str, Value] = {}
    path: str | None = None
    convert: bool = False
    away: Away | None = None
    target: str | None = None


def plan(orders: Orders, subject: Subject) -> Plan | Refusal | None:
    """Return what to do to a comic, or why it cannot be done, or None if all is well already.

    Raises a KeyError for the kinds that nothing is planned for.
    """
    make = _PLANNERS[orders.kind]
    if subject.missing:
        return Refusal("The file has gone.")
    if subject.read_only:
        return Refusal(READ_ONLY)
    try:
        return make(orders, subject)
    except Refusal as refusal:
        return refusal


def _follow_rules(kind: rules.Kind, orders: Orders, subject: Subject) -> Plan | Refusal | None:
    found = rules.plan(kind, subject, orders.settings)
    if not isinstance(found, rules.Change):
        return found
    path = None if found.path == subject.path else found.path
    return Plan(found.changes, path, found.convert)


def _change_tags(orders: Orders, subject: Subject) -> Plan | None:
    _expect_sound(subject)
    changes = _work_out(orders.edits, subject) if orders.edits else {}
    if not changes:
        return None
    if rules.is_zip(subject):
        return Plan(changes)
    if not orders.settings.convert:
        raise Refusal(rules.NO_CBZ)
    return Plan(changes, rules.as_cbz(subject.path), convert=True)


def _work_out(edits: TagEdits, subject: Subject) -> dict[str, Value]:
    """Return the fields whose value changes, and what else has to be written with them."""
    tags = subject.tags
    if not edits.keeps_others:
        others = _written(subject).difference(edits.fields, {"pages", "page_count"})
        tags = replace(tags, **{field: getattr(Tags(), field) for field in others})
    try:
        wanted = tag_edits.apply(edits.edits, tags, Place(subject.path, subject.position))
    except ValueError as error:
        raise Refusal(str(error)) from error
    changes = _compare(subject.tags, wanted)
    _expect_removable(subject, (field for field, value in changes.items() if value is None))
    return _pin(subject, changes) | changes


def _written(subject: Subject) -> set[str]:
    """Return the fields that ComicInfo.xml tells."""
    fields = (field for field in Tags.__struct_fields__ if getattr(subject.tags, field))
    return {field for field in fields if subject.provenance.get(field, _OWN) == _OWN}


def _compare(before: Tags, after: Tags) -> dict[str, Value]:
    return {
        field: None if (value := getattr(after, field)) == "" else value
        for field in Tags.__struct_fields__
        if getattr(after, field) != getattr(before, field)
    }


def _expect_removable(subject: Subject, fields: Iterable[str]) -> None:
    """Raise a `Refusal` where another document would go on telling what is to be taken away."""
    for field in fields:
        if (teller := subject.provenance.get(field, _OWN)) != _OWN:
            raise Refusal(
                f"{name_element(field)} is told by the comic's {teller}, which Longbox does not"
                " change: give it another value instead."
            )


def _pin(subject: Subject, changes: Iterable[str]) -> dict[str, Value]:
    """Return what another document tells that counts only as long as ComicInfo.xml is silent.

    Of a date, say, ComicInfo.xml tells all or nothing; see `tags.metadata.together`.
    """
    companions = {companion for field in changes for companion in together(field)}
    return {
        field: getattr(subject.tags, field)
        for field in companions
        if subject.provenance.get(field, _OWN) != _OWN
    }


def _convert(_orders: Orders, subject: Subject) -> Plan | None:
    """Make a CBZ of what is none; what is one already gets the extension for it."""
    _expect_sound(subject)
    path = rules.as_cbz(subject.path)
    if not rules.is_zip(subject):
        return Plan(path=path, convert=True)
    return None if path == subject.path else Plan(path=path)


def _put_with_duplicates(orders: Orders, subject: Subject) -> Plan | None:
    """Move a comic to the duplicates, into a folder that is named as the one that it is in."""
    root = (orders.duplicates_root or "").rstrip("/")
    if posixpath.join(subject.root, subject.path).startswith(f"{root}/"):
        return None
    folder, name = posixpath.split(subject.path)
    parent = posixpath.basename(folder) or subject.root_name
    return Plan(away="duplicates", target=posixpath.join(root, parent, name))


def _delete(orders: Orders, _subject: Subject) -> Plan:
    return Plan(away="forever" if orders.permanent else "trash")


def _expect_sound(subject: Subject) -> None:
    if subject.fault:
        raise Refusal(subject.fault)


_PLANNERS: dict[Kind, Callable[[Orders, Subject], Plan | Refusal | None]] = {
    "process": partial(_follow_rules, "process"),
    "rename": partial(_follow_rules, "rename"),
    "normalize": partial(_follow_rules, "normalize"),
    "tags": _change_tags,
    "convert": _convert,
    "deduplicate": _put_with_duplicates,
    "delete": _delete,
}
