"""From the files of the program to the files of a board: the same statements, in few files and with few names.

Names, modules and constants lie in the heap of a board: a name costs some twenty bytes for good, a module 250, a
constant its place in a table. So what is always loaded becomes one file, what is loaded later one file for each
purpose; whole numbers stand where they are used; what nobody uses is left out (`reading.py`); our own names become
short (`naming.py`, `writing.py`); and what is done once a start or a connection leaves the memory again (`cold.py`).
"""

import ast
from collections.abc import Iterable

from firmware.shrinking.cold import Cold
from firmware.shrinking.naming import ENTRY, Names, Places, attributes_in, defined, foreign_names
from firmware.shrinking.reading import Module, bound_by, drop_unused, fixed, looked_up, names_used, texts_in
from firmware.shrinking.writing import Writer, taken_from


def board_files(sources: dict[str, tuple[str, bool]], loader: Iterable[str]) -> tuple[dict[str, str], str]:
    """({dotted name of a file on the board: its text}, the names that were changed, a line each).

    `sources`: dotted name → (text, is it a package?) of the whole program; `loader`: texts of what no update touches,
    whose names stay. Raises SyntaxError, and `Cannot` for a form that would not survive.
    """
    lasting = [ast.parse(text) for text in loader]
    kept = foreign_names() | {one for tree in lasting for one in (*defined(tree), *attributes_in(tree))}
    modules = {name: Module(name, text, package, sources) for name, (text, package) in sources.items()}
    kept |= {one for module in modules.values() for one in looked_up(module.tree)}
    numbers = fixed(modules)
    drop_unused(modules, kept | {ENTRY[1]})
    kept |= {one for module in modules.values() for one in texts_in(module.tree)}
    for module in modules.values():
        module.globals = set().union(*map(bound_by, module.tree.body), set())
    home = groups(modules)
    names, places = Names(modules, kept, home), Places(home)
    cold = Cold({name: module.tree for name, module in modules.items()}, names.written, home, places)
    trees = {}
    for root in sorted(set(home.values())):
        tree = _joined(root, modules, Writer(modules, home, names, places, numbers))
        if tree.body:
            trees[root] = tree
            cold.take(root, tree)
    cold.finish(trees)
    files = {places(root): ast.unparse(ast.fix_missing_locations(tree)) for root, tree in trees.items()}
    return {"node": "", **files, **cold.files}, names.told()


def _joined(root: str, modules: dict[str, Module], writer: Writer) -> ast.Module:
    """One file of a board: what it takes from others, then its modules."""
    body: list[ast.stmt] = []
    for module in in_order([one for one in modules if writer.home[one] == root], modules):
        body += writer.statements(module)
    imports = [
        taken_from(writer.places(other), one, one)
        for other in sorted(writer.wanted)
        for one in sorted(writer.wanted[other])
    ]
    return ast.fix_missing_locations(ast.Module([*imports, *body], []))


def groups(modules: dict[str, Module]) -> dict[str, str]:
    """Module → the one whose file it joins.

    All that `node.app` needs joins it. Of the rest, what only one of the files needs joins that; what is named in a
    text (to be unloaded) keeps a file of its own.
    """
    alone = {one for module in modules.values() for one in names_used(module.tree) if one in modules}
    home = {name: name for name in modules}
    late: dict[str, set[str]] = {name: set() for name in modules}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom):
                for _, (target, _) in module.imported(node):
                    late[target].add(module.name)
    waiting = [ENTRY[0]]
    while waiting:
        for name in modules[waiting.pop()].needs():
            if home[name] != ENTRY[0]:
                home[name] = ENTRY[0]
                waiting.append(name)
    moved = True
    while moved:
        moved = False
        for name in modules:
            users = {home[one] for one in late[name]}
            by_top = any(name in modules[one].needs() for one in late[name])
            if home[name] == name and by_top and len(users) == 1 and not users & {name, *alone} and name not in alone:
                home = {one: users.copy().pop() if its == name else its for one, its in home.items()}
                moved = True
    return home


def in_order(names: Iterable[str], modules: dict[str, Module]) -> list[Module]:
    """Whoever is needed comes first."""
    wanted, placed = set(names), list[Module]()

    def place(name: str) -> None:
        if name in wanted:
            wanted.discard(name)
            for needed in sorted(modules[name].needs()):
                place(needed)
            placed.append(modules[name])

    for name in sorted(wanted):
        place(name)
    return placed
