"""What a semantic model file may say: business names, metrics, joins and filters, in one strict shape."""

from typing import Annotated, Literal

from annotated_types import Len
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator


def one_line(text: str) -> str:
    """Text of one line: what goes into a prompt cannot look like another part of it.

    Raises:
        ValueError: Control or invisible characters, or nothing.
    """
    flat = " ".join(text.split())
    if not flat:
        raise ValueError("is empty")
    if not flat.isprintable():
        raise ValueError("holds control or invisible characters")
    return flat


def expression(text: str) -> str:
    """SQL of one line; the gate judges what it does.

    Raises:
        ValueError: A comment or a semicolon, which would hide what follows in the prompt.
    """
    flat = one_line(text)
    if found := next((sign for sign in ("--", "/*", ";") if sign in flat), None):
        raise ValueError(f"holds {found!r}: write one expression, without comments")
    return flat


def listed(value: object) -> object:
    """One value where several may stand."""
    return [value] if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(one_line), Len(0, 300)]
Word = Annotated[str, AfterValidator(one_line), Len(0, 80)]
Name = Annotated[str, AfterValidator(one_line), Len(0, 140)]
"""As PostgreSQL stores it; of a table `schema.name`, or `name` along the search path."""
Sql = Annotated[str, AfterValidator(expression), Len(0, 600)]
Synonyms = Annotated[tuple[Word, ...], BeforeValidator(listed), Len(0, 30)]
Conditions = Annotated[tuple[Sql, ...], BeforeValidator(listed), Len(0, 10)]
Kind = Literal["many_to_one", "one_to_one", "many_to_many"]


class Part(BaseModel, extra="forbid", frozen=True):
    """A part of the file."""

    description: Text = ""


class ColumnWords(Part):
    """What people call a column."""

    synonyms: Synonyms = ()
    hidden: bool = False
    """Left out of prompts; no lock: the policy closes columns."""


class TableWords(Part):
    """What people call a table and its columns."""

    synonyms: Synonyms = ()
    hidden: bool = False
    time: Name | None = None
    """The column that says when a row happened."""
    columns: Annotated[dict[Name, ColumnWords | None], Len(0, 2_000)] = Field(default_factory=dict)


class Metric(Part):
    """A number with a name."""

    sql: Sql
    """`sum(orders.total_eur)`."""
    table: Name
    joins: Sql | None = None
    """What follows the table in FROM: `JOIN orders ON orders.id = order_items.order_id`."""
    where: Conditions = ()
    time: Sql | None = None
    """What dates it: `orders.ordered_at`."""
    synonyms: Synonyms = ()


class Filter(Part):
    """A condition with a name."""

    sql: Sql
    """`products.discontinued_on IS NULL`."""
    table: Name
    joins: Sql | None = None
    synonyms: Synonyms = ()


class Join(Part):
    """A way from one table to another that no key declares."""

    source: Annotated[Name, Field(alias="from")]
    target: Annotated[Name, Field(alias="to")]
    columns: Annotated[dict[Name, Name], Len(0, 8)] = Field(default_factory=dict)
    """Columns of `from` to columns of `to` that are equal; or else `on`."""
    on: Sql | None = None
    kind: Kind = "many_to_one"
    synonyms: Synonyms = ()

    @model_validator(mode="after")
    def one_of_both(self) -> "Join":
        """Columns or a condition."""
        if bool(self.columns) == bool(self.on):
            raise ValueError("needs either columns or on")
        return self


class SemanticFile(Part):
    """The whole file."""

    version: Literal["1"]
    tables: Annotated[dict[Name, TableWords | None], Len(0, 5_000)] = Field(default_factory=dict)
    metrics: Annotated[dict[Word, Metric], Len(0, 500)] = Field(default_factory=dict)
    filters: Annotated[dict[Word, Filter], Len(0, 500)] = Field(default_factory=dict)
    joins: Annotated[tuple[Join, ...], Len(0, 500)] = ()
