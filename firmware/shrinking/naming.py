"""Short names, used again wherever two meanings cannot meet: a name costs a board some twenty bytes for good."""

import ast
import builtins
import importlib.metadata
import itertools
import string
from collections.abc import Iterator

from firmware.shrinking.cold import FREE
from firmware.shrinking.reading import Module, bound_by, prefixes, texts_in

STUBS = ("micropython-esp32-stubs", "micropython-rp2-rpi-pico-w-stubs", "micropython-stdlib-stubs")
ENTRY = ("node.app", "main")
"""What the loader calls, and where it looks for it."""
MICROPYTHON = ("gc", "io", "os", "re", "py", "lib", "as", "if", "in", "is", "or", "do")
"""What a short name may not be: a module that somebody imports, a word of the language."""


def letters(alphabet: str) -> Iterator[str]:
    """`a`, `b`, … `z`, `aa`, … of an alphabet."""
    for length in (1, 2, 3):
        for one in itertools.product(alphabet, repeat=length):
            if (name := "".join(one)) not in MICROPYTHON:
                yield name


def foreign_names() -> set[str]:
    """All names that MicroPython's modules and Python's types define: none of them may become another."""
    found = set(dir(builtins))
    for kind in (str, bytes, bytearray, list, dict, set, tuple, int, float, memoryview, Exception, OSError, object):
        found |= set(dir(kind))
    for package in STUBS:
        for file in importlib.metadata.files(package) or ():
            if file.suffix == ".pyi":
                found |= defined(ast.parse(file.read_text("utf-8")))
    return found


def defined(tree: ast.AST) -> set[str]:
    """Names that a tree binds: functions, classes, variables, attributes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return found


class Places:
    """Module → dotted name of its file on a board. All but the first have names of a capital and a letter, by which
    `late.py` finds them: each name, each path and each package would stay in memory for good."""

    def __init__(self, homes: dict[str, str]) -> None:
        self._short = {ENTRY[0]: ENTRY[0], "node": "node"}
        self._names = ("".join(one) for one in itertools.product(string.ascii_uppercase, string.ascii_lowercase))
        for home in sorted(set(homes.values())):
            self._short.setdefault(home, next(self._names))

    def __call__(self, module: str) -> str:
        """The dotted name."""
        return self._short[module]

    def another(self) -> str:
        """A name for one file more."""
        return next(self._names)


def alphabet_for_public() -> Iterator[str]:
    """Short names of what is seen across files: capitals, so that no local name can hide them."""
    return ("".join(one) for size in (1, 2) for one in _capital(size))


def _capital(size: int) -> Iterator[tuple[str, ...]]:
    rest = string.ascii_lowercase + string.digits
    return itertools.product(string.ascii_uppercase, *[rest] * (size - 1))


class Names:
    """Which of our names becomes which: `top` of what files bind at their top, `public` and `private` of attributes."""

    def __init__(self, modules: dict[str, Module], kept: set[str], home: dict[str, str]) -> None:
        self._kept = kept | {ENTRY[1]}
        self.keywords = {
            word.arg for one in modules.values() for word in ast.walk(one.tree) if isinstance(word, ast.keyword)
        }
        """Arguments that somebody names; `None` for `**`."""
        trees = [module.tree for module in modules.values()]
        self._prefixes = prefixes(one for tree in trees for one in texts_in(tree))
        ours: dict[str, int] = {}
        for tree in trees:
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef):
                    ours.update(dict.fromkeys(set().union(*map(bound_by, node.body)), 0))
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    ours.setdefault(node.attr, 0)
        attributes = [node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        busy = self._kept | set(attributes)
        free = [one for one in (*FREE, *itertools.islice(alphabet_for_public(), 900)) if one not in busy]
        public = sorted(
            (one for one in ours if self._may(one) and one[0] != "_"), key=lambda one: (-attributes.count(one), one)
        )
        self.public = dict(zip(public, free, strict=False))
        self.private: dict[str, dict[str, str]] = {}
        for family in _families(modules):
            words = {word for name in family for word in attributes_in(modules[name].tree)}
            taken = {self.public.get(word, word) for word in words}
            mine = sorted(word for word in words if word in ours and word[0] == "_" and self._may(word))
            unused = (one for one in free if one not in taken)
            table = dict(zip(mine, unused, strict=False))
            self.private.update(dict.fromkeys(family, table))
        self.top = self._tops(modules, home)

    def _tops(self, modules: dict[str, Module], home: dict[str, str]) -> dict[tuple[str, str], str]:
        """Names at the top of the files: those of files that only functions import may be the same in several files."""
        names = [one for one in itertools.islice(alphabet_for_public(), 900) if one not in self._kept]
        needed = {home[one] for module in modules.values() for one in module.needs() if home[one] != home[module.name]}
        first: dict[tuple[str, str], str] = {}
        rest: dict[str, list[tuple[str, str]]] = {}
        for module in sorted(modules.values(), key=lambda one: one.name):
            for name in sorted(module.globals):
                if (module.name, name) == ENTRY:
                    continue
                if home[module.name] in {*needed, ENTRY[0]}:
                    first[module.name, name] = names[len(first)]
                else:
                    rest.setdefault(home[module.name], []).append((module.name, name))
        begin = len(first)
        for told in rest.values():
            first.update(zip(told, names[begin:], strict=False))
        return first

    def _may(self, name: str) -> bool:
        return name not in self._kept and not name.startswith(("__", *self._prefixes))

    def attribute(self, module: str, name: str) -> str:
        """The name of an attribute that stands in a file."""
        return self.private[module].get(name) or self.public.get(name, name)

    def written(self, module: str, name: str) -> str:
        """The new name of `function` or `Class.method`."""
        owner, _, own = name.rpartition(".")
        if not owner:
            return self.top.get((module, own), own)
        return self.top.get((module, owner), owner) + "." + self.attribute(module, own)

    def told(self) -> str:
        """A line for each name: how a crash is read."""
        lines = [f"{new} {module}.{name}" for (module, name), new in self.top.items()]
        lines += [f".{new} {name}" for name, new in self.public.items()]
        lines += [f".{new} {module}: {name}" for module in self.private for name, new in self.private[module].items()]
        return "\n".join(sorted(lines)) + "\n"


def attributes_in(tree: ast.AST) -> Iterator[str]:
    """Names of attributes, and of what classes bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ClassDef):
            yield from set().union(*map(bound_by, node.body))


def _families(modules: dict[str, Module]) -> list[set[str]]:
    """Files whose classes inherit from each other share their private names."""
    family = {name: {name} for name in modules}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            for base in node.bases:
                word = base.id if isinstance(base, ast.Name) else getattr(getattr(base, "value", None), "id", "")
                if target := module.aliases.get(word):
                    joined = family[module.name] | family[target[0]]
                    family.update(dict.fromkeys(joined, joined))
    return list({id(one): one for one in family.values()}.values())
