"""What every table is made with."""

from typing import Final

from sqlalchemy import DateTime, MetaData, Text, func

metadata: Final = MetaData()

BYTEWISE: Final = Text(collation="C")
MOMENT: Final = DateTime(timezone=True)
NOW: Final = func.now()
