"""What all processes have counted of their work."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Double,
    Named,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypedColumns,
)

from db.tables.base import metadata


class FigureColumns(TypedColumns):
    """How often something took how long, see db.meters."""

    name: Named[str] = Column(Text)
    labels: Named[list[str]] = Column(ARRAY(Text))  # their values
    counts: Named[list[int]] = Column(ARRAY(BigInteger), nullable=False)  # a bucket each
    seconds: Named[float] = Column(Double, nullable=False)  # in all


figures: Final = Table(
    "figures",
    metadata,
    FigureColumns,
    PrimaryKeyConstraint("name", "labels", name="figures_pkey"),
    prefixes=["UNLOGGED"],
    postgresql_with={"fillfactor": 50},
)
