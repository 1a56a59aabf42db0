"""Make two roles that may do less than the owner of the tables: one reads, one changes rows.

`db.roles` has the doors of the functions take them. Roles belong to a whole cluster, so the name
has the number of the database: who serves one database is nobody in another. A user who may not
make roles goes without, and `longbox doctor` says so. What later migrations make is granted, too;
only `users` is granted column by column, for nobody who reads has any use for a password's hash.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAMES = """
    reader text := 'longbox_reader_' || oid FROM pg_database WHERE datname = current_database();
    functions text :=
        'longbox_functions_' || oid FROM pg_database WHERE datname = current_database();
"""

# Who may not make a role does without; one that was left behind by a failed attempt is taken up.
MAKE = f"""
DO $$
DECLARE
    {NAMES}
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY[reader, functions] LOOP
        IF to_regrole(role) IS NULL THEN
            EXECUTE 'CREATE ROLE ' || role || ' NOLOGIN';
        END IF;
        EXECUTE 'GRANT ' || role || ' TO CURRENT_USER';
        EXECUTE 'GRANT USAGE ON SCHEMA public TO ' || role;
        EXECUTE 'GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ' || role;
        EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO ' || role;
    END LOOP;
    EXECUTE 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO ' || reader;
    EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ' || reader;
    EXECUTE 'REVOKE SELECT ON users FROM ' || reader;
    EXECUTE 'GRANT SELECT (id, name, name_key, role, libraries, subject, created_at, disabled_at)'
        ' ON users TO ' || reader;
    EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ' || functions;
    EXECUTE 'REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM ' || functions;
    EXECUTE 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ' || functions;
    EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO '
        || functions;
    EXECUTE 'ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO ' || functions;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'This user may not make roles: the functions keep all that it may do.';
END
$$
"""  # noqa: S608  nothing comes from outside

UNMAKE = f"""
DO $$
DECLARE
    {NAMES}
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY[reader, functions] LOOP
        CONTINUE WHEN to_regrole(role) IS NULL;
        EXECUTE 'ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM ' || role;
        EXECUTE 'ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM ' || role;
        EXECUTE 'ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM ' || role;
        EXECUTE 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ' || role;
        EXECUTE 'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ' || role;
        EXECUTE 'REVOKE ALL ON SCHEMA public FROM ' || role;
        EXECUTE 'DROP ROLE ' || role;
    END LOOP;
END
$$
"""


def upgrade() -> None:
    op.execute(MAKE)


def downgrade() -> None:
    op.execute(UNMAKE)
