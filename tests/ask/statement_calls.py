"""Finds, in source code, every call that could hand a statement's text to a database driver."""

import ast
from dataclasses import dataclass, field

SENDING = {
    *(
        "execute",
        "executemany",
        "exec_driver_sql",
        "callproc",
        "scalar",
        "scalars",
        "stream",
        "stream_scalars",
    ),
    *("copy", "copy_expert", "text", "prepare", "fetch", "fetchrow", "fetchval", "executescript"),
    *("send_query", "send_query_params", "send_query_prepared", "send_prepare"),
    *("exec_", "exec_params", "exec_prepared", "mogrify"),
}
"""Names under which psycopg, libpq, SQLAlchemy and their like take SQL."""
ALSO_OTHERS = {"text", "copy", "fetch", "stream", "prepare", "scalar", "scalars"}
"""Names that attributes have which are no methods of a driver."""
NAMED = {"send_prepare", "prepare"}
"""Whose first argument is a prepared statement's name."""
COMPOSED = {"SQL", "Identifier", "Literal", "Placeholder"}


@dataclass(frozen=True)
class Call:
    """One call that may send a statement."""

    where: str
    """`room.module:function`."""
    line: int
    code: str
    constant: bool
    """Its text is written in the source: nobody's statement can be in it."""


@dataclass
class Finder(ast.NodeVisitor):
    """Walks one module."""

    module: str
    wrappers: frozenset[str]
    found: list[Call] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """What stands in a function is of that function."""
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = enter  # noqa: N815  # ast's names

    def visit_Call(self, node: ast.Call) -> None:
        """A call by one of the names, or by `getattr` with one of them, with something to send."""
        name = called(node)
        if name == "getattr" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            if str(node.args[1].value) in SENDING:
                self.note(node, constant=False)
        elif self.sends(node, name) and (node.args or node.keywords):
            second = name in self.wrappers or name in NAMED
            self.note(node, constant=constant(sent(node, second=second)))
        self.generic_visit(node)

    def sends(self, node: ast.Call, name: str) -> bool:
        """One of the drivers' names, or a wrapper by its bare name."""
        return name in SENDING or (name in self.wrappers and isinstance(node.func, ast.Name))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """`send = connection.execute`: the method itself, handed on."""
        if node.attr in SENDING - ALSO_OTHERS and node not in self.functions:
            self.note(node, constant=False)
        self.generic_visit(node)

    def visit_Module(self, node: ast.Module) -> None:
        """Remember which attributes are called."""
        self.functions = {call.func for call in ast.walk(node) if isinstance(call, ast.Call)}
        self.generic_visit(node)

    def note(self, node: ast.expr, *, constant: bool) -> None:
        """One more."""
        where = f"{self.module}:{'.'.join(self.inside)}"
        self.found.append(Call(where, node.lineno, ast.unparse(node)[:100], constant))


def calls(source: str, module: str, wrappers: frozenset[str] = frozenset()) -> list[Call]:
    """All such calls of one module; `wrappers` are functions that send their argument."""
    finder = Finder(module, wrappers)
    finder.visit(ast.parse(source))
    return finder.found


def called(node: ast.Call) -> str:
    """The last part of what is called."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def sent(node: ast.Call, *, second: bool) -> ast.expr:
    """The argument that is the text: the first, or the second after a connection or a name."""
    if len(node.args) > second:
        return node.args[second]
    return node.keywords[0].value if node.keywords else node.args[0]


def constant(node: ast.expr) -> bool:
    """A text that stands in the source: a literal, a CONSTANT, and what is composed of such and of names."""
    match node:
        case ast.Constant(value=str() | bytes()):
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.isupper()
        case ast.Call(func=ast.Attribute(value=inner, attr="format"), args=args):
            return constant(inner) and all(composed(value) for value in args)
        case (
            ast.Call(func=ast.Attribute(value=inner, attr="encode"))
            | ast.Call(func=ast.Attribute(attr="SQL"), args=[inner])
            | ast.Call(func=ast.Name(id="text"), args=[inner])
        ):
            return constant(inner)
    return False


def composed(node: ast.expr) -> bool:
    """`sql.Identifier(name)`: quoted by psycopg, whatever it is."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in COMPOSED


def imports(source: str) -> set[str]:
    """Top-level names of what a module imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found
