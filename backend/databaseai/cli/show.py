"""How an answer looks in a terminal: data on stdout, what happens meanwhile on stderr."""

import json
import sys
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from databaseai.cli.console import err, out, tell

NUMBERS = ("int", "numeric", "real", "double", "money", "float")


class Show:
    """Shows one answer or result."""

    def __init__(self, *, as_json: bool = False, sql_only: bool = False, silent: bool = False) -> None:
        self._as_json, self._sql_only, self._silent = as_json, sql_only, silent

    def event(self, kind: str, data: dict[str, Any]) -> None:
        """A step, while a person waits at a terminal."""
        if kind == "step" and data["status"] == "done" and err.is_terminal and not self._silent:
            ms = f" ({data['ms']:.0f} ms)" if data.get("ms") is not None else ""
            err.print(f"  {data['name'].replace('_', ' ')}: {data['detail']}{ms}", style="dim", markup=False)

    def answer(self, answer: dict[str, Any]) -> None:
        """The whole answer: sentence, table, SQL, card; or what went wrong."""
        if self._as_json:
            print_json(answer)
        elif self._sql_only:
            if answer.get("sql"):
                print(answer["sql"])
        else:
            self._answer_for_people(answer)
        self._problem(answer)

    def result(self, result: dict[str, Any]) -> None:
        """Rows of a query."""
        if self._as_json:
            print_json(result)
        elif not result.get("problem"):
            plan(result) if "plan" in result else table(result)
        self._problem(result)

    def _answer_for_people(self, answer: dict[str, Any]) -> None:
        if answer.get("text"):
            out.print(answer["text"], markup=False, soft_wrap=True)
        if answer.get("columns"):
            table(answer)
        if answer.get("sql"):
            out.print(Text(answer["sql"], style="cyan"), soft_wrap=True)
        for heading, lines in card_lines(answer.get("card") or {}):
            tell(f"{heading}: {lines}")
        confidence = answer.get("confidence")
        if confidence:
            tell(f"confidence: {confidence['level']} ({'; '.join(confidence['reason'])})")
        for finding in answer.get("sentinel") or ():
            tell(f"warning: {finding['text']}")
            if finding.get("check"):
                tell(f"  see it: {finding['check']}")
            if finding.get("corrected"):
                tell(f"  without it: {finding['corrected']}")
        for reading in answer.get("reading") or ():
            tell(f"  - {reading}")

    def _problem(self, answer: dict[str, Any]) -> None:
        problem = answer.get("problem")
        if problem:
            tell(f"databaseai: {problem['code']} {problem['title']}: {problem.get('detail', '')}")
            if problem.get("hint"):
                tell(problem["hint"])
            if problem.get("confirmable"):
                tell("`databaseai query --confirm` runs it all the same.")


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def plan(explanation: dict[str, Any]) -> None:
    """A plan, line by line."""
    for line in explanation["text"]:
        out.print(line, markup=False, soft_wrap=True)


def card_lines(card: dict[str, Any]) -> list[tuple[str, str]]:
    """The card's headings that have something to say."""
    shown = {key: value for key, value in card.items() if value and key != "kind"}
    return [(key, value if isinstance(value, str) else ", ".join(value)) for key, value in shown.items()]


def table(result: dict[str, Any]) -> None:
    """Rows as a table on a terminal, as tab-separated lines elsewhere."""
    columns, rows = result["columns"], result["rows"]
    if not out.is_terminal:
        print("\t".join(column["name"] for column in columns))
        for row in rows:
            print("\t".join(plain(value) for value in row))
    else:
        drawn = Table(box=box.SIMPLE_HEAD)
        for column in columns:
            numeric = column["type"].startswith(NUMBERS)
            drawn.add_column(Text(column["name"]), justify="right" if numeric else "left")
        for row in rows:
            drawn.add_row(
                *(Text("NULL", style="dim") if value is None else Text(shown(value)) for value in row)
            )
        out.print(drawn)
    if result["truncated"]:
        tell(f"The first {len(rows)} rows; there are more.")


def shown(value: object) -> str:
    """One cell for people; control characters made visible."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() or char == "\n" else repr(char)[1:-1] for char in text)


def plain(value: object) -> str:
    """One cell of a tab-separated line, escaped as PostgreSQL's COPY escapes."""
    if value is None:
        return r"\N"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\\", "\\\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")
