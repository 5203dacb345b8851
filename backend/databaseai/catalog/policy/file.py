"""The policy file of a data source: what is open, what is closed, what is masked."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databaseai.catalog.policy.masks import Mask, mask
from databaseai.catalog.policy.patterns import Pattern, pattern
from databaseai.errors import PolicyInvalid

MEMBERS = {"tables": {"allow", "deny"}, "columns": {"allow", "deny"}, "masks": set[str]()}
"""Members of each table of the file; those of `masks` are names of columns."""
EVERYTHING = ("*.*",)


@dataclass(frozen=True, slots=True)
class Policy:
    """One file, read. A denied table or column beats a mask, a mask without wildcards one with them."""

    allow: tuple[Pattern, ...]
    """Tables; any others are closed."""
    deny: tuple[Pattern, ...] = ()
    columns: tuple[Pattern, ...] = ()
    """Columns that are closed."""
    masks: tuple[tuple[Pattern, Mask], ...] = field(default=())
    exempt: tuple[Pattern, ...] = ()
    """Columns that are open, whatever a wildcard says; without wildcards."""


def read_policy(file: Path | None) -> Policy | None:
    """The policy of a file; None without one.

    Raises:
        PolicyInvalid: The file is not there, is no TOML, or says what a policy cannot say. DBAI017.
    """
    if file is None:
        return None
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyInvalid(f"The policy file {file} cannot be read.", name=str(file)) from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyInvalid(f"The policy file {file} is no TOML: {error}.", name=str(file)) from error
    return policy(data)


def policy(data: dict[str, Any]) -> Policy:
    """A policy from the file's tables.

    Example:
        [tables]
        allow = ["public.*"]                      # without it, every table
        deny = ["public.audit_*"]
        [columns]
        deny = ["public.employee.salary", "*.*.name"]
        allow = ["public.product.name"]           # exceptions, each by its whole name
        [masks]
        "public.customer.email" = "hash"
    """
    for name, value in data.items():
        if name not in MEMBERS or not isinstance(value, dict):
            raise unknown(name, MEMBERS)
        members = MEMBERS[name]
        for key in value if members else ():
            if key not in members:
                raise unknown(f"{name}.{key}", {f"{name}.{member}" for member in members})
    tables, columns = data.get("tables", {}), data.get("columns", {})
    exempt = patterns(columns, "allow", 3, fold=False)
    if wild := next((each for each in exempt if not each.exact), None):
        raise PolicyInvalid(
            f"{wild.text}: columns are allowed by their whole names.",
            hint="Every column of an allowed table is open already, unless a rule closes it.",
            name=wild.text,
        )
    return Policy(
        allow=patterns(tables, "allow", 2, EVERYTHING, fold=False),
        deny=patterns(tables, "deny", 2, fold=True),
        columns=patterns(columns, "deny", 3, fold=True),
        masks=tuple(
            (pattern(name, 3, fold=True), mask(kind)) for name, kind in data.get("masks", {}).items()
        ),
        exempt=exempt,
    )


def patterns(
    table: dict[str, Any], key: str, length: int, otherwise: tuple[str, ...] = (), *, fold: bool
) -> tuple[Pattern, ...]:
    """A list of patterns."""
    listed = table.get(key, list(otherwise))
    if not isinstance(listed, list):
        raise PolicyInvalid(f"{key} holds a list of names.", hint=f'{key} = ["..."]', name=key)
    return tuple(pattern(text, length, fold=fold) for text in listed)


def unknown(name: str, known: Iterable[str]) -> PolicyInvalid:
    """The refusal of a word that the file may not hold."""
    listed = ", ".join(sorted(known))
    return PolicyInvalid(f"{name} is no part of a policy.", hint=f"A policy has {listed}.", name=name)
