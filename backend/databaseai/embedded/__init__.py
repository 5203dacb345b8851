"""The batteries: PostgreSQL, model and sample data, started by `databaseai up`."""
