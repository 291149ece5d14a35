"""What a node does once a start, a connection or a configuration is loaded for it only, and leaves the memory after it.

Of a function named in `cold_list.py` a board keeps one line, which loads the function from a file of its own, calls it
and forgets it. The rest of the program sees no difference. A call costs some milliseconds of reading flash: nothing
that happens many times a second, and no interrupt, may stand there.
"""

import ast
import copy
from collections.abc import Callable
from typing import Any

from firmware.shrinking.cold_list import APART, COLD, TOGETHER

ENTRY_HOME = "node.app"
FREE = [
    "abs",
    "all",
    "any",
    "bin",
    "bool",
    "chr",
    "dict",
    "dir",
    "divmod",
    "filter",
    "float",
    "hash",
    "hex",
    "id",
    "int",
    "iter",
    "len",
    "list",
    "map",
    "max",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "zip",
    "bytes",
    "callable",
    "complex",
    "input",
    "bytearray",
    "enumerate",
    "eval",
    "exec",
    "frozenset",
    "getattr",
    "setattr",
    "hasattr",
    "isinstance",
    "issubclass",
    "globals",
    "locals",
    "memoryview",
    "property",
    "staticmethod",
    "classmethod",
    "Ellipsis",
    "Exception",
    "OSError",
    "ValueError",
    "KeyError",
    "TypeError",
    "IndexError",
    "AttributeError",
    "NameError",
    "ImportError",
    "RuntimeError",
    "StopIteration",
    "KeyboardInterrupt",
    "SystemExit",
    "NotImplementedError",
]
"""Names that lie in every interpreter and cost nothing: for what cannot be taken for what they name."""
LOAD, FIND, TABLE = "Zz", "Zy", "map"
LOADER = f"""
def {LOAD}(name):
    module = __import__(name)
    del sys.modules[name]
    return module
def {FIND}(this, name, file):
    found = {LOAD}(file).{TABLE}.get(name)
    if not found:
        raise AttributeError(name)
    return lambda *one, **other: found(this, *one, **other)
"""
FINDER = f"""
def __getattr__(this, name):
    return {FIND}(this, name, %r)
"""
"""For classes of the first file: a method that is not there is looked for where the cold ones are."""


