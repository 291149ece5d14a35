"""What a board gets, as flash sees it: few files, and room for two of them beside all records."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from firmware.compiling import packed
from gateway.tools.nodes_parcel import BLOCK, RECORDS, room_for
from tests.firmware.nodes_played import MICROPYTHON, ROOT, released
from tests.firmware.updates import sign

ON_CHIP = ROOT / "tests/firmware/on_chip"
PICO_W_BLOCKS = 848 * 1024 // BLOCK
BOUND_S = 120
OF_A_BOARD = ("network", "esp32", "rp2", "machine", "onewire", "loader")
"""What a board has and this interpreter does not."""


def test_modules_stand_where_the_board_looks_for_them() -> None:
    """Three bytes for each name in order, zero where there is none; then the modules."""
    body = packed({"Ac": b"third", "Aa": b"first"})

    assert (9, 0, 14) == tuple(int.from_bytes(body[at : at + 3], "big") for at in (0, 3, 6))
    assert b"firstthird" == body[9:]


def test_two_programs_and_all_records_fit_a_pico_w(tmp_path: Path) -> None:
    """Measured on littlefs; what `nodes provision` asks for is enough; late modules are loaded from there."""
    folder = tmp_path / "v1"
    shutil.copytree(released(), folder)
    sign(folder, tmp_path / "key", 1, "unix=1.29")
    (folder / "manifest.sig").unlink()
    bodies = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    files = ["files.txt", "late.mpy", "manifest.json", "node/__init__.mpy", "node/app.mpy"]
    assert files == sorted(bodies)

    command = [str(MICROPYTHON), "-X", "heapsize=128wK", str(ON_CHIP / "whole_flash.py"), str(tmp_path / "image")]
    command += [str(PICO_W_BLOCKS), str(folder), str(RECORDS // BLOCK)]
    environment = os.environ | {"MICROPYPATH": f"{ON_CHIP}:.frozen"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=BOUND_S)
    assert 0 == answer.returncode, answer.stdout + answer.stderr
    told = json.loads(answer.stdout)

    assert told["program"] <= 32
    bodies |= {"loader.py": bytes(2 * BLOCK), "start/firmware.pub": b"key", "start/node.json": b"{}"}
    needed = told["all"] - told["empty"]
    assert needed * BLOCK <= room_for(bodies, fresh=True) <= PICO_W_BLOCKS * BLOCK * 3 // 4
    assert RECORDS == BLOCK * int(fixed_number("_SEGMENTS"))
    assert "/f/b/node/__init__.mpy" == told["place"]
    assert {f"no module named '{one}'" for one in OF_A_BOARD} >= set(told["lacks"])
    assert told["late"] > 5 * len(told["lacks"])


def fixed_number(name: str) -> str:
    """A number of the program's text."""
    text = (ROOT / "firmware/node/app.py").read_text("utf-8")
    return text.partition(f"\n{name} = const(")[2].partition(")")[0]


def test_who_builds_it_again_gets_the_same() -> None:
    """What was signed can be made anew and compared, byte by byte: nothing in it depends on the day or the machine."""
    looks = (
        "from pathlib import Path; from firmware.compiling import sources;"
        "from firmware.shrinking.files import board_files;"
        "lasting = [Path('firmware', one).read_text() for one in ('main.py', 'loader.py')];"
        "files, names = board_files(sources(Path('contract')), lasting); print(sorted(files.items()), names)"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", looks], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, check=True, timeout=120,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip

    assert len(made[0]) > 50_000
    assert made[0] == made[1]
