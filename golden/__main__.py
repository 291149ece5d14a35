"""`python -m golden`: draws the kiosk's pages and says what is wrong; exit code 1 when anything is."""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from golden.matrix import chosen, factors, narrowed
from golden.panels import PANELS


def main(arguments: list[str] | None = None) -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m golden", description=__doc__)
    parser.add_argument("what", choices=("all", "sample", "panel"),
                        help="all: every combination, with pictures; sample: few that cover every pair; "
                             "panel: one panel in this process, JSON on standard output")  # fmt: skip
    parser.add_argument("--panel", choices=list(PANELS), help="only this panel")
    parser.add_argument("--only", action="append", default=[], metavar="FACTOR=VALUE",
                        help="language=sv, look=light, state=vma, page=home; may be given again")  # fmt: skip
    parser.add_argument("--few", action="store_true", help="with panel: the covering sample instead of all")
    parser.add_argument("--out", type=Path, metavar="DIR", help="pictures, index.html and summary.json go there")
    asked = parser.parse_args(arguments)
    try:
        only = narrowed(asked.only)
    except ValueError as fault:
        parser.error(str(fault))
    if asked.what == "panel":
        return _one(asked, only)
    from golden.sheet import run

    return run(few=asked.what == "sample", panel=asked.panel, only=asked.only, out=asked.out)


def _one(asked: argparse.Namespace, only: dict[str, set[str]]) -> int:
    if asked.panel is None:
        sys.stderr.write("say which panel: --panel NAME\n")
        return 2
    from golden.draw import draw

    shots = chosen(factors(), asked.panel, only, few=asked.few)
    with TemporaryDirectory(prefix="golden-") as home:
        report = draw(asked.panel, shots, Path(home), asked.out, few=asked.few)
    json.dump(report, sys.stdout)
    return 1 if any(report["pages"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
