# ruff: noqa: S608  # every name is quoted
"""The second lock: grants under which the login cannot read what the policy closes, gate or no gate."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import AsyncConnection, sql

from databaseai.catalog.policy.applying import mark, masked_schema, open_columns, quoted, shown, view_of
from databaseai.catalog.policy.facts import Attribute, Facts, Relation, fetch, read_facts
from databaseai.catalog.policy.file import Policy
from databaseai.catalog.policy.rules import Rule, Rules, dotted, resolve

MASKER = "databaseai_masks"
"""Owns the views that show masked tables; may read their open columns, and no role logs in as it."""
CREATE_MASKER = (
    f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '{MASKER}')"
    f" THEN CREATE ROLE {MASKER} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    " NOINHERIT; END IF; END $$;"
)
GRANTEES = """
SELECT DISTINCT c.oid, CASE WHEN a.grantee <> 0 THEN r.rolname END
FROM pg_catalog.pg_class c
CROSS JOIN LATERAL (
  SELECT c.relacl AS acl UNION ALL
  SELECT t.attacl FROM pg_catalog.pg_attribute t WHERE t.attrelid = c.oid AND t.attacl IS NOT NULL
) given
CROSS JOIN LATERAL pg_catalog.aclexplode(given.acl) a
LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
WHERE c.oid = ANY(%s::pg_catalog.oid[]) AND a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
  AND (a.grantee = 0 OR pg_catalog.pg_has_role(session_user, a.grantee, 'MEMBER'))
ORDER BY 1, 2 NULLS FIRST
"""
"""Through whom the login has the right: everybody (NULL), or a role that it is or may become."""


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """What the login could read without the gate, in the members of `data_source.findings.Finding`."""

    text: str
    sql: tuple[str, ...]
    """For an owner of the tables or a superuser, in the data source's database; runs again and again."""
    advice: str
    items: tuple[str, ...]
    """`schema.table` or `schema.table.column`."""
    kind: str = "policy"
    severity: Literal["refuse", "warn", "note"] = "warn"


async def policy_findings(connection: AsyncConnection[Any], policy: Policy) -> tuple[PolicyFinding, ...]:
    """What of the closed and masked columns the login of this connection, or a role it may become, can read.

    Raises:
        PolicyInvalid: The policy does not fit what the server holds. DBAI017.
    """
    async with connection.transaction(force_rollback=True):
        await connection.execute("SELECT pg_catalog.set_config('search_path', '', true)")
        facts = await read_facts(connection)
        rules = resolve(policy, facts)
        open_to_login = dict(reachable(rules, facts))
        old = outdated(rules, facts)
        if not open_to_login and not old:
            return ()
        found = await fetch(connection, GRANTEES, (list(open_to_login),))
        login = (await fetch(connection, "SELECT session_user::text"))[0][0]
    items = tuple(item for each in open_to_login.values() for item in each)
    others = (
        f"REVOKE SELECT ON {quoted(*facts.by_oid[oid].qualified)} FROM {quoted(role) if role else 'PUBLIC'};"
        for oid, role in found
        if role != login
    )
    schemas = sorted({facts.by_oid[oid].schema for oid in open_to_login} | {each.schema for each in old})
    said = (
        f"Without the gate the login could read {len(items)} tables or columns that the policy closes or"
        f" masks: {', '.join(items[:5])}{', ...' if len(items) > 5 else ''}."  # noqa: PLR2004  # a sentence
        if items
        else "Views show masked tables under another policy, so nothing is answered: "
        f"{', '.join(dotted(each.qualified) for each in old)}."
    )
    return (
        PolicyFinding(
            said,
            (*others, *closing_sql(rules, facts, schemas, login)),
            "What is taken FROM PUBLIC is taken from everybody. A superuser, an owner and a member of"
            " pg_read_all_data read everything, whatever is granted.",
            items or tuple(dotted(each.qualified) for each in old),
        ),
    )


def outdated(rules: Rules, facts: Facts) -> list[Relation]:
    """Masked tables whose view is of another policy; the catalog refuses to read it (DBAI017)."""
    found = []
    for oid, relation in facts.by_oid.items():
        shown_by = view_of(relation, facts) if rules[oid].masks else None
        if shown_by is not None and shown_by.comment != mark(relation, rules[oid]):
            found.append(relation)
    return found


def reachable(rules: Rules, facts: Facts) -> Iterator[tuple[int, list[str]]]:
    """Relations of which something closed is readable, and what."""
    for oid, relation in facts.by_oid.items():
        rule, name = rules[oid], dotted(relation.qualified)
        columns = [each.name for each in relation.columns.values() if each.reachable]
        if rule.closed and columns:
            yield oid, [name]
        elif items := [f"{name}.{each}" for each in columns if each in rule.denied or each in rule.masks]:
            yield oid, items


