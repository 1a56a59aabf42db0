"""Keep what all processes have counted of their work, for `GET /metrics`.

Serves `db.metrics.counted`. UNLOGGED: a crash of PostgreSQL forgets it, and counters begin anew.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = """
CREATE UNLOGGED TABLE figures (
    name text,
    labels text[],
    counts bigint[] NOT NULL,
    seconds double precision NOT NULL,
    CONSTRAINT figures_pkey PRIMARY KEY (name, labels)
) WITH (fillfactor = 50)
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE figures")
