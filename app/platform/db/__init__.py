"""The database: base, engine, event log, outbox, files, the embedded server, migrations."""
