"""Addresses of databases, as URLs."""

from pathlib import Path
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict


def url(host: Path | str, database: str, user: str, password: str | None, port: int = 5432) -> str:
    """A `postgresql://` URL with its parts escaped; `host` may be a socket directory."""
    login = quote(user, safe="") + ("" if password is None else ":" + quote(password, safe=""))
    where = urlencode({"host": str(host), "port": port}, quote_via=quote)  # libpq reads no "+" as a space
    return f"postgresql://{login}@/{quote(database, safe='')}?{where}"


def with_login(dsn: str, database: str, user: str, password: str) -> str:
    """The same server for another login."""
    parts = conninfo_to_dict(dsn)
    host, port = str(parts.get("host") or "localhost"), int(str(parts.get("port") or 5432))
    return url(host, database, user, password, port)


def with_database(dsn: str, database: str) -> str:
    """The same server and login for another database."""
    parts = conninfo_to_dict(dsn)
    host, port = str(parts.get("host") or "localhost"), int(str(parts.get("port") or 5432))
    return url(host, database, str(parts["user"]), str(parts.get("password") or ""), port)


def database_of(dsn: str) -> str:
    """The database that it names."""
    return str(conninfo_to_dict(dsn).get("dbname") or "")
