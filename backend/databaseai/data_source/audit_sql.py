"""The questions of the audit, read from `sql/`, for an empty search_path.

`ground.sql` begins each: who the login is, and each right it was given with the statement that takes it back.
"""

from functools import cache, reduce
from importlib import resources

from databaseai.data_source.reader_sql import CONNECTIONS, TEMPORARY_FILES
from databaseai.data_source.signed_sql import IS_OURS


def powers(named: int) -> str:
    """What a login must not have; of a superuser the attributes say it all.

    Args:
        named: How many objects of each kind are listed.

    Returns:
        SQL for rows (kind, number of objects, first `named` of them, for each its statements, one a line).
    """
    told = f"""
        SELECT p.kind, p.name, p.fix FROM ({file("powers.sql")}) p(kind, name, fix), me
        WHERE p.kind = 'attribute' OR NOT me.rolsuper
    """  # noqa: S608  # our own file
    return grouped(file("ground.sql"), told, named)


def warnings(named: int) -> str:
    """What is told at each connect; the same rows."""
    return grouped(file("ground.sql"), file("warnings.sql"), named)


def exposures(named: int) -> str:
    """What only the doctor looks at; the same rows."""
    return grouped(f"{file('ground.sql')}, {file('readable.sql')}", file("exposures.sql"), named)


def grouped(ground: str, found: str, named: int) -> str:
    """One row for each kind."""
    return f"""{ground},
        found(kind, name, fix) AS ({found}),
        once AS (
          SELECT kind, name, coalesce(string_agg(DISTINCT fix, E'\\n'), '') AS fix
          FROM found GROUP BY kind, name
        )
        SELECT kind, count(*), (array_agg(name ORDER BY name))[1:{named}],
          (array_agg(fix ORDER BY name))[1:{named}]
        FROM once GROUP BY kind
    """  # noqa: S608  # our own files


@cache
def file(name: str) -> str:
    """One of our SQL files."""
    text = resources.files("databaseai.data_source").joinpath("sql", name).read_text(encoding="utf-8")
    ours = {
        ":temporary_files": TEMPORARY_FILES,
        ":connections": str(CONNECTIONS),
        ":signed_asker": IS_OURS,
    }
    return reduce(lambda whole, name: whole.replace(name, ours[name]), ours, text)
