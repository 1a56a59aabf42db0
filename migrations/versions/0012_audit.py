"""Keep who changed what: log-ins, users, tokens, libraries, settings, batches, what was forgotten.

Serves `db.audit.page`, the newest first. Rows are only ever added: the role of the functions may
not change or remove one. That a user is removed, PostgreSQL notes there by itself.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    user_id integer CONSTRAINT audit_user_id_fkey REFERENCES users ON DELETE SET NULL,
    who text NOT NULL,
    address inet,
    action text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
)
"""

KEEP = """
DO $$
DECLARE
    functions text :=
        'longbox_functions_' || oid FROM pg_database WHERE datname = current_database();
BEGIN
    IF to_regrole(functions) IS NOT NULL THEN
        EXECUTE 'REVOKE UPDATE, DELETE ON audit FROM ' || quote_ident(functions);
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(KEEP)


def downgrade() -> None:
    op.execute("DROP TABLE audit")
