"""Runs the panels, each in a process of its own, and puts together what they found: JSON and a contact sheet."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

from golden.panels import LANGUAGES, PANELS

HOUR_S = 3600
SHOWN = 12
"""Faults that are told on the terminal."""
STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 2rem; color: #15181a; background: #fbfaf7 }
h2 { margin: 2rem 0 .5rem } a { color: #0b5a52 } .bad { color: #9c1414 }
div { display: flex; flex-wrap: wrap; gap: 12px } figure { margin: 0; width: 320px }
img { width: 320px; border: 1px solid #5d666b; background: #ddd }
figcaption { font-size: 13px; overflow-wrap: anywhere }
"""


def run(*, few: bool, panel: str | None, only: Sequence[str], out: Path | None) -> int:
    """Draw, tell, write; exit code 1 when anything is wrong. `all` without a folder goes to build/golden."""
    folder = out if out is not None or few else Path("build/golden")
    names = [panel] if panel else list(PANELS)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    at_once = min(len(names), os.cpu_count() or 1) if few else 1  # the whole takes an hour: others want to work too
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        found = pool.map(lambda name: _panel(name, few=few, only=only, out=folder), names)
        reports = dict(zip(names, found, strict=True))
    pages = {name: faults for report in reports.values() for name, faults in report["pages"].items()}
    bad = {name: faults for name, faults in pages.items() if faults}
    summary = {
        "golden": "sample" if few else "all", "pages": len(pages), "with_faults": len(bad),
        "cpu_s": round(sum(report["cpu_s"] for report in reports.values()), 1),
    }  # fmt: skip
    for name, faults in list(bad.items())[:SHOWN]:
        sys.stderr.write(f"{name}: {'; '.join(faults)}\n")
    sys.stdout.write(json.dumps(summary) + "\n")
    if folder is not None:
        whole = json.dumps(summary | {"faults": bad}, ensure_ascii=False, indent=1)
        (folder / "summary.json").write_text(whole, "utf-8")
        write_sheets(folder, pages)
    return 1 if bad else 0


def _panel(name: str, *, few: bool, only: Sequence[str], out: Path | None) -> dict[str, Any]:
    """One panel, the whole of it a language at a time: what a process has drawn is gone from memory when it ends."""
    asked = [one.removeprefix("language=") for one in only if one.startswith("language=")]
    rest = [one for one in only if not one.startswith("language=")]
    parts = [list(only)] if few else [[*rest, f"language={language}"] for language in asked or LANGUAGES]
    whole: dict[str, Any] = {"pages": {}, "cpu_s": 0.0}
    for part in parts:
        report = _process(name, few=few, only=part, out=out)
        for page, faults in report["pages"].items():
            whole["pages"].setdefault(page, []).extend(faults)
        whole["cpu_s"] += report["cpu_s"]
    return whole


def _process(name: str, *, few: bool, only: Sequence[str], out: Path | None) -> dict[str, Any]:
    """Shots of one panel in a process of their own; raises RuntimeError with what it said when it broke."""
    command = [sys.executable, "-m", "golden", "panel", "--panel", name]
    command += [*(["--few"] if few else []), *(part for one in only for part in ("--only", one))]
    command += ["--out", str(out)] if out is not None else []
    answer = subprocess.run(command, capture_output=True, text=True, timeout=3 * HOUR_S, check=False)
    if answer.returncode not in (0, 1) or not answer.stdout:
        raise RuntimeError(f"{name} broke: {answer.stderr.strip()}")
    return json.loads(answer.stdout)  # type: ignore[no-any-return]


def write_sheets(folder: Path, pages: dict[str, list[str]]) -> None:
    """index.html with a page of pictures for each panel and language, those with faults marked."""
    sheets: dict[str, list[str]] = {}
    for name in sorted(pages):
        parts = name.split("/")
        if len(parts) == len(("panel", "language", "look", "state", "page")):
            sheets.setdefault(f"{parts[0]}-{parts[1]}.html", []).append(name)
    rows = []
    for sheet, names in sheets.items():
        (folder / sheet).write_text(_sheet(sheet, names, pages), "utf-8")
        bad = sum(bool(pages[name]) for name in names)
        told = f' <span class="bad">{bad} with faults</span>' if bad else ""
        rows.append(f'<li><a href="{sheet}">{sheet.removesuffix(".html")}</a>: {len(names)} pictures{told}</li>')
    (folder / "index.html").write_text(_page("Every page of the kiosk", f"<ul>{''.join(rows)}</ul>"), "utf-8")


def _sheet(title: str, names: list[str], pages: dict[str, list[str]]) -> str:
    groups: dict[str, list[str]] = {}
    for name in names:
        _, _, look, state, page = name.split("/")
        faults = "".join(f'<br><span class="bad">{escape(fault)}</span>' for fault in pages[name])
        picture = f'<a href="{name}.png"><img loading="lazy" src="{name}.png" alt="{escape(name)}"></a>'
        under = f"<figcaption>{page}, {look}{faults}</figcaption>"
        groups.setdefault(state, []).append(f"<figure>{picture}{under}</figure>")
    body = "".join(f"<h2>{state}</h2><div>{''.join(figures)}</div>" for state, figures in groups.items())
    return _page(title.removesuffix(".html"), body)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f"<h1>{title}</h1>{body}</html>\n"
    )
