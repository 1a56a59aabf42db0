"""Keep users, where they are logged in, their tokens, and how often who has tried; and who asked.

Serves `db.callers.CALLER`, which each request asks: a session and a token are found by a hash of
what the client has, so that nobody who reads these tables can be anybody. `tries` lives in memory
for the most part (UNLOGGED): a crash forgets it, and that does no harm.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL CONSTRAINT users_name_key_key UNIQUE,
    password text,
    role text NOT NULL CONSTRAINT users_role_check CHECK (role IN ('viewer', 'editor', 'admin')),
    libraries integer[],
    subject text CONSTRAINT users_subject_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz,
    CONSTRAINT users_libraries_check CHECK (role <> 'admin' OR libraries IS NULL)
);

CREATE TABLE sessions (
    key bytea PRIMARY KEY,
    user_id integer NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    agent text NOT NULL
);
CREATE INDEX sessions_user_idx ON sessions (user_id);

CREATE TABLE tokens (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL CONSTRAINT tokens_key_key UNIQUE,
    user_id integer NOT NULL CONSTRAINT tokens_user_id_fkey REFERENCES users ON DELETE CASCADE,
    name text NOT NULL,
    role text NOT NULL CONSTRAINT tokens_role_check CHECK (role IN ('viewer', 'editor', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    used_at timestamptz
);
CREATE INDEX tokens_user_idx ON tokens (user_id);

CREATE UNLOGGED TABLE tries (
    key text COLLATE "C" PRIMARY KEY,
    level real NOT NULL,
    at timestamptz NOT NULL
);

ALTER TABLE batches
    ADD COLUMN user_id integer
        CONSTRAINT batches_user_id_fkey REFERENCES users ON DELETE SET NULL,
    ADD COLUMN who text NOT NULL DEFAULT '';
CREATE INDEX batches_user_idx ON batches (user_id, id);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("ALTER TABLE batches DROP COLUMN user_id, DROP COLUMN who")
    op.execute("DROP TABLE users, sessions, tokens, tries")
