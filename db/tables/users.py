"""Users, where they are logged in, their tokens, and how often who has tried."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import (
    ARRAY,
    REAL,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    text,
)

from db.tables.base import BYTEWISE, MOMENT, NOW, metadata

UserRole = Literal["viewer", "editor", "admin"]  # each may what those before it may


class UserColumns(TypedColumns):
    """Somebody who may log in, or whom a proxy or a provider of identities vouches for."""

    id: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    name: Named[str] = Column(Text, nullable=False)
    name_key: Named[str] = Column(BYTEWISE, nullable=False)  # see db.users.name_key
    password: Named[str | None] = Column(Text)  # a hash that says how it was made; null for none
    role: Named[str] = Column(Text, nullable=False)  # a UserRole
    libraries: Named[list[int] | None] = Column(ARRAY(Integer))  # null for all
    subject: Named[str | None] = Column(Text)  # who that is to a provider of identities
    created_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    disabled_at: Named[datetime | None] = Column(MOMENT)


users: Final = Table(
    "users",
    metadata,
    UserColumns,
    UniqueConstraint("name_key", name="users_name_key_key"),
    UniqueConstraint("subject", name="users_subject_key"),
    CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="users_role_check"),
    CheckConstraint("role <> 'admin' OR libraries IS NULL", name="users_libraries_check"),
)


class SessionColumns(TypedColumns):
    """A browser in which a user is logged in."""

    key: Named[bytes] = Column(LargeBinary, primary_key=True)  # a hash of the cookie
    user_id: Named[int] = Column(
        Integer,
        ForeignKey("users.id", name="sessions_user_id_fkey", ondelete="CASCADE"),
        nullable=False,
    )
    created_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    seen_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    expires_at: Named[datetime] = Column(MOMENT, nullable=False)
    agent: Named[str] = Column(Text, nullable=False)  # what the browser calls itself
    ends_at: Named[datetime] = Column(
        MOMENT, nullable=False, server_default=text("(now() + '1 year'::interval)")
    )  # however much it is used


sessions: Final = Table("sessions", metadata, SessionColumns, Index("sessions_user_idx", "user_id"))


class TokenColumns(TypedColumns):
    """What a program of a user's shows instead of a password; it may less, or as much."""

    id: Named[int] = Column(Integer, Identity(always=True), primary_key=True)
    key: Named[bytes] = Column(LargeBinary, nullable=False)  # a hash of the token
    user_id: Named[int] = Column(
        Integer,
        ForeignKey("users.id", name="tokens_user_id_fkey", ondelete="CASCADE"),
        nullable=False,
    )
    name: Named[str] = Column(Text, nullable=False)
    role: Named[str] = Column(Text, nullable=False)  # a UserRole: the user's, if that is less
    created_at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    expires_at: Named[datetime | None] = Column(MOMENT)
    used_at: Named[datetime | None] = Column(MOMENT)


tokens: Final = Table(
    "tokens",
    metadata,
    TokenColumns,
    UniqueConstraint("key", name="tokens_key_key"),
    CheckConstraint("role IN ('viewer', 'editor', 'admin')", name="tokens_role_check"),
    Index("tokens_user_idx", "user_id"),
)


class TryColumns(TypedColumns):
    """How often somebody may still try something, as of a moment; it grows again with time."""

    key: Named[str] = Column(BYTEWISE, primary_key=True)  # what is tried, and by whom
    level: Named[float] = Column(REAL, nullable=False)
    at: Named[datetime] = Column(MOMENT, nullable=False)


tries: Final = Table("tries", metadata, TryColumns, prefixes=["UNLOGGED"])
