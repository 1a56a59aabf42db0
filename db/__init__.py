"""All that is known about PostgreSQL: the doors, the tables, the queries, a server of our own."""
