"""`sotpunkt-doctor`: how this box is, a sentence each, and what to do."""

import argparse
import json
import os
import sys
from pathlib import Path

from doctor.config import read
from doctor.core.finding import Grade, worst
from doctor.examine import Doctor
from doctor.io.texts import LANGUAGES, catalogue, sentence
from doors.clock import Clock
from doors.printing import printing

FAULTY, USAGE = 1, 2
SETTINGS = Path("/etc/sotpunkt")


@printing()
def main() -> None:
    """Entry point: exit 0 nothing to do now, 1 at least one fault, 2 a mistake in the call."""
    asked = _parser().parse_args()
    if not asked.dir.is_dir():
        print(f"{asked.dir}: there is no such folder; name the one with gateway.toml: --dir DIR", file=sys.stderr)
        sys.exit(USAGE)
    try:
        sys.exit(_look(asked))
    except KeyboardInterrupt:
        sys.exit(130)


def _look(asked: argparse.Namespace) -> int:
    findings = Doctor(read(asked.dir), Clock(), asked.root).findings()
    texts = catalogue(asked.language)
    if asked.json:
        rows = [{"check": one.check, "grade": one.grade, "text": one.text, "values": one.values,
                 "why": one.why and one.why.key, "sentence": sentence(one, texts)} for one in findings]  # fmt: skip
        print(json.dumps({"worst": worst(findings), "findings": rows}, ensure_ascii=False))
    else:
        words = {grade: texts[f"grade.{grade.value}"] for grade in Grade}
        width = max(map(len, words.values()))
        for one in findings:
            print(f"{words[one.grade]:<{width}}  {sentence(one, texts)}")
    return FAULTY if worst(findings) is Grade.FAULT else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sotpunkt-doctor",
        description="How this box is, a sentence each, and what to do. Changes nothing. With sudo it sees more.",
        epilog="Exit codes: 0 nothing to do now, 1 at least one fault, 2 a mistake in the call.",
    )
    parser.add_argument("--dir", type=Path, default=SETTINGS, metavar="DIR", help=f"the settings (default {SETTINGS})")
    parser.add_argument("--language", choices=LANGUAGES, default=_language(), help="default: that of the system")
    parser.add_argument("--json", action="store_true", help="one JSON object, for other programs")
    parser.add_argument(
        "--root", type=Path, default=Path("/"), metavar="DIR", help="where /sys and /proc are; for tests"
    )
    return parser


def _language() -> str:
    told = next((text for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (text := os.environ.get(name))), "")
    return "sv" if told.startswith("sv") else "en"


if __name__ == "__main__":
    main()
