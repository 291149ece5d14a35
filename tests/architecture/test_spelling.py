"""What may not be written, wherever it stands."""

import ast
import re
from pathlib import Path

# [x] in place of x, so that this file does not find itself
HOSTS = re.compile(r"[p]ypi\.org|[p]ythonhosted|[n]pmjs\.|[p]iwheels|[d]eb\.debian")
MACHINE = re.compile(r"/[w]ork/|/[r]oot/")
TOPIC = re.compile(r"[s]ot/1")
UNSAFE = re.compile(r"CERT_[N]ONE|tls_[i]nsecure|verify *= *[F]alse|check_hostname *= *[F]alse")
UNFILLED = re.compile(r"\{[A-Z][A-Z_]+\}")
NEVER_WAITED = re.compile(r"wait_for_[f]unction\(\s*f?['\"]+\s*async\b")
WRITES = re.compile(r"write_(coils?|registers?|file_record)|mask_write|readwrite_")


def _lines(root: Path, paths: list[str], pattern: re.Pattern[str]) -> list[str]:
    """Every line of the files that holds the pattern, as path:line."""
    found = []
    for path in paths:
        data = (root / path).read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number} {line.strip()[:100]}")
    return found


def test_no_registry_is_named(root: Path, kept: list[str]) -> None:
    """Where packages come from is decided by who installs, not by us."""
    assert [] == _lines(root, kept, HOSTS)


def test_no_machine_is_named(root: Path, kept: list[str]) -> None:
    """No path of the machine somebody happened to work on."""
    assert [] == _lines(root, kept, MACHINE)


def test_verification_is_never_switched_off(root: Path, kept: list[str]) -> None:
    """No line turns off the check of a certificate."""
    assert [] == _lines(root, kept, UNSAFE)


def test_no_page_waits_for_its_figures(root: Path, kept: list[str]) -> None:
    """A figure that was to be filled in later is measured, or does not stand there."""
    assert [] == _lines(root, [path for path in kept if path.endswith(".md")], UNFILLED)


def test_topics_are_spelled_once(root: Path, kept: list[str], rooms: list[str]) -> None:
    """Every topic is made by `contract/topics.py`."""
    code = (".py", ".js", ".kv", ".html", ".toml")
    paths = [path for path in kept if path.split("/")[0] in [*rooms, "bench", "firmware"] and path.endswith(code)]

    assert [] == _lines(root, [path for path in paths if path != "contract/topics.py"], TOPIC)


def test_no_wait_is_over_before_it_begins(root: Path, kept: list[str]) -> None:
    """Playwright's `wait_for_function` takes a promise for true: what has to be awaited goes by `promised`."""
    texts = {path: (root / path).read_text("utf-8") for path in kept if path.endswith(".py")}

    assert [] == [path for path, text in texts.items() if NEVER_WAITED.search(text)]


def test_gateway_writes_no_register(code: dict[str, ast.Module]) -> None:
    """Read-only towards machines: no name in the gateway could write to one."""
    assert [] == [
        f"{path}:{node.lineno} {name}"
        for path, tree in code.items()
        if path.startswith("gateway/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute)
        for name in [node.id if isinstance(node, ast.Name) else node.attr]
        if WRITES.match(name.lower())
    ]


def test_planted_spelling_is_seen(tmp_path: Path) -> None:
    """Each pattern finds what it is for, and only that."""
    hosts, machine, topic = "see pyp\x69.org", "in /wor\x6b/x", "so\x74/1/x"
    (tmp_path / "a.md").write_text(f"{hosts}\n{machine}\n{topic}\nworkshop\n", "utf-8")

    assert ["a.md:1"] == [hit.split()[0] for hit in _lines(tmp_path, ["a.md"], HOSTS)]
    assert ["a.md:2"] == [hit.split()[0] for hit in _lines(tmp_path, ["a.md"], MACHINE)]
    assert ["a.md:3"] == [hit.split()[0] for hit in _lines(tmp_path, ["a.md"], TOPIC)]
    assert NEVER_WAITED.search("tab.wait_for_f" + 'unction(\n    "async () => 1")')
    assert not NEVER_WAITED.search("tab.wait_for_f" + 'unction("() => 1")')
    assert WRITES.match("write_register")
    assert not WRITES.match("write_text")
