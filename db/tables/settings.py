"""What users change at run time."""

from typing import Any, Final

from sqlalchemy import JSON, Column, Named, Table, Text, TypedColumns
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import metadata


class SettingColumns(TypedColumns):
    """What users change at run time."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[Any] = Column(JSONB, nullable=False)


settings: Final = Table("settings", metadata, SettingColumns)


class PreferenceColumns(TypedColumns):
    """What a page keeps for whoever looks at it."""

    name: Named[str] = Column(Text, primary_key=True)
    value: Named[Any] = Column(JSON, nullable=False)  # not JSONB, which takes no \u0000


preferences: Final = Table("preferences", metadata, PreferenceColumns)
