"""What is counted and measured out of lists, so that no list has to be walked for it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Named,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    TypedColumns,
    text,
)

from db.tables.base import BYTEWISE, metadata


class CountColumns(TypedColumns):
    """How many files there are, kept by triggers, in shards so that marks never queue."""

    library_id: Named[int] = Column(
        Integer, ForeignKey("libraries.id", name="counts_library_id_fkey", ondelete="CASCADE")
    )
    marked: Named[bool] = Column(Boolean)
    duplicate: Named[bool] = Column(Boolean)
    shard: Named[int] = Column(SmallInteger)
    present: Named[int] = Column(BigInteger, nullable=False)
    missing: Named[int] = Column(BigInteger, nullable=False)
    faulty: Named[int] = Column(BigInteger, nullable=False)  # of those present
    bytes: Named[int] = Column(BigInteger, nullable=False)  # of those present
    version: Named[int] = Column(BigInteger, nullable=False)  # grows with every statement
    # The exclusive or of a hash of id and keys of those present: the same list, the same signature.
    signature: Named[int] = Column(BigInteger, nullable=False, server_default=text("0"))


counts: Final = Table(
    "counts",
    metadata,
    CountColumns,
    PrimaryKeyConstraint("library_id", "marked", "duplicate", "shard", name="counts_pkey"),
    postgresql_with={"fillfactor": 10},
)


class TallyColumns(TypedColumns):
    """How many files of one value, or in one folder, are present; kept and sharded as `counts`.

    A folder is a value below its parent folder, and counts all that is in it at any depth.
    """

    facet: Named[str] = Column(Text)  # a db.facets.Facet
    parent: Named[str] = Column(BYTEWISE)  # of a folder; else empty
    value: Named[str] = Column(BYTEWISE)
    library_id: Named[int] = Column(
        Integer, ForeignKey("libraries.id", name="tallies_library_id_fkey", ondelete="CASCADE")
    )
    shard: Named[int] = Column(SmallInteger)
    present: Named[int] = Column(BigInteger, nullable=False)
    marked: Named[int] = Column(BigInteger, nullable=False)
    duplicates: Named[int] = Column(BigInteger, nullable=False)
    faulty: Named[int] = Column(BigInteger, nullable=False)


tallies: Final = Table(
    "tallies",
    metadata,
    TallyColumns,
    PrimaryKeyConstraint("facet", "parent", "value", "library_id", "shard", name="tallies_pkey"),
    postgresql_with={"fillfactor": 50},
)


class FenceColumns(TypedColumns):
    """Each so-manyth file of a list, counted from its start: see db.fences."""

    filter: Named[str] = Column(Text)
    sort: Named[str] = Column(Text)
    ordinal: Named[int] = Column(BigInteger, autoincrement=False)
    name_key: Named[str | None] = Column(BYTEWISE)  # if the sort is by name
    number_key: Named[int | None] = Column(BigInteger)  # if it is not
    file_id: Named[int] = Column(Integer, nullable=False)
    signature: Named[int] = Column(BigInteger, nullable=False)  # of the list that it is true of


fences: Final = Table(
    "fences",
    metadata,
    FenceColumns,
    PrimaryKeyConstraint("filter", "sort", "ordinal", name="fences_pkey"),
)
