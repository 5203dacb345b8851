"""The user's database: a pool of reader connections, the login checked, each failure its own error."""

from databaseai.data_source.audit import Finding
from databaseai.data_source.cancelling import cancel
from databaseai.data_source.identity import Asker, Login
from databaseai.data_source.pool import DataSource
from databaseai.data_source.reader_sql import reader_sql
from databaseai.data_source.signed_sql import signed_identity_sql

__all__ = ["Asker", "DataSource", "Finding", "Login", "cancel", "reader_sql", "signed_identity_sql"]
