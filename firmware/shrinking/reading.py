"""The files of the program as they are written: what they bind, what they need, what of it a board can do without."""

import ast
from collections.abc import Iterable, Iterator


class Module:
    """One file: what it binds at its top, and what it takes from the others."""

    def __init__(self, name: str, text: str, package: bool, names: Iterable[str]) -> None:
        self.name = name
        self.tree = _Bare().visit(ast.parse(text))
        self.aliases: dict[str, tuple[str, str | None]] = {}
        """Name at the top → (module of the program, its symbol or None for the module itself)."""
        self._around = name if package else name.rpartition(".")[0]
        self._names = set(names)
        for statement in self.tree.body:
            for alias, target in self.imported(statement):
                self.aliases[alias] = target
        tops = [one for one in self.tree.body if not list(self.imported(one))]
        self.globals = set().union(*map(bound_by, tops)) if tops else set()

    def imported(self, statement: ast.stmt) -> Iterator[tuple[str, tuple[str, str | None]]]:
        """(name, target) of each import of a part of the program."""
        if not isinstance(statement, ast.ImportFrom):
            return
        above = self._around.rsplit(".", statement.level - 1)[0] if statement.level else ""
        source = ".".join(one for one in (above, statement.module) if one)
        for alias in statement.names:
            name = alias.asname or alias.name
            if f"{source}.{alias.name}" in self._names:
                yield name, (f"{source}.{alias.name}", None)
            elif source in self._names:
                yield name, (source, alias.name)

    def needs(self) -> set[str]:
        """Modules of the program that must be there before this one begins."""
        return {target for target, _ in self.aliases.values()}


def bound_by(statement: ast.stmt) -> set[str]:
    """Names that one statement at the top of a file binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return set()  # of MicroPython: its names stay
    inside = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return {node.id for node in inside if isinstance(node.ctx, ast.Store)}


class _Bare(ast.NodeTransformer):
    """Without what a board does not need: annotations, comments in strings, `const()`."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id == "const" else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        node.names = [one for one in node.names if (node.module, one.name) != ("micropython", "const")]
        return node if node.names else None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        node.body = node.body or [ast.Pass()]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def fixed(modules: dict[str, Module]) -> dict[tuple[str, str], ast.expr]:
    """Whole numbers that are bound once at the top of a file and never again: (module, name) → its expression.

    They leave the files; the compiler of the boards works the expressions out.
    """
    found: dict[tuple[str, str], ast.expr] = {}
    before = -1
    while before != len(found):
        before = len(found)
        for module in modules.values():
            for statement in list(module.tree.body):
                pairs = list(_pairs(statement))
                values = [(name, _Known(module, found).whole(value)) for name, value in pairs]
                if pairs and all(name.isupper() and value is not None for name, value in values):
                    module.tree.body.remove(statement)
                    found.update({(module.name, name): value for name, value in values if value is not None})
    return found


def _pairs(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """(name, value) of `A = 1`, `A, B = 1, 2` and `A, B = range(2)`."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and all(isinstance(one, ast.Name) for one in target.elts):
        counted = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "range"
        values = value.elts if isinstance(value, ast.Tuple) else map(ast.Constant, range(len(target.elts)))
        if counted or isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, values, strict=True):
                yield one.id, its  # type: ignore[attr-defined]


class _Known(ast.NodeTransformer):
    """An expression with the numbers that are known put in."""

    def __init__(self, module: Module, found: dict[tuple[str, str], ast.expr]) -> None:
        self._module, self._found = module, found

    def whole(self, value: ast.expr) -> ast.expr | None:
        """The expression if nothing but whole numbers is left of it, else None."""
        copy = self.visit(ast.parse(ast.unparse(value), mode="eval").body)
        allowed = ast.Constant | ast.UnaryOp | ast.BinOp | ast.operator | ast.unaryop
        for node in ast.walk(copy):
            number = not isinstance(node, ast.Constant) or type(node.value) is int
            if not isinstance(node, allowed) or not number or isinstance(node, ast.Div):
                return None
        return copy

    def visit_Name(self, node: ast.Name) -> ast.AST:
        target = self._module.aliases.get(node.id, (self._module.name, node.id))
        return self._found.get((target[0], target[1] or ""), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self._module.aliases:
            return self._found.get((self._module.aliases[node.value.id][0], node.attr), node)
        return self.generic_visit(node)


def drop_unused(modules: dict[str, Module], kept: set[str]) -> None:
    """Leave out functions, classes, methods and tables whose name stands nowhere but where they are made."""
    dropped = True
    while dropped:
        used = {one for module in modules.values() for one in names_used(module.tree)} | kept
        begins = prefixes(used)
        dropped = sum(_dropped(module.tree, used, begins) for module in modules.values()) > 0


def looked_up(tree: ast.AST) -> Iterator[str]:
    """Methods of classes that look their own methods up by a name that only the run time knows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
            if any(one.func.id == "getattr" and not isinstance(one.args[1], ast.Constant) for one in calls):  # type: ignore[attr-defined]
                yield from set().union(*map(bound_by, node.body))


def prefixes(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts by which names are put together: what begins with one of them is looked up at run time, and stays."""
    return tuple(sorted(one for one in texts if len(one) > 2 and one.endswith("_") and one[0] != "_"))


def names_used(tree: ast.AST) -> Iterator[str]:
    """All that a tree reads: names, attributes, imports, texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _dropped(tree: ast.Module | ast.ClassDef, used: set[str], begins: tuple[str, ...]) -> bool:
    dropped = False
    for node in list(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name: str | None = node.name
        else:
            name = next((one for one, _ in _pairs(node) if isinstance(node.targets[0], ast.Name)), None)  # type: ignore[attr-defined]
        if name and name not in used and not name.startswith(("__", *begins)):
            tree.body.remove(node)
            dropped = True
        elif isinstance(node, ast.ClassDef):
            dropped = _dropped(node, used, begins) or dropped
            node.body = node.body or [ast.Pass()]
    return dropped


def texts_in(tree: ast.AST) -> set[str]:
    """Its texts: a name may stand in one."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
