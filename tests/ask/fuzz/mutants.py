"""The gate with one guard broken at a time, run over the corpora: what nobody notices has no test.

`python -m tests.ask.fuzz.mutants [--module names] [--share 1.0]` lists the survivors. A mutant is named after
its module, function, kind and source text, so that a name stays when lines move.
"""

import argparse
import ast
import asyncio
import hashlib
import importlib
import importlib.abc
import importlib.util
import signal
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlglot import exp

from databaseai import ask
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.ask.fuzz import dangers, probes
from tests.ask.fuzz.place import catalog_of, server

PACKAGE = "databaseai.ask.guardrail"
MODULES = ("structure", "sizes", "growth", "text", "first_parser")
"""Of the ordinary test, over statements alone. Names, columns, relations and the second gate also hang on
policies and catalogs that these statements do not have: by hand, `--module names`."""
FOLDER = Path(ask.__path__[0]) / "guardrail"
LIMITS = ExecutionLimits()
MUTANT_S = 10.0
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
}


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    function: str
    kind: str
    source: str
    place: int
    """Which node of the module's tree, in the order of `ast.walk`."""

    @property
    def second(self) -> bool:
        """Of the second parser."""
        return self.module.startswith("second")

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.kind}: {self.source}"


@cache
def source_of(module: str) -> str:
    """A module's text, read once: others may work on it while this runs."""
    return (FOLDER / f"{module}.py").read_text("utf-8")


def mutants(module: str) -> Iterator[Mutant]:
    """Each way to weaken a module, once."""
    tree = ast.parse(source_of(module))
    owners = {id(node): name for name, node in functions(tree)}
    for place, node in enumerate(ast.walk(tree)):
        function = owners.get(id(node))
        if function is None:
            continue
        for kind in kinds(node):
            yield Mutant(module, function, kind, shortened(node), place)


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """(name of the innermost function, node) of all nodes inside functions."""
    for top in ast.walk(tree):
        if isinstance(top, ast.FunctionDef):
            for node in ast.walk(top):
                yield top.name, node


def kinds(node: ast.AST) -> list[str]:
    """What can be done to a node."""
    match node:
        case ast.FunctionDef() if returns_nothing(node):
            return ["returns at once"]
        case ast.If():
            return ["never", "always"]
        case ast.Raise():
            return ["no raise"]
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            return ["compares the other way"]
        case ast.BoolOp():
            return ["and/or"]
    return []


def returns_nothing(node: ast.FunctionDef) -> bool:
    """A check: it raises or does nothing."""
    return isinstance(node.returns, ast.Constant) and node.returns.value is None and len(node.body) > 1


def shortened(node: ast.AST) -> str:
    """The first line of a node's text."""
    if isinstance(node, ast.FunctionDef):
        return ""
    shown = node.test if isinstance(node, ast.If) else node
    return ast.unparse(shown).split("\n")[0][:90]


def changed(mutant: Mutant) -> ast.Module:
    """The module's tree with the change in it."""
    tree = ast.parse(source_of(mutant.module))
    node = list(ast.walk(tree))[mutant.place]
    match node:
        case ast.FunctionDef():
            node.body = [ast.Return(value=None)]
        case ast.If():
            node.test = ast.Constant(value=mutant.kind == "always")
        case ast.Raise():
            replace(tree, node, ast.Pass())
        case ast.Compare():
            node.ops = [COMPARED[type(node.ops[0])]()]
        case ast.BoolOp():
            node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    return ast.fix_missing_locations(tree)


def replace(tree: ast.Module, old: ast.stmt, new: ast.stmt) -> None:
    """One statement instead of another."""
    for parent in ast.walk(tree):
        for _, value in ast.iter_fields(parent):
            if isinstance(value, list) and old in value:
                value[value.index(old)] = new


def blind(_text: Any, _own: Any) -> tuple[exp.Select, None]:
    """A second gate that sees nothing, so that it does not refuse in the first one's stead."""
    return exp.select("1"), None


def agreed(*_: Any) -> None:
    """A comparison that finds no difference."""


