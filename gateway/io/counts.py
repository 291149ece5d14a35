"""What a store holds, in figures: for `sotpunkt-gateway counts`, the demo and the tests. Reads only."""

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from contract.words import Stream
from gateway.io.readings import KeptReadings
from gateway.io.store_file import StoreFault, lenient


def counts(path: Path) -> dict[str, Any]:
    """Figures of a store; raises StoreFault."""
    if not path.exists():
        raise StoreFault(f"{path}: there is no store; has the gateway run?")
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    db.text_factory = lenient
    try:
        db.execute("BEGIN")  # all figures of one moment: the gateway goes on writing meanwhile
        tallies = dict(db.execute("SELECT name, count FROM tallies").fetchall())
        figures: dict[str, Any] = _readings(db)
        for tally in ("created", "confirmed", "gaps"):
            figures[tally] = {stream.value: tallies.get(f"{tally}.{stream.value}", 0) for stream in Stream}
        figures["published"] = tallies.get("published", 0)
        waiting = dict(db.execute("SELECT stream, COUNT(*) FROM outbox WHERE kind != 'gap' GROUP BY stream").fetchall())
        figures["waiting"] = {stream.value: waiting.get(stream.value, 0) for stream in Stream}
        figures["events"] = _events(db)
    except (sqlite3.Error, msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise StoreFault(f"{path}: cannot be read as a store ({fault})") from fault
    finally:
        db.close()
    return figures


def _readings(db: sqlite3.Connection) -> dict[str, Any]:
    total = damaged = 0
    polls: dict[str, int] = {}
    missing: dict[str, int] = {}
    series: dict[tuple[str, str, str], dict[str, Any]] = {}
    rows = db.execute("SELECT device, decoded, missing, up_ms, body FROM readings ORDER BY id")
    for device, decoded, gone, up_ms, body in rows:
        total += decoded
        polls[device] = polls.get(device, 0) + 1
        for quality, count in msgspec.json.decode(gone).items():
            missing[quality] = missing.get(quality, 0) + count
        if gone != "{}":
            try:
                _add_series(series, device, up_ms, KeptReadings.unpacked(body))
            except (msgspec.DecodeError, UnicodeDecodeError):
                damaged += 1
    return {
        "readings": total,
        "polls": polls,
        "missing": missing,
        "missing_series": list(series.values()),
        "damaged": damaged,
    }


def _add_series(
    series: dict[tuple[str, str, str], dict[str, Any]], device: str, up_ms: int, kept: KeptReadings
) -> None:
    """Where and how long values were missing: one row per device, signal and reason."""
    for key, (quality, _) in kept.missing.items():
        row = series.setdefault(
            (device, key, quality.value),
            {"device": device, "signal": key, "quality": quality.value, "first_up_ms": up_ms, "count": 0},
        )
        row["last_up_ms"] = up_ms
        row["count"] += 1


def _events(db: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = db.execute("SELECT run, seq, kind, up_ms, wall_ms, body FROM events ORDER BY id")
    return [
        {"run": run, "seq": seq, "kind": kind, "up_ms": up_ms, "wall_ms": wall_ms, "body": msgspec.json.decode(body)}
        for run, seq, kind, up_ms, wall_ms, body in rows
    ]
