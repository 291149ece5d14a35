"""A settings file (TOML) becomes one frozen struct, or a list of all its faults with what to do."""

import difflib
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class SettingsFault(ValueError):
    """Nothing was started; `faults` lists every fault of the file."""

    def __init__(self, source: str, faults: list[str]) -> None:
        self.source = source
        self.faults = faults
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        lines = "".join(f"\n  {fault}" for fault in faults)
        super().__init__(f"{source}: {count}, nothing started{lines}")


def load(path: Path, kind: type[T]) -> T:
    """Read `path` as `kind`; raises SettingsFault with all faults at once."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "is not a text file in UTF-8"
        raise SettingsFault(str(path), [f"cannot be read: {reason}; check the path"]) from fault
    return parse(text, kind, path.name)


def parse(text: str, kind: type[T], source: str) -> T:
    """Read TOML text as `kind`; raises SettingsFault with all faults at once."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise SettingsFault(source, [f"is not TOML: {fault}"]) from fault
    faults: list[str] = []
    _check_table(tree, kind, "", faults)
    if faults:
        raise SettingsFault(source, faults)
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as fault:
        raise SettingsFault(source, [_plain(str(fault))]) from fault


def _check_table(tree: Any, kind: type[msgspec.Struct], where: str, faults: list[str]) -> None:
    """Unknown, missing and wrong settings of one table and the tables in it."""
    label = f"[{where}] " if where else ""
    if not isinstance(tree, dict):
        faults.append(f"{label}must be a table")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in tree:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(fields)}"
            faults.append(f"{label}{name}: unknown setting; {hint}")
    for name, field in fields.items():
        inner = f"{where}.{name}" if where else name
        if name not in tree:
            if field.required:
                faults.append(f"{label}{name}: is missing")
        else:
            _check_value(tree[name], field.type, inner, f"{label}{name}", faults)


def _check_value(value: Any, kind: Any, where: str, label: str, faults: list[str]) -> None:
    struct = _struct_of(kind)
    items = _item_struct_of(kind)
    if struct is not None and isinstance(value, dict):
        _check_table(value, struct, where, faults)
    elif items is not None and isinstance(value, list):
        for number, item in enumerate(value, 1):
            _check_table(item, items, f"{where} {number}", faults)
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as fault:
            faults.append(f"{label}: {value!r} {_plain(str(fault))}")


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct in `X` or `X | None`."""
    choices = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    for choice in choices:
        if isinstance(choice, type) and issubclass(choice, msgspec.Struct):
            return choice
    return None


def _item_struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct in `tuple[X, ...]` or `list[X]`."""
    if typing.get_origin(kind) in (tuple, list):
        return _struct_of(typing.get_args(kind)[0])
    return None


_PLAIN = {
    "Expected `float` >= ": "is below ",
    "Expected `int` >= ": "is below ",
    "Expected `float` <= ": "is above ",
    "Expected `int` <= ": "is above ",
    "Expected `float` > ": "is not above ",
}


def _plain(text: str) -> str:
    """The library's sentence in plainer words."""
    text = text.split(" - at ")[0]
    for technical, plain in _PLAIN.items():
        if text.startswith(technical):
            return plain + text.removeprefix(technical)
    return "does not fit: " + text[0].lower() + text[1:].replace("`", "")
