"""A policy against what the server holds: a rule for each relation, or an error that names what is wrong."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from databaseai.catalog.policy.facts import Facts, Name, Relation
from databaseai.catalog.policy.file import Policy
from databaseai.catalog.policy.masks import KINDS, Mask, masked_type
from databaseai.catalog.policy.patterns import Pattern
from databaseai.errors import PolicyInvalid

NOTHING = Mask("null")
Closed = Literal["", "denied", "not allowed", "exposing"]
WORDS = {"denied": "the policy denies it", "not allowed": "the policy does not list it"}


@dataclass(slots=True)
class Rule:
    """What is open of one relation."""

    closed: Closed = ""
    """Why the whole relation is; empty: it is not. A view is exposing when it reads what is not open."""
    exposed: str = ""
    """What an exposing view reads."""
    denied: set[str] = field(default_factory=set)
    """Columns."""
    masks: dict[str, Mask] = field(default_factory=dict)
    """By column; none that is denied."""
    exempt: set[str] = field(default_factory=set)
    """Columns that the policy allows by name."""
    watched: bool = False
    """A wildcard may mean a column that is added later."""

    @property
    def why(self) -> str:
        """Why the whole relation is closed, in words."""
        return WORDS.get(self.closed, f"it reads {self.exposed}, which the policy closes or masks")


Rules = dict[int, Rule]


def resolve(policy: Policy, facts: Facts) -> Rules:
    """The rule of every relation, by oid.

    A rule for a table holds for its partitions and inheritance children, which hold the same rows, and for
    what it is a part of. A generated column is denied with a column that it is made of, unless a rule of its
    own masks it or `columns.allow` names it. A view that reads what is denied or masked is closed, unless
    `tables.allow` names it without a wildcard: then the operator has looked.

    Raises:
        PolicyInvalid: A pattern matches nothing, two masks contend for a column, or a mask does not fit its
            type. DBAI017.
    """
    check_names(policy, facts)
    said = {oid: explicit(policy, relation) for oid, relation in facts.by_oid.items()}
    rules = {oid: inherited(relation, said, facts) for oid, relation in facts.by_oid.items()}
    for oid, rule in rules.items():
        check_types(facts.by_oid[oid], rule)
    close_views(policy, facts, rules)
    return rules


def check_names(policy: Policy, facts: Facts) -> None:
    """Every pattern means something: a misspelt name would protect nothing, silently."""
    tables = [relation.qualified for relation in facts.by_oid.values()]
    columns = [(*relation.qualified, name) for relation in facts.by_oid.values() for name in relation.columns]
    for listed, names in (
        ((*policy.allow, *policy.deny), tables),
        ((*policy.columns, *policy.exempt, *(found for found, _ in policy.masks)), columns),
    ):
        for each in listed:
            if not any(each.matches(*name) for name in names):
                raise unmatched(each, names)


def unmatched(each: Pattern, names: Iterable[tuple[str, ...]]) -> PolicyInvalid:
    """The refusal of a pattern that matches nothing, with the nearest name."""
    spelt = {".".join(name).casefold(): ".".join(name) for name in names}
    found = difflib.get_close_matches(each.text.casefold(), spelt, n=1, cutoff=0.5)
    return PolicyInvalid(
        f"{each.text} in the policy matches nothing in the data source.",
        hint=f"Did you mean {spelt[found[0]]}?" if found else "`databaseai catalog` lists the names.",
        name=each.text,
    )


def explicit(policy: Policy, relation: Relation) -> Rule:
    """What the policy says of a relation itself."""
    rule = Rule()
    if any(each.matches(*relation.qualified) for each in policy.deny):
        rule.closed = "denied"
    elif not any(each.matches(*relation.qualified) for each in policy.allow):
        rule.closed = "not allowed"
    columns = [each for each in policy.columns if each.matches(*relation.qualified)]
    masks = [each for each in policy.masks if each[0].matches(*relation.qualified)]
    rule.watched = any(not each.exact for each in (*columns, *(found for found, _ in masks)))
    exempt = [each for each in policy.exempt if each.matches(*relation.qualified)]
    for name in relation.columns if columns or masks or exempt else ():
        path = (*relation.qualified, name)
        if any(each.matches(*path) for each in exempt):
            rule.exempt.add(name)
            contradictions([*columns, *(each for each, _ in masks)], path)
        elif any(each.matches(*path) for each in columns):
            rule.denied.add(name)
        elif matching := [each for each in masks if each[0].matches(*path)]:
            rule.masks[name] = chosen(matching, ".".join(path))
    return rule


def contradictions(closing: list[Pattern], path: tuple[str, ...]) -> None:
    """A column that is allowed by its name and closed by its name."""
    if found := next((each for each in closing if each.exact and each.matches(*path)), None):
        raise PolicyInvalid(
            f"{found.text} is both allowed and closed or masked.", hint="Leave one out.", name=found.text
        )


def chosen(matching: list[tuple[Pattern, Mask]], column: str) -> Mask:
    """The one mask of a column: a name beats a wildcard."""
    best = [each for each in matching if each[0].exact] or matching
    if len({mask for _, mask in best}) > 1:
        said = " and ".join(f"{mask} by {found.text}" for found, mask in best)
        raise PolicyInvalid(f"{column} is masked twice: {said}.", hint="Name the column itself.", name=column)
    return best[0][1]


def inherited(relation: Relation, said: Rules, facts: Facts) -> Rule:
    """With the rules of the relations whose rows are in this one, or of which this one is a part."""
    own = said[relation.oid]
    closed, denied = own.closed, set(own.denied)
    masks: dict[str, Mask] = {}
    for up in (True, False):
        for other in facts.family(relation, up=up):
            rule = said[other.oid]
            if rule.closed == "denied" and not closed:
                if not up:
                    raise holds(relation, other)
                closed = rule.closed
            denied |= rule.denied
            for name, mask in rule.masks.items():
                masks[name] = mask if masks.get(name, mask) == mask else NOTHING
    denied = (denied & relation.columns.keys()) - own.exempt
    masks = {
        name: mask
        for name, mask in {**masks, **own.masks}.items()
        if name in relation.columns and name not in denied | own.exempt
    }
    for name, made_of in relation.computed.items():  # a generated column says what it is made of
        numbers = {relation.columns[each].number for each in denied | masks.keys()}
        if made_of & numbers and name not in masks.keys() | own.exempt:
            denied.add(name)
    return Rule(closed, denied=denied, masks=masks, exempt=own.exempt, watched=own.watched)


def holds(whole: Relation, part: Relation) -> PolicyInvalid:
    """The refusal of a policy that closes a part of an open table."""
    return PolicyInvalid(
        f"{dotted(part.qualified)} is denied, but {dotted(whole.qualified)} is open and holds its rows.",
        hint="Deny both, or neither.",
        name=dotted(part.qualified),
    )


def check_types(relation: Relation, rule: Rule) -> None:
    """Each mask fits its column."""
    for name, mask in rule.masks.items():
        kind = relation.columns[name].kind
        if masked_type(mask, kind) is None:
            raise PolicyInvalid(
                f"The mask {mask} does not fit {dotted(relation.qualified)}.{name}, which is {kind.shown}.",
                hint=f"null and hash fit every type; masks: {', '.join(KINDS)}.",
                name=f"{dotted(relation.qualified)}.{name}",
            )


def close_views(policy: Policy, facts: Facts, rules: Rules) -> None:
    """Close the views that read what is denied or masked, and those that read them, until nothing changes."""
    named = {
        oid
        for oid, relation in facts.by_oid.items()
        if any(each.exact and each.matches(*relation.qualified) for each in policy.allow)
    }
    views = [relation for relation in facts.by_oid.values() if relation.reads and relation.oid not in named]
    changed = True
    while changed:
        changed = False
        for view in views:
            rule = rules[view.oid]
            if not rule.closed and (exposed := exposes(view, facts, rules)):
                rule.closed, rule.exposed = "exposing", exposed
                changed = True


def exposes(view: Relation, facts: Facts, rules: Rules) -> str:
    """What a view reads that is not open; empty when there is nothing."""
    for oid, numbers in view.reads.items():
        if oid not in rules:
            continue
        source, rule = facts.by_oid[oid], rules[oid]
        if rule.closed in {"denied", "exposing"}:
            return dotted(source.qualified)
        for name in sorted(rule.denied | rule.masks.keys()):
            if 0 in numbers or source.columns[name].number in numbers:
                return f"{dotted(source.qualified)}.{name}"
    return ""


def dotted(name: Name) -> str:
    """`schema.table`."""
    return ".".join(name)