def gate_with(mutant: Mutant | None, *, alone: bool = False) -> Any:
    """`check` of a freshly imported gate, one module of it changed; `alone`: without the second parser."""
    for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    finder = Finder(mutant)
    sys.meta_path.insert(0, finder)
    try:
        gate: Any = importlib.import_module(f"{PACKAGE}.gate")
        if alone:
            gate.second_gate, gate.second_parser.compare = blind, agreed
        return gate.check
    finally:
        sys.meta_path.remove(finder)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the package's modules from their texts, one of them changed."""

    def __init__(self, mutant: Mutant | None) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> Any:
        """Only for modules of the package."""
        package, _, module = name.rpartition(".")
        if package != PACKAGE or not (FOLDER / f"{module}.py").is_file():
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the text, or the changed tree."""
        name = module.__name__.rpartition(".")[2]
        mutated = self.mutant is not None and self.mutant.module == name
        tree = changed(self.mutant) if self.mutant and mutated else ast.parse(source_of(name))
        exec(compile(tree, f"<{name}>", "exec"), module.__dict__)  # noqa: S102  # our own source


def statements() -> list[str]:
    """All that the gate is tried on: attacks and dangers first, honest queries, then the odd ones."""
    alone = {
        "expression": "SELECT {}",
        "source": "SELECT 1 FROM {}",
        "clause": "SELECT 1 FROM customer{}",
        "with": "WITH w AS ({}) SELECT 1",
    }
    planted = [alone[kind].format(each) for kind in alone for each in dangers.BY_KIND[kind]]
    files = ("attacks.sql", "honest.sql", "honest_rare.sql", "honest_refused.sql")
    return [*probes.STATEMENTS, *(case.sql for file in files for case in cases.read(file)), *planted]


def verdict(check: Any, statement: str, catalog: Catalog) -> str:
    """What a person would see, in one text."""
    try:
        query = check(statement, catalog, LIMITS)
    except DatabaseAIError as error:
        return f"{error.code} {error.facts.get('position', '')}"
    except Exception as error:  # noqa: BLE001  # a mutant may fail any way it likes
        return repr(error)
    return f"{query.sql} {query.tables} {query.shifts}"


def survivors(catalog: Catalog, chosen: list[Mutant]) -> list[Mutant]:
    """Mutants whose every verdict is the gate's own."""
    texts = statements()
    kept = {name: module for name, module in sys.modules.items() if name.startswith(PACKAGE)}
    try:
        expected = {}
        for alone in (True, False):
            own = gate_with(None, alone=alone)
            expected[alone] = [verdict(own, text, catalog) for text in texts]
        return [mutant for mutant in chosen if survives(mutant, texts, expected[not mutant.second], catalog)]
    finally:
        sys.modules.update(kept)


def survives(mutant: Mutant, texts: list[str], expected: list[str], catalog: Catalog) -> bool:
    """Nobody notices."""
    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, MUTANT_S)
    try:
        check = gate_with(mutant, alone=not mutant.second)
        return all(
            verdict(check, text, catalog) == right for text, right in zip(texts, expected, strict=True)
        )
    except TooLongError:
        return False  # a loop without end
    except Exception:  # noqa: BLE001  # it cannot even be imported
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class TooLongError(BaseException):
    """A mutant never ends."""


def too_long(_number: int, _frame: object) -> None:
    """The alarm's handler."""
    raise TooLongError


def sample(share: float, modules: tuple[str, ...] = MODULES) -> list[Mutant]:
    """A part of all mutants, always the same: chosen by their names."""
    found = {str(mutant): mutant for module in modules for mutant in mutants(module)}
    bound = int(share * 2**32)
    return [
        mutant
        for name, mutant in found.items()
        if int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) <= bound
    ]


async def main(arguments: argparse.Namespace) -> list[str]:
    """Survivors of the modules asked for."""
    chosen = sample(arguments.share, tuple(arguments.module or MODULES))
    async with server() as reader_dsn:
        catalog = await catalog_of(reader_dsn)
        left = survivors(catalog, chosen)
    return [*map(str, left), f"{len(left)} of {len(chosen)} survive"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.ask.fuzz.mutants", description=__doc__)
    parser.add_argument("--module", action="append")
    parser.add_argument("--share", type=float, default=1.0)
    print("\n".join(asyncio.run(main(parser.parse_args()))))  # noqa: T201  # a command's output