class Cold:
    """Takes the cold functions out of the files of a board.

    `trees`: the program as it was written, by module; `new(module, name)`: what `name` or `Class.name` is called on the
    board; `homes`: module → the one whose file it lies in; `place(module)`: the name of a file.
    """

    def __init__(
        self,
        trees: dict[str, ast.Module],
        new: Callable[[str, str], str],
        homes: dict[str, str],
        place: Any,
    ) -> None:
        self._new, self._homes, self._place = new, homes, place
        self._inner = {new(module, one) for module in COLD if module in trees for one in inner(module, trees[module])}
        valued = {one for tree in trees.values() for one in _valued(tree)}
        self._held = {
            new(module, one) for module, told in COLD.items() for one in told.split() if one.partition(".")[2] in valued
        }
        """Methods that somebody keeps as a value: what is loaded for it would be kept as well."""
        self._private = {new(module, one) for module, told in COLD.items() for one in told.split() if one[0] == "_"}
        """Functions that only their own module calls."""
        classes = [(name, one) for name, tree in trees.items() for one in tree.body if isinstance(one, ast.ClassDef)]
        based = {one.id for _, each in classes for one in each.bases if isinstance(one, ast.Name)}
        self._bases = {new(module, one.name) for module, one in classes if one.name in based}
        """Classes whose methods another may have in its own way."""
        self.files: dict[str, str] = {}
        self._taken: list[tuple[str, str, list[ast.stmt], dict[str, ast.stmt | None]]] = []
        self._moved: dict[str, str] = {}

    def take(self, home: str, tree: ast.Module) -> None:
        """Take them out of one file."""
        clusters: dict[str, set[str]] = {}
        for module, told in COLD.items():
            if self._homes.get(module) == home:
                for one in told.split():
                    file = "apart " + module if one in APART.get(module, "").split() else TOGETHER.get(module, module)
                    clusters.setdefault(file, set()).add(self._new(module, one))
        tops = _tops(tree)
        for cluster, names in sorted(clusters.items()):
            file = self._place.another()
            functions = self._out_of(tree, names, file, home == ENTRY_HOME, cluster.startswith("apart "))
            if functions:
                self._taken.append((file, home, functions, tops))

    def finish(self, trees: dict[str, ast.Module]) -> None:
        """Calls of functions that are gone from the files' tops load them; then the files are written."""
        for home, tree in trees.items():
            _Elsewhere(self._moved, "").visit(tree)
            tree.body = [
                one for one in tree.body if not (isinstance(one, ast.ImportFrom) and one.names[0].name in self._moved)
            ]
            if home == ENTRY_HOME:
                tree.body[:0] = ast.parse("import sys" + LOADER).body
            elif any(isinstance(one, ast.Name) and one.id == LOAD for one in ast.walk(tree)):
                tree.body[:0] = ast.parse(f"from {ENTRY_HOME} import {LOAD}").body
        for file, home, functions, tops in self._taken:
            for one in functions:
                _Elsewhere(self._moved, file).visit(one)
            self.files[file] = self._text(home, functions, tops)

    def _out_of(self, tree: ast.Module, names: set[str], file: str, finds: bool, apart: bool) -> list[ast.stmt]:
        """The functions of these names; a line that loads and calls each is left in its place, where one is needed."""
        spoken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        letters = (one for one in FREE if one not in spoken and one != TABLE)
        found: list[tuple[str, ast.FunctionDef]] = []
        alone = self._private & names - _spoken_outside(tree, names)
        short: dict[str, str] = {}
        inner_or_held = self._inner | self._held
        table: dict[str, str] = {}
        for owner, body in [
            ("", tree.body),
            *((one.name, one.body) for one in tree.body if isinstance(one, ast.ClassDef)),
        ]:
            for one in [one for one in body if isinstance(one, FUNCTION)]:
                full = f"{owner}.{one.name}" if owner else one.name
                if full not in names or not _movable(one):
                    continue
                short[full] = next(letters) if owner else one.name
                found.append((owner, copy.deepcopy(one)))
                left: list[ast.stmt] = []
                if not owner and finds:
                    self._moved[one.name] = file
                elif owner and finds and not (apart or one.name in ("__init__", *table) or full in inner_or_held):
                    table[one.name] = short[full]
                    if not any(isinstance(each, FUNCTION) and each.name == "__getattr__" for each in body):
                        body.extend(ast.parse(FINDER % file).body)
                elif full not in self._inner and full not in alone:
                    left = [_stub(one, file, short[full])]
                body[body.index(one) : body.index(one) + 1] = left
        self._direct(found, short, table, finds)
        told = ", ".join(f"{name!r}: {new}" for name, new in table.items())
        return [one for _, one in found] + (ast.parse(f"{TABLE} = {{{told}}}").body if table else [])

    def _direct(
        self,
        found: list[tuple[str, ast.FunctionDef]],
        short: dict[str, str],
        table: dict[str, str],
        finds: bool,
    ) -> None:
        """The functions of one file get their letters, and call each other by them."""
        exact = {f"{owner}.{one.name}" for owner, one in found if owner not in self._bases and not one.args.defaults}
        for owner, one in found:
            own = {
                name.partition(".")[2]: new
                for name, new in short.items()
                if name.startswith(owner + ".") and name in self._inner | exact
            }
            named = short[f"{owner}.{one.name}" if owner else one.name]
            if named not in table.values() and (owner or not finds):
                one.args.defaults = []
            one.name = named
            _Direct(one.args.args[0].arg if owner else "", own).visit(one)

    def _text(self, home: str, functions: list[ast.stmt], tops: dict[str, ast.stmt | None]) -> str:
        """A file of functions, and what they need of the file that they were taken from."""
        here = {getattr(one, "name", "") for one in functions}
        used = {node.id for one in functions for node in ast.walk(one) if isinstance(node, ast.Name)}
        lines = []
        for name in sorted((used & {*tops, LOAD}) - here):
            made = tops.get(name)
            from_ = ENTRY_HOME if name == LOAD else home
            lines.append(ast.unparse(made) if made else f"from {self._place(from_)} import {name}")
        return "\n".join([*dict.fromkeys(lines), *map(ast.unparse, map(ast.fix_missing_locations, functions))])


