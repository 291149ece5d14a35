"""A settings file (TOML) becomes one frozen struct, or a list of all its faults with what to do."""

import builtins
import difflib
import math
import re
import tomllib
import types
import typing
from enum import Enum
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
        text = path.read_text("utf-8-sig")  # a Windows editor may have put its mark at the beginning
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
    except RecursionError as fault:
        raise SettingsFault(source, ["is not TOML that anybody meant: brackets in brackets in brackets"]) from fault
    return of_tree(tree, kind, source)


def of_tree(tree: dict[str, Any], kind: type[T], source: str) -> T:
    """Tables that were read already as `kind`; raises SettingsFault with all faults at once."""
    faults: list[str] = []
    _check_table(tree, kind, "", faults)
    if faults:
        raise SettingsFault(source, faults)
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as fault:
        raise SettingsFault(source, [_plain(str(fault))]) from fault


def _check_table(tree: dict[str, Any], kind: type[msgspec.Struct], where: str, faults: list[str]) -> None:
    """Unknown, missing and wrong settings of one table and the tables in it."""
    label = f"[{where}] " if where else ""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    unknown = [name for name in tree if name not in fields]
    faults += [f"{label}{name}: unknown setting; {_hint(name, list(fields))}" for name in unknown]
    for name, field in fields.items():
        inner = f"{where}.{name}" if where else name
        if name not in tree:
            if field.required:
                faults.append(f"{label}{name}: is missing")
        else:
            _check_value(tree[name], field.type, inner, f"{label}{name}", faults)


def _check_value(value: Any, kind: Any, where: str, label: str, faults: list[str]) -> None:
    """One setting; tables and lists are gone into, so that each fault is named where it stands."""
    struct = _struct_of(kind)
    if struct is not None and isinstance(value, dict):
        _check_table(value, struct, where, faults)
        return
    known = len(faults)
    holds, item_kind = _inside(kind)
    if holds is list and isinstance(value, list):
        for number, item in enumerate(value, 1):
            _check_value(item, item_kind, f"{where} {number}", f"{label} {number}", faults)
    elif holds is dict and isinstance(value, dict):
        for name, item in value.items():
            _check_value(item, item_kind, f"{where}.{name}", f"{label}.{name}", faults)
    if len(faults) == known and (fault := _fault_of(value, kind)):
        faults.append(f"{label}: {fault}")


def _fault_of(value: Any, kind: Any) -> str | None:
    """What is wrong with one value, as the rest of a sentence that begins with the setting."""
    numbers = value if isinstance(value, list) else [value]
    if endless := [number for number in numbers if isinstance(number, float) and not math.isfinite(number)]:
        return f"{endless[0]!r} is no number to work with"
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        shown = "it" if isinstance(value, dict | list) else repr(value)
        choices = _choices(kind)
        if choices and shown != "it" and str(value) not in choices:
            return f"{shown} does not fit; {_hint(str(value), choices)}"
        return f"{shown} {_plain(str(fault))}"
    return None


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _bare(kind: Any) -> list[Any]:
    """`X`, `X | None`, `Annotated[X, …]` as the plain types in it, None left out."""
    if typing.get_origin(kind) is typing.Annotated:
        return _bare(typing.get_args(kind)[0])
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return [bare for choice in typing.get_args(kind) if choice is not types.NoneType for bare in _bare(choice)]
    return [kind]


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct in `X` or `X | None`; none where a tag chooses among several."""
    bare = _bare(kind)
    alone = len(bare) == 1 and isinstance(bare[0], type) and issubclass(bare[0], msgspec.Struct)
    return bare[0] if alone and bare[0].__struct_config__.tag is None else None


def _inside(kind: Any) -> tuple[type | None, Any]:
    """What a `tuple[X, ...]`, `list[X]` (list) or `dict[str, X]` (dict) holds."""
    bare = _bare(kind)
    inside = typing.get_args(bare[0])
    match typing.get_origin(bare[0]) if len(bare) == 1 else None, inside:
        case (builtins.tuple, (item, builtins.Ellipsis)) | (builtins.list, (item,)):
            return list, item
        case (builtins.dict, (_, item)):
            return dict, item
    return None, None


def _choices(kind: Any) -> list[str]:
    """The words of an enumeration or a Literal."""
    words: list[str] = []
    for bare in _bare(kind):
        if isinstance(bare, type) and issubclass(bare, Enum):
            words += [str(member.value) for member in bare]
        elif typing.get_origin(bare) is typing.Literal:
            words += [str(word) for word in typing.get_args(bare)]
    return words


_PLAIN = {
    "Expected `float` >= ": "is below ",
    "Expected `int` >= ": "is below ",
    "Expected `float` <= ": "is above ",
    "Expected `int` <= ": "is above ",
    "Expected `float` > ": "is not above ",
    "Expected `int` > ": "is not above ",
    "Expected `float` < ": "is not below ",
    "Expected `int` < ": "is not below ",
}
_TYPES = {
    "float": "a number", "int": "a whole number", "str": "text", "bool": "true or false", "object": "a table",
    "array": "a list", "null": "nothing",
}  # fmt: skip


def _plain(text: str) -> str:
    """The library's sentence in plainer words, with the place in the value if it is not the whole of it."""
    text, place = text.rsplit(" - at `$", 1) if text.endswith("`") and " - at `$" in text else (text, "")
    inner = place.strip("`.")
    item = f" (at {inner})" if inner else ""
    for technical, plain in _PLAIN.items():
        if text.startswith(technical):
            return plain + text.removeprefix(technical) + item
    text = re.sub(r"`([^`]*)`", lambda match: " or ".join(_TYPES.get(w, w) for w in match[1].split(" | ")), text)
    return f"does not fit: {text[:1].lower()}{text[1:]}{item}"
