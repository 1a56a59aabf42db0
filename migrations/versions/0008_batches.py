"""Keep batches: what is to be done to comics, how far it is, what was done and can be undone.

A batch holds the chosen files as slices, which cost little to make; `db.batch_items.claim` opens a
slice into items when it needs them. Each index of `batch_items` serves one question: what is there
to claim (todo), whether a file is at work (running, unique, so that it never is twice), what has
ended since (`db.happenings`), what was done to a file, what a preview shows first, and the history.
Events number all that ends, in the order in which it was committed. Beside them is what a page
keeps: preferences, and which batch it takes up again when it is loaded.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE SEQUENCE events AS bigint;

CREATE TABLE batches (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT batches_key_key UNIQUE,
    kind text NOT NULL CONSTRAINT batches_kind_check
        CHECK (kind IN ('process', 'rename', 'normalize', 'tags', 'convert', 'mark', 'unmark',
                        'deduplicate', 'delete', 'undo', 'purge')),
    title text NOT NULL,
    orders jsonb NOT NULL,
    state text NOT NULL CONSTRAINT batches_state_check
        CHECK (state IN ('previewing', 'previewed', 'running', 'paused', 'cancelled', 'done')),
    hidden boolean NOT NULL DEFAULT false,
    undoes integer CONSTRAINT batches_undoes_fkey REFERENCES batches,
    request_key text CONSTRAINT batches_request_key_key UNIQUE,
    request_digest bytea,
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    skipped integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    event bigint NOT NULL DEFAULT nextval('events'),
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
) WITH (fillfactor = 50);
CREATE INDEX batches_open_idx ON batches (id) WHERE state IN ('previewing', 'running', 'paused');
CREATE INDEX batches_event_idx ON batches (event);
CREATE INDEX batches_undoes_idx ON batches (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE batch_slices (
    batch_id integer CONSTRAINT batch_slices_batch_id_fkey REFERENCES batches ON DELETE CASCADE,
    first integer,
    file_ids integer[] NOT NULL,
    CONSTRAINT batch_slices_pkey PRIMARY KEY (batch_id, first)
);

CREATE TABLE batch_items (
    batch_id integer CONSTRAINT batch_items_batch_id_fkey REFERENCES batches ON DELETE CASCADE,
    seq integer,
    file_id integer NOT NULL,
    path text COLLATE "C" NOT NULL,
    state text NOT NULL DEFAULT 'todo' CONSTRAINT batch_items_state_check
        CHECK (state IN ('todo', 'running', 'done', 'unchanged', 'skipped', 'failed')),
    preview boolean NOT NULL DEFAULT false,
    tries smallint NOT NULL DEFAULT 0,
    deaths smallint NOT NULL DEFAULT 0,
    due_at timestamptz,
    worker text,
    lease timestamptz,
    plan jsonb,
    before jsonb,
    after jsonb,
    comic_info bytea,
    had_comic_info boolean,
    error text,
    ordinal integer,
    event bigint,
    ended_at timestamptz,
    CONSTRAINT batch_items_pkey PRIMARY KEY (batch_id, seq)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX batch_items_running_key ON batch_items (file_id) WHERE state = 'running';
CREATE INDEX batch_items_todo_idx ON batch_items (batch_id, seq) WHERE state = 'todo';
CREATE INDEX batch_items_event_idx ON batch_items (batch_id, event) WHERE event IS NOT NULL;
CREATE INDEX batch_items_file_idx ON batch_items (file_id, event) WHERE event IS NOT NULL;
CREATE INDEX batch_items_outcome_idx ON batch_items (batch_id, state, seq)
    WHERE state IN ('done', 'skipped', 'failed');
CREATE INDEX batch_items_history_idx ON batch_items (event)
    WHERE state = 'done' AND before IS NOT NULL AND NOT preview;

CREATE TABLE active_job (
    single boolean DEFAULT true CONSTRAINT active_job_pkey PRIMARY KEY
        CONSTRAINT active_job_single_check CHECK (single),
    batch_id integer NOT NULL
        CONSTRAINT active_job_batch_id_fkey REFERENCES batches ON DELETE CASCADE,
    title text NOT NULL
);

CREATE TABLE preferences (
    name text CONSTRAINT preferences_pkey PRIMARY KEY,
    value json NOT NULL
);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE preferences, active_job")
    op.execute("DROP TABLE batch_items, batch_slices, batches")
    op.execute("DROP SEQUENCE events")