class _Elsewhere(ast.NodeTransformer):
    """A function that lies in another file is loaded where its name stands."""

    def __init__(self, moved: dict[str, str], here: str) -> None:
        self._moved, self._here = moved, here

    def visit_Name(self, node: ast.Name) -> ast.AST:
        file = self._moved.get(node.id)
        if not file or file == self._here or not isinstance(node.ctx, ast.Load):
            return node
        return ast.parse(f"{LOAD}({file!r}).{node.id}", mode="eval").body


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def inner(module: str, tree: ast.Module) -> set[str]:
    """Private cold methods that only cold ones of the same class and file call: no line of them needs to stay."""
    cold, apart = set(COLD[module].split()), APART.get(module, "").split()
    found = set()
    for owner in [one for one in tree.body if isinstance(one, ast.ClassDef)]:
        mine = [one for one in owner.body if isinstance(one, FUNCTION) and f"{owner.name}.{one.name}" in cold]
        for name in [one.name for one in mine if one.name.startswith("_") and not one.name.startswith("__")]:
            there = f"{owner.name}.{name}" in apart
            near = [one for one in mine if (f"{owner.name}.{one.name}" in apart) == there]
            calls = [one for each in near for one in ast.walk(each) if _calls(one, each.args.args[0].arg, name)]
            every = [one for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.attr == name]
            if len(calls) == len(every):
                found.add(f"{owner.name}.{name}")
    return found


def _spoken_outside(tree: ast.Module, names: set[str]) -> set[str]:
    """Names that stand in a file elsewhere than in the functions of these names."""
    inside: set[int] = set()
    for owner, body in [
        ("", tree.body),
        *((f"{one.name}.", one.body) for one in tree.body if isinstance(one, ast.ClassDef)),
    ]:
        for one in body:
            if isinstance(one, FUNCTION) and owner + one.name in names and _movable(one):
                inside |= {id(node) for node in ast.walk(one)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in inside}


def _valued(tree: ast.Module) -> set[str]:
    """Attributes that are read without being called."""
    called = {id(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)}
    every = [one for one in ast.walk(tree) if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load)]
    return {one.attr for one in every if id(one) not in called}


def _calls(node: ast.AST, own: str, name: str) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(called, ast.Attribute)
        and called.attr == name
        and isinstance(called.value, ast.Name)
        and called.value.id == own
    )


class _Direct(ast.NodeTransformer):
    """`self.name(…)` becomes `letter(self, …)`: what lies in the same file is not loaded a second time for it."""

    def __init__(self, own: str, letters: dict[str, str]) -> None:
        self._own, self._letters = own, letters

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        for name, letter in self._letters.items():
            if _calls(node, self._own, name):
                return ast.Call(
                    ast.Name(letter, ast.Load()), [ast.Name(self._own, ast.Load()), *node.args], node.keywords
                )
        return node


def _movable(one: ast.FunctionDef) -> bool:
    """A function that makes functions would keep its file in memory as long as they live."""
    within = [node for node in ast.walk(one) if isinstance(node, (*FUNCTION, ast.Lambda)) and node is not one]
    return not (within or one.decorator_list or one.args.kwonlyargs or one.args.kwarg or one.args.vararg)


def _stub(one: ast.FunctionDef, file: str, short: str) -> ast.stmt:
    given = ", ".join(each.arg for each in one.args.args)
    call = ast.parse(f"{LOAD}({file!r}).{short}({given})").body[0]
    body = call if one.name == "__init__" else ast.Return(call.value)  # type: ignore[attr-defined]
    return ast.FunctionDef(one.name, one.args, [body], [], lineno=0)


def _tops(tree: ast.Module) -> dict[str, ast.stmt | None]:
    """Names at the top of a file; with the statement where it is an import, which can be done again."""
    found: dict[str, ast.stmt | None] = {}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update({one.asname or one.name: node for one in node.names})
        elif isinstance(node, (*FUNCTION, ast.ClassDef)):
            found[node.name] = None
        else:
            stored = [one for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
            found.update({one.id: None for one in stored})
    return found
