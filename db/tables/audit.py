"""Who changed what."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
    text,
)
from sqlalchemy.dialects.postgresql import INET, JSONB

from db.tables.base import MOMENT, NOW, metadata


class AuditColumns(TypedColumns):
    """What somebody did, or tried to do."""

    id: Named[int] = Column(BigInteger, Identity(always=True), primary_key=True)
    at: Named[datetime] = Column(MOMENT, nullable=False, server_default=NOW)
    user_id: Named[int | None] = Column(
        Integer, ForeignKey("users.id", name="audit_user_id_fkey", ondelete="SET NULL")
    )
    who: Named[str] = Column(Text, nullable=False)  # the name that they had; "" for Longbox itself
    address: Named[str | None] = Column(INET)  # that they asked from
    action: Named[str] = Column(Text, nullable=False)  # a db.audit.Action
    subject: Named[str] = Column(Text, nullable=False)  # what it was done to, by name or number
    details: Named[dict[str, Any]] = Column(JSONB, nullable=False, server_default=text("'{}'"))


audit: Final = Table("audit", metadata, AuditColumns)
