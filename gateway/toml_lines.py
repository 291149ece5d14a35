"""In which line of a TOML file something stands, for sentences about it. Best guess: line 1 when nothing is found."""

import re

_HEADER = re.compile(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?")
_LABEL = re.compile(r"(?:\[([^\]]+)\] ?)?([\w\-]*)")
_TEXT = re.compile(r"""\s*(\w+)\s*=\s*("\""|'''|"|')(.*)""")


class Lines:
    """The lines of a file that are not inside a long text."""

    def __init__(self, text: str) -> None:
        self._lines: list[tuple[int, str]] = []
        inside = ""
        for number, line in enumerate(text.split("\n"), 1):
            if inside:
                inside = "" if inside in line else inside
                continue
            self._lines.append((number, line))
            opened = re.search(r"\"\"\"|'''", line)
            if opened and opened[0] not in line[opened.end() :]:
                inside = opened[0]

    def of(self, fault: str) -> int:
        """The line that a fault like `[device 2] name: …` or `clock: …` is about."""
        match = _LABEL.match(fault)
        table, key = (match[1] or "", match[2]) if match else ("", "")
        name, _, which = table.partition(" ")
        begin, end = self._table(name, which) if name else (0, len(self._lines))
        for number, line in self._lines[begin:end]:
            if re.match(rf"\s*(?:\[+)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\.|\])", line) and key:
                return number
        return self._lines[begin][0] if begin < len(self._lines) else 1

    def text_begins(self, name: str) -> int:
        """The line in which the content of `name = \"\"\"` begins."""
        for number, line in self._lines:
            match = _TEXT.match(line)
            if match is not None and match[1] == name:
                return number + 1 if len(match[2]) == 3 and not match[3].strip() else number
        return 1

    def _table(self, name: str, which: str) -> tuple[int, int]:
        """Places of the first and after the last line of a table; `which`: its number, or a word that stands in it."""
        heads = [at for at, (_, line) in enumerate(self._lines) if _HEADER.match(line)]
        ends = [*heads[1:], len(self._lines)]
        same = [
            (begin, end)
            for begin, end in zip(heads, ends, strict=True)
            if (found := _HEADER.match(self._lines[begin][1])) is not None and found[1] == name.strip()
        ]
        if which.isdecimal() and 0 < int(which) <= len(same):
            return same[int(which) - 1]
        for begin, end in same:
            if any(re.search(rf"[\"']{re.escape(which)}[\"']", line) for _, line in self._lines[begin:end]):
                return begin, end
        if same:
            return same[0]
        plain = [at for at, (_, line) in enumerate(self._lines) if re.match(rf"\s*{re.escape(name)}\b", line)]
        return (plain[0], plain[0] + 1) if plain else (0, len(self._lines))
