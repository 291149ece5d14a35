"""Tables as TOML text (Python reads TOML but does not write it)."""

import json
from datetime import date, datetime
from typing import Any

Table = dict[str, Any]


def toml(tree: Table) -> str:
    """Tables, lists of tables and plain values."""
    lines: list[str] = []
    _table(tree, "", lines)
    return "\n".join(lines).strip() + "\n"


def _table(tree: Table, path: str, lines: list[str]) -> None:
    inner = {name: value for name, value in tree.items() if isinstance(value, dict) or _tables(value)}
    lines += [f"{_name(name)} = {plain(value)}" for name, value in tree.items() if name not in inner]
    for name, value in inner.items():
        here = f"{path}.{_name(name)}" if path else _name(name)
        for one in [value] if isinstance(value, dict) else value:
            lines += ["", f"[{here}]" if isinstance(value, dict) else f"[[{here}]]"]
            _table(one, here, lines)


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _name(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else json.dumps(name)


def plain(value: Any) -> str:
    """One value; JSON's text, number, list and true are TOML's too."""
    if isinstance(value, list):
        return "[" + ", ".join(plain(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_name(name)} = {plain(one)}" for name, one in value.items()) + " }"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)
