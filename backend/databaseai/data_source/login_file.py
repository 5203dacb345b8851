"""The file that says which login of the data source is whose."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from databaseai.errors import AskerUnknown, IdentityNotReady

MAY_BE_GIVEN = {"user", "password", "passfile", "sslcert", "sslkey", "sslpassword"}
"""Parameters of libpq that make a login; where it leads to is the data source's URL's business."""
FORM = 'Each asker is a table: [ana], then user = "ana_reads" and password = "...", or sslcert and sslkey.'
MOST_BYTES = 4_000_000

Logins = Mapping[str, Mapping[str, str]]
"""Parameters of libpq by asker."""


class LoginFile:
    """Read anew when it has changed, so that a password can be changed while we run."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, ...] = ()
        self._logins: Logins = {}

    def of(self, asker: str) -> Mapping[str, str]:
        """The asker's login, as parameters of libpq. Blocks for a small file.

        Raises:
            AskerUnknown: There is none; nobody else's is used instead. DBAI212.
            IdentityNotReady: The file cannot be used. DBAI213.
        """
        found = self.read().get(asker)
        if found is None:
            raise AskerUnknown(f"No login of the data source belongs to {asker!r}.")
        return found

    def read(self) -> Logins:
        """All of it."""
        if self._path is None:
            return {}
        try:
            with open(self._path, "rb", opener=no_wait) as file:  # Path.open takes no opener
                found = os.fstat(file.fileno())
                refuse_readable_by_others(self._path, found)
                seen = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
                if seen != self._seen:
                    self._logins, self._seen = parsed(self._path, file.read(MOST_BYTES)), seen
        except OSError as error:
            raise IdentityNotReady(f"{self._path}: {error.strerror}.") from None
        return self._logins


def no_wait(path: str, flags: int) -> int:
    """Open, and do not wait for the other end of a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def refuse_readable_by_others(path: Path, found: os.stat_result) -> None:
    """Passwords lie in it."""
    if not stat.S_ISREG(found.st_mode):
        raise IdentityNotReady(f"{path} is no file.")
    if found.st_uid not in {os.geteuid(), 0} or stat.S_IMODE(found.st_mode) & 0o077:
        raise IdentityNotReady(
            f"{path} holds passwords, and others may read it.", hint=f"chmod 600 {path}, as its owner."
        )


def parsed(path: Path, content: bytes) -> Logins:
    """The file's tables. No error repeats a word of it."""
    try:
        tables = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        line = re.search(r"at (line \d+|end of document)", str(error))
        where = f" at {line[1]}" if line else ""
        raise IdentityNotReady(f"{path} is no TOML{where}.", hint=FORM) from None
    for number, login in enumerate(tables.values(), 1):
        if not is_login(login):
            raise IdentityNotReady(f"{path}: entry {number} is no login.", hint=FORM)
    return tables


def is_login(given: Any) -> bool:
    """A user, and nothing that is not part of a login."""
    return (
        isinstance(given, dict)
        and bool(given.get("user"))
        and given.keys() <= MAY_BE_GIVEN
        and all(isinstance(value, str) and "\0" not in value for value in given.values())
    )
