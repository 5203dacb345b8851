"""Read a dataset of questions with gold SQL, and the databases they are about.

Format: a directory with `questions.jsonl` and `<database>.seed<N>.sql.gz` (or `.sql`), or a `.jsonl` file
beside which such dumps may lie. A line holds `id`, `database`, `question`, `gold` (a list; any of them is
right) and optionally `tier`. A database without a dump is one that the server has already, such as the
embedded sample database. Dumps and golds are trusted: whoever runs an evaluation chose them.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, RootModel, ValidationError, field_validator

from databaseai.errors import DatasetInvalid

DUMP = re.compile(r"(?P<database>.+)\.seed(?P<seed>\d+)\.sql(\.gz)?")


class Question(BaseModel, extra="forbid", frozen=True):
    """One line of a dataset."""

    id: str = Field(min_length=1)
    database: str = Field(min_length=1)
    question: str = Field(min_length=1)
    gold: tuple[str, ...] = Field(min_length=1)
    """SQL statements; a prediction is right when it gives what any one of them gives."""
    tier: str = ""
    """How hard the author takes the question to be; free text."""

    @field_validator("gold")
    @classmethod
    def _no_empty_gold(cls, gold: tuple[str, ...]) -> tuple[str, ...]:
        if not all(statement.strip() for statement in gold):
            raise ValueError("a gold statement is empty")
        return gold


class _Ids(RootModel[tuple[str, ...]]):
    """A JSON list of ids."""


@dataclass(frozen=True)
class Dataset:
    """Questions, and the dumps of their databases by seed."""

    name: str
    digest: str
    """SHA-256 of the question file: what a stored run was about."""
    questions: tuple[Question, ...]
    dumps: Mapping[str, tuple[Path, ...]]
    """One dump a seed, seed 0 first; a database that the server has already is not in here."""

    def selected(self, ids: Sequence[str] | None = None, limit: int | None = None) -> tuple[Question, ...]:
        """The questions to run, those of one database together, the first `limit` of them.

        Raises:
            DatasetInvalid: An id that no question has. DBAI110.
        """
        chosen = self.questions
        if ids is not None:
            wanted = set(ids)
            if unknown := sorted(wanted - {question.id for question in chosen}):
                raise DatasetInvalid(f"{self.name} has no question {unknown[0]!r}.", unknown=len(unknown))
            chosen = tuple(question for question in chosen if question.id in wanted)
        first_seen = {question.database: place for place, question in reversed(list(enumerate(chosen)))}
        return tuple(sorted(chosen, key=lambda question: first_seen[question.database]))[:limit]


def load(path: Path) -> Dataset:
    """Read a dataset directory or question file.

    Raises:
        DatasetInvalid: A missing file, a line that is not a question, an id twice. DBAI110.
    """
    file = path / "questions.jsonl" if path.is_dir() else path
    try:
        content = file.read_bytes()
        questions = tuple(_questions(content.decode(), file.name))
    except OSError as error:
        raise DatasetInvalid(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DatasetInvalid(f"{file.name}, line {line}: not UTF-8.", line=line) from error
    if not questions:
        raise DatasetInvalid(f"{file} holds no question.")
    name = path.resolve().name if path.is_dir() else path.stem
    return Dataset(name, hashlib.sha256(content).hexdigest(), questions, _dumps(file.parent, questions))


def read_ids(path: Path) -> tuple[str, ...]:
    """Question ids from a JSON list, or one a line.

    Raises:
        DatasetInvalid: The file cannot be read or holds something else. DBAI110.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("["):
            return _Ids.model_validate_json(text).root
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise DatasetInvalid(f"{path.name} is not a list of question ids.") from error
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _questions(text: str, name: str) -> Iterator[Question]:
    """Each line that is not blank, as a question."""
    line_of: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = Question.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            what = f"{place}: {first['msg']}" if place else first["msg"]
            raise DatasetInvalid(f"{name}, line {number}: {what}.", line=number) from None
        if question.id in line_of:
            earlier = line_of[question.id]
            raise DatasetInvalid(f"{name}, line {number}: id of line {earlier} again.", line=number)
        line_of[question.id] = number
        yield question


def _dumps(folder: Path, questions: Sequence[Question]) -> dict[str, tuple[Path, ...]]:
    """Dump files of the databases that the questions name, ordered by seed."""
    found: dict[str, dict[int, Path]] = {}
    wanted = {question.database for question in questions}
    for file in sorted(folder.iterdir()):
        match = DUMP.fullmatch(file.name)
        if match and match["database"] in wanted:
            found.setdefault(match["database"], {})[int(match["seed"])] = file
    return {database: tuple(file for _, file in sorted(seeds.items())) for database, seeds in found.items()}
