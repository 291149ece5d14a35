"""Rewrites one file of the program for the file of a board that it joins."""

import ast
import builtins
import string

from firmware.shrinking.naming import ENTRY, Names, Places, letters
from firmware.shrinking.reading import Module, bound_by


class Cannot(Exception):
    """The program uses a form that would not survive; the text says which, and where."""


class Writer(ast.NodeTransformer):
    """Rewrites modules that join one file; `wanted`: what that file takes from others, {module: names}."""

    def __init__(
        self,
        modules: dict[str, Module],
        home: dict[str, str],
        names: Names,
        places: Places,
        numbers: dict[tuple[str, str], ast.expr],
    ) -> None:
        self.home, self.places = home, places
        self.wanted: dict[str, set[str]] = {}
        self._all, self._names, self._numbers = modules, names, numbers
        self._module = next(iter(modules.values()))
        self._local: dict[str, str] | None = None
        self._modules: dict[str, str] = {}
        self._in_class: set[str] = set()

    def statements(self, module: Module) -> list[ast.stmt]:
        """What stands in the file of this module, but for its imports of the program."""
        self._module = module
        rest = [one for one in module.tree.body if not list(module.imported(one))]
        return [self.visit(one) for one in rest]

    # --- names ---

    def _symbol(self, module: str, name: str) -> ast.expr:
        """What a name at the top of a module is here; asks for it when it lies in another file."""
        if (module, name) in self._numbers:
            return self._numbers[module, name]
        if alias := self._all[module].aliases.get(name):
            return self._symbol(alias[0], alias[1] or "")
        new = self._names.top.get((module, name), name)
        if self.home[module] != self.home[self._module.name]:
            self.wanted.setdefault(self.home[module], set()).add(new)
        return ast.Name(new, ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if self._local is not None and node.id in self._local:
            return ast.Name(self._local[node.id], node.ctx)
        if self._local is None and node.id in self._in_class:
            return ast.Name(self._names.attribute(self._module.name, node.id), node.ctx)
        if (self._module.name, node.id) in self._numbers:
            return self._numbers[self._module.name, node.id]
        if target := self._module.aliases.get(node.id):
            if target[1] is None:
                raise Cannot(f"{self._module.name}: the module {node.id} is used as a value")
            return self._symbol(target[0], target[1])
        if node.id in self._module.globals:
            return ast.Name(self._names.top.get((self._module.name, node.id), node.id), node.ctx)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name):
            name = node.value.id
            if name in self._modules and self._local is not None:
                target = self._modules[name]
                if (target, node.attr) in self._numbers:
                    return self._numbers[target, node.attr]
                if self.home[target] in (self.home[self._module.name], ENTRY[0]):
                    return self._symbol(target, node.attr)
                new = self._names.top.get((target, node.attr), node.attr)
                return ast.Attribute(self.visit(node.value), new, node.ctx)
            shadowed = self._local is not None and name in self._local
            target_here = self._module.aliases.get(name)
            if not shadowed and target_here and target_here[1] is None:
                return self._symbol(target_here[0], node.attr)
        node.value = self.visit(node.value)
        node.attr = self._names.attribute(self._module.name, node.attr)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and node.value in self.home and "." in node.value:
            return ast.Constant(self.places(self.home[node.value]))
        return node

    # --- scopes ---

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if self._local is None:
            node.name = self._names.top.get((self._module.name, node.name), node.name)
        node.bases = [self.visit(one) for one in node.bases]
        before, self._in_class = self._in_class, set().union(*map(bound_by, node.body))
        node.body = [self.visit(one) for one in node.body]
        self._in_class = before
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outermost = self._local is None
        if not outermost:
            node.name = (self._local or {}).get(node.name, node.name)
        elif node.name in self._in_class:
            node.name = self._names.attribute(self._module.name, node.name)
        else:
            node.name = self._names.top.get((self._module.name, node.name), node.name)
        return self._unit(node) if outermost else self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._unit(node) if self._local is None else self.generic_visit(node)

    def _unit(self, node: ast.AST) -> ast.AST:
        """A function with all that stands in it: local names get letters, in the same way everywhere in it."""
        arguments: ast.arguments = node.args  # type: ignore[attr-defined]
        outside = [*arguments.defaults, *(one for one in arguments.kw_defaults if one)]
        done = {id(one): self.visit(one) for one in outside}
        arguments.defaults = [done[id(one)] for one in arguments.defaults]
        arguments.kw_defaults = [done[id(one)] if one else None for one in arguments.kw_defaults]
        decorators, held = getattr(node, "decorator_list", None), (arguments.defaults, arguments.kw_defaults)
        arguments.defaults, arguments.kw_defaults = [], []
        if decorators is not None:
            node.decorator_list = []  # type: ignore[attr-defined]
        self._modules, outer = {}, (self._in_class, self._modules)
        self._local, self._in_class = self._letters(node), set()
        self.generic_visit(node)
        self._local, (self._in_class, self._modules) = None, outer
        arguments.defaults, arguments.kw_defaults = held
        if decorators is not None:
            node.decorator_list = [self.visit(one) for one in decorators]  # type: ignore[attr-defined]
        return node

    def _letters(self, unit: ast.AST) -> dict[str, str]:
        bound, seen, keep = set[str](), set[str](), set[str]()
        for node in ast.walk(unit):
            if isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.Name):
                (seen if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            elif (isinstance(node, ast.ExceptHandler) and node.name) or (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node is not unit
            ):
                bound.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                ours = dict(self._module.imported(node))
                bound |= set(ours)
                self._modules.update({name: one[0] for name, one in ours.items() if one[1] is None})
                keep |= {(one.asname or one.name).split(".")[0] for one in node.names} - set(ours)
            elif isinstance(node, ast.Global | ast.Nonlocal):
                raise Cannot(f"{self._module.name}: global and nonlocal are not understood")
        inner = self._inner_only(unit, bound)
        keep |= inner | self._names.keywords
        fresh = (one for one in letters(string.ascii_lowercase) if one not in (seen - bound) | keep)
        return {name: name if name in keep else next(fresh) for name in sorted(bound)}

    def _inner_only(self, unit: ast.AST, bound: set[str]) -> set[str]:
        """Names that only a function within binds, and that mean something else outside: they stay."""
        scopes = (
            ast.FunctionDef,
            ast.AsyncFunctionDef,
            ast.Lambda,
            ast.GeneratorExp,
            ast.ListComp,
            ast.DictComp,
            ast.SetComp,
        )
        within = [one for one in ast.walk(unit) if isinstance(one, scopes) and one is not unit]
        inside = {id(node) for one in within for node in ast.walk(one)}
        outer = {
            node.id
            for node in ast.walk(unit)
            if isinstance(node, ast.Name) and id(node) not in inside and not isinstance(node.ctx, ast.Load)
        }
        outer |= {one.arg for one in ast.walk(unit.args) if isinstance(one, ast.arg)}  # type: ignore[attr-defined]
        known = self._module.globals | set(self._module.aliases) | set(dir(builtins))
        return {name for name in bound - outer if name in known}

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = (self._local or {}).get(node.arg, node.arg)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        if node.name and self._local is not None:
            node.name = self._local.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | list[ast.stmt]:
        ours = dict(self._module.imported(node))
        if not ours or self._local is None:
            return node
        made: list[ast.stmt] = []
        for name, (target, symbol) in ours.items():
            home, local = self.home[target], self._local[name]
            if symbol is None:
                if home not in (self.home[self._module.name], ENTRY[0]):
                    made.append(taken_from(self.places(home), None, local))
            elif home == self.home[self._module.name]:
                made.append(ast.Assign([ast.Name(local, ast.Store())], self._symbol(target, symbol)))
            elif (target, symbol) in self._numbers:
                made.append(ast.Assign([ast.Name(local, ast.Store())], self._numbers[target, symbol]))
            else:
                made.append(taken_from(self.places(home), self._names.top.get((target, symbol), symbol), local))
        return made or [ast.Pass()]


def taken_from(file: str, symbol: str | None, name: str) -> ast.stmt:
    """The import of a symbol, or of the file itself, under a name."""
    if symbol is None:
        return ast.Import([ast.alias(file, None if file == name else name)])
    return ast.ImportFrom(file, [ast.alias(symbol, None if symbol == name else name)], 0)
