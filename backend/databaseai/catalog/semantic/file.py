"""Read a semantic model file; every error names its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from databaseai.catalog.semantic.format import SemanticFile
from databaseai.errors import SemanticModelInvalid

MOST_BYTES = 1_000_000
DEEPEST = 12
"""Levels of nesting; the format has six, and the scanner takes quadratic time over thousands."""
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where the package has it: a megabyte in a second instead of twenty."""
Place = tuple[str | int, ...]
"""Keys and positions from the file's top."""


@dataclass(frozen=True)
class SemanticSource:
    """One file, read."""

    file: SemanticFile
    name: str = "semantic model"
    lines: Mapping[Place, int] = field(default_factory=dict)
    """Where each part stands, from 1."""

    def line(self, *place: str | int) -> int:
        """The line of a part, or of the nearest part around it."""
        return nearest_line(self.lines, place)


def read_semantic_model(path: Path) -> SemanticSource:
    """The semantic model of a file.

    Raises:
        SemanticModelInvalid: The file is not there, is no YAML, or says what it cannot say. DBAI019.
    """
    try:
        with path.open("rb") as handle:
            content = handle.read(MOST_BYTES + 1)
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SemanticModelInvalid(
            f"The semantic model {path} cannot be read.",
            hint="DATABASEAI_DATA_SOURCE_SEMANTIC_MODEL names a YAML file in UTF-8.",
            name=str(path),
        ) from error
    return parse(text, str(path))


def parse(text: str, name: str = "semantic model") -> SemanticSource:
    """A semantic model from its text; every scalar is taken as written, so that `no` stays a column's name.

    Raises:
        SemanticModelInvalid: As above.
    """
    if len(text) > MOST_BYTES:
        raise SemanticModelInvalid(f"{name} is larger than {MOST_BYTES:,} bytes.", name=name)
    lines: dict[Place, int] = {}
    try:
        check_shape(text, name)
        data = plain(yaml.compose(text, Loader=LOADER), (), lines, name)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = mark.line + 1 if mark else 1
        raise invalid(name, line, f"no YAML: {problem or 'unreadable characters'}") from error
    if not isinstance(data, dict):
        raise invalid(name, 1, "a semantic model begins with `version: 1`")
    try:
        return SemanticSource(SemanticFile.model_validate(data), name, lines)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = tuple(part for part in first["loc"] if part != "[key]")
        raise invalid(name, nearest_line(lines, place), said(place, first)) from None


def check_shape(text: str, name: str) -> None:
    """Refuse what could grow when it is read: aliases and deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > DEEPEST:
            what = "aliases (*) are not taken" if depth <= DEEPEST else "nested too deeply"
            raise invalid(name, event.start_mark.line + 1 if event.start_mark else 1, what)


def plain(node: Any, place: Place, lines: dict[Place, int], name: str) -> Any:
    """A node of the file as text, dict or list; where it stands goes into `lines`."""
    if node is None:
        return None
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    if isinstance(node, yaml.SequenceNode):
        return [plain(each, (*place, number), lines, name) for number, each in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise invalid(name, line, "a key is a name")
        if key.value in found:
            raise invalid(name, line, f"{key.value!r} stands here twice")
        lines[*place, key.value] = line
        found[key.value] = plain(value, (*place, key.value), lines, name)
    return found


def nearest_line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place; of what is around it where it is not there itself."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def said(place: Place, error: Any) -> str:
    """One of pydantic's errors as a sentence about a place of the file."""
    where = ".".join(map(str, place)) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{where} is no part of a semantic model"
    if error["type"] == "missing":
        return f"{where} is missing"
    return f"{where}: {error['msg'].removeprefix('Value error, ')}"


def invalid(name: str, line: int, what: str) -> SemanticModelInvalid:
    """The refusal of one line."""
    hint = "`databaseai semantic check` reads it again; `databaseai semantic suggest` writes an example."
    return SemanticModelInvalid(f"{name}, line {line}: {what}.", hint=hint, name=name, line=line)
