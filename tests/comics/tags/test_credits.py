"""Roles by all their names, and where ComicInfo has a field for them."""

import pytest

from comics.tags.credits import FIELDS, assign

NO_HOME = {
    "Interviewer",
    "Digital Art Technician",
    "Production",
    "Designer",
    "Logo Design",
    "President",
    "Publisher",
    "Chief Creative Officer",
    "Executive Producer",
    "Other",
}
METRON_ROLES = {
    "writer": ["Writer", "Script", "Story", "Plot"],
    "penciller": ["Artist", "Penciller", "Breakdowns", "Illustrator", "Layouts"],
    "inker": ["Artist", "Illustrator", "Inker", "Embellisher", "Finishes", "Ink Assists"],
    "colorist": ["Colorist", "Color Separations", "Color Assists", "Color Flats", "Gray Tone"],
    "letterer": ["Letterer"],
    "cover_artist": ["Cover"],
    "editor": [
        "Editor",
        "Consulting Editor",
        "Assistant Editor",
        "Associate Editor",
        "Group Editor",
        "Senior Editor",
        "Managing Editor",
        "Collection Editor",
        "Supervising Editor",
        "Executive Editor",
        "Editor In Chief",
    ],
    "translator": ["Translator"],
}


def test_each_of_metroninfo_s_42_roles_has_a_field_or_none() -> None:
    roles = NO_HOME.union(*METRON_ROLES.values())
    assert len(roles) == 42
    for role in roles:
        homes = {field for field, named in METRON_ROLES.items() if role in named}
        assert set(assign([("Ida", role)])) == homes, role


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        ("WRITER", {"writer"}),
        ("Plotter/Scripter", {"writer"}),
        ("Story & Art", {"writer", "penciller", "inker"}),
        ("writer and artist", {"writer", "penciller", "inker"}),
        ("Penciler, Inks", {"penciller", "inker"}),
        ("cover-artist", {"cover_artist"}),
        ("Cover Artist", {"cover_artist"}),
        ("coverDesigner", {"cover_artist"}),
        ("Colourer", {"colorist"}),
        ("Bandleader", set()),
        ("", set()),
    ],
)
def test_a_role_is_known_by_its_other_names(role: str, fields: set[str]) -> None:
    assert set(assign([("Ida", role)])) == fields


def test_people_are_listed_once_a_field_and_in_order() -> None:
    credited = [("Una", "writer"), ("Ida", "script"), ("Una", "plot"), (" ", "writer")]
    assert assign(credited) == {"writer": "Una, Ida"}


def test_a_field_is_there_for_each_kind_of_credit_that_comicinfo_has() -> None:
    assert tuple(METRON_ROLES) == FIELDS