def closing_sql(rules: Rules, facts: Facts, schemas: Iterable[str], login: str) -> list[str]:
    """Grants of a login under a policy, for what it reads of some schemas; each statement may run again.

    Nothing is granted that the login, or a role it may become, cannot read already: no other table, and none
    that is new. A table with denied columns is granted by column. One with masked columns is granted by its
    other columns, and shown whole by a view of a role of its own, to which row security applies as to any
    reader.
    """
    named = [relation for relation in facts.by_oid.values() if relation.schema in set(schemas)]
    named.sort(key=lambda relation: relation.qualified)
    lines = [line for schema in sorted(set(schemas)) for line in taken(schema, login)]
    for relation in named:
        lines += granted(relation, rules[relation.oid], login)
    masked = [each for each in named if masks(each, rules[each.oid], facts)]
    if masked:
        lines += [CREATE_MASKER, f"GRANT {MASKER} TO CURRENT_USER;"]
    for schema in sorted({each.schema for each in masked}):
        lines += home(schema, login)
    for relation in masked:
        lines += view(relation, rules[relation.oid], login)
    return lines


def taken(schema: str, login: str) -> list[str]:
    """Every table of a schema back from the login."""
    role, name = quoted(login), quoted(schema)
    return [
        f"GRANT USAGE ON SCHEMA {name} TO {role};",
        f"REVOKE SELECT ON ALL TABLES IN SCHEMA {name} FROM {role};",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {name} REVOKE SELECT ON TABLES FROM {role};",
    ]


def granted(relation: Relation, rule: Rule, login: str) -> list[str]:
    """What the login may read of a relation itself; nothing of a part, which is read through its whole."""
    name, role = quoted(*relation.qualified), quoted(login)
    plain = [each for each in open_columns(relation, rule) if each.reachable and each.name not in rule.masks]
    if rule.closed or not plain:
        return []
    if len(plain) == len(relation.columns):
        return [f"GRANT SELECT ON {name} TO {role};"]
    if relation.partition and (rule.denied or rule.masks):
        return []
    return [f"GRANT SELECT ({', '.join(quoted(each.name) for each in plain)}) ON {name} TO {role};"]


def masks(relation: Relation, rule: Rule, facts: Facts) -> bool:
    """Whether it is shown by a view: something of it is read already, or the view."""
    if not rule.masks or rule.closed or relation.partition:
        return False
    return (
        any(each.reachable for each in open_columns(relation, rule)) or view_of(relation, facts) is not None
    )


def in_view(relation: Relation, rule: Rule) -> list[Attribute]:
    """The columns that the view shows: masked ones, and those that are read already."""
    return [each for each in open_columns(relation, rule) if each.reachable or each.name in rule.masks]


def home(schema: str, login: str) -> Sequence[str]:
    """Where the views of a schema's masked tables are."""
    name = quoted(masked_schema(schema))
    return (
        f"CREATE SCHEMA IF NOT EXISTS {name};",
        f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {MASKER};",
        f"GRANT USAGE, CREATE ON SCHEMA {name} TO {MASKER};",
        f"GRANT USAGE ON SCHEMA {name} TO {quoted(login)};",
    )


def same_rows(relation: Relation, login: str) -> Iterator[str]:
    """Row policies that are for the login are for the view's owner too: else it would see no row."""
    for name, roles in relation.row_security.items():
        if login in roles and MASKER not in roles:
            listed = ", ".join(map(quoted, (*roles, MASKER)))
            yield f"ALTER POLICY {quoted(name)} ON {quoted(*relation.qualified)} TO {listed};"


def view(relation: Relation, rule: Rule, login: str) -> Sequence[str]:
    """The view that shows a masked table."""
    name = quoted(masked_schema(relation.schema), relation.name)
    names = in_view(relation, rule)
    columns = ", ".join(quoted(each.name) for each in names)
    comment = sql.Literal(mark(relation, rule)).as_string()
    return (
        *same_rows(relation, login),
        f"REVOKE SELECT ON {quoted(*relation.qualified)} FROM {MASKER};",
        f"GRANT SELECT ({columns}) ON {quoted(*relation.qualified)} TO {MASKER};",
        f"DROP VIEW IF EXISTS {name};",
        f"CREATE VIEW {name} AS {shown(relation, rule, names)};",
        f"COMMENT ON VIEW {name} IS {comment};",
        f"ALTER VIEW {name} OWNER TO {MASKER};",
        f"GRANT SELECT ON {name} TO {quoted(login)};",
    )
