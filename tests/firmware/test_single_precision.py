"""Boards calculate with 32 bits: every float operation of the core is rounded to that, and the wire hardly moves.

The core's own files are run a second time with each operation wrapped; nothing of them is written anew here.
"""

import ast
import math
import operator
import struct
import sys
import types
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import node.core.echo
import node.core.filters
import node.core.gauge
import node.core.level
import node.core.quality
import node.core.tank
import pytest

from tests.firmware.signals import crank_mv
from tests.firmware.slosh import Chance, readings

CORE = Path(node.core.tank.__file__).parent
NAMES = (
    "quality",
    "rounding",
    "filters",
    "tank",
    "level",
    "echo",
    "analog",
    "loop",
    "sender",
    "battery",
    "crank",
    "charge",
    "temperature",
    "contact",
    "pulse",
    "mains",
    "limit",
    "calibration",
    "burst",
    "fuel_moves",
    "gauge",
)
"""All that a value passes through, in the order in which they import each other."""
PACKAGE = "single_precision_core"
RESOLUTION_ML = 100
RESOLUTION_UM = 100


def single(value: object) -> object:
    """A float as a board holds it; everything else unchanged."""
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


def combined(name: str, left: object, right: object) -> object:
    """One operation on a board: whole numbers stay exact unless a float or a division meets them."""
    call = getattr(operator, name)
    if name == "truediv" or isinstance(left, float) or isinstance(right, float):
        return single(call(single(float(left)), single(float(right))))
    return call(left, right)


class Rounded(ast.NodeTransformer):
    """Wraps every operation and every float that is written down."""

    NAMES = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv"}

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """a + b, a - b, a * b, a / b."""
        self.generic_visit(node)
        name = self.NAMES.get(type(node.op))
        if name is None:
            return node
        return ast.Call(ast.Name("combined", ast.Load()), [ast.Constant(name), node.left, node.right], [])

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """math.sqrt(…) and all other calls."""
        self.generic_visit(node)
        return ast.Call(ast.Name("single", ast.Load()), [node], [])

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """0.606."""
        return ast.Constant(single(node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """A text is no formula."""
        return node


def on_board(call: Callable[[float], float]) -> Callable[[float], object]:
    """A function of `math` as a board has it."""
    return lambda value: single(call(single(float(value))))


def single_math() -> types.SimpleNamespace:
    """`math` whose arguments and results are what a board can hold."""
    calls = {name: on_board(getattr(math, name)) for name in ("sqrt", "sin", "asin", "tanh", "exp")}
    return types.SimpleNamespace(pi=single(math.pi), floor=math.floor, **calls)


@pytest.fixture(scope="module")
def core() -> Iterator[dict[str, ModuleType]]:
    """The core's files, compiled with every operation rounded."""
    package = ModuleType(PACKAGE)
    package.__path__ = []
    modules = {PACKAGE: package}
    sys.modules[PACKAGE] = package
    for name in NAMES:
        tree = Rounded().visit(ast.parse((CORE / f"{name}.py").read_text("utf-8")))
        module = ModuleType(f"{PACKAGE}.{name}")
        module.__package__ = PACKAGE
        vars(module).update(single=single, combined=combined)
        sys.modules[module.__name__] = modules[name] = module
        setattr(package, name, module)
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), vars(module))
        if "math" in vars(module):
            module.math = single_math()
    modules["tank"].ENDS = {name: single(share) for name, share in node.core.tank.ENDS.items()}
    yield modules
    for name in NAMES:
        del sys.modules[f"{PACKAGE}.{name}"]
    del sys.modules[PACKAGE]


def test_the_shim_rounds(core: dict[str, ModuleType]) -> None:
    """What a board cannot hold, the wrapped core does not hold either; whole numbers stay exact."""
    assert 1_795_315_072.0 == single(1_795_315_105.0)
    assert core["level"].density(832, 2000) != node.core.level.density(832, 2000)
    assert 1_795_315_105 == core["rounding"].divided(1_795_315_105, 1)
    assert 16_777_217 == core["rounding"].on_line(1, (0, 0), (2, 33_554_434))


TANKS = [
    {"shape": "box", "length_mm": 2400, "width_mm": 1100, "height_mm": 1300},
    {"shape": "upright", "diameter_mm": 1900, "height_mm": 3000},
    {"shape": "lying", "diameter_mm": 1000, "length_mm": 1500},
    {"shape": "lying", "diameter_mm": 1600, "length_mm": 4600, "ends": "klopper"},
    {"shape": "lying", "diameter_mm": 2000, "length_mm": 6000, "ends": "hemisphere"},
    {"shape": "table", "table": [[100, 20], [500, 400], [900, 1000]]},
]


@pytest.mark.parametrize("settings", TANKS, ids=lambda one: f"{one['shape']} {one.get('ends', '')}")
def test_litres_are_the_same_on_a_board(core: dict[str, ModuleType], settings: dict) -> None:
    """At 500 levels of tanks up to 20 m³ litres differ by less than half the step in which they are told."""
    exact, board = node.core.tank.Tank(settings), core["tank"].Tank(settings)
    levels = range(0, exact.height_um + 1, exact.height_um // 500)

    assert max(abs(exact.volume_ml(um) - board.volume_ml(um)) for um in levels) < RESOLUTION_ML / 2
    volumes = [board.volume_ml(um) for um in levels]
    assert all(later >= earlier for earlier, later in pairwise(volumes))


def test_levels_are_the_same_on_a_board(core: dict[str, ModuleType]) -> None:
    """Air gaps and columns differ by much less than a tenth of a millimetre."""
    good = node.core.quality.GOOD
    for centi in range(-4000, 6001, 170):
        for us in range(1_500, 22_000, 1_310):
            exact, board = (one.gap(us, (centi, good), 200, 4000)[0] for one in (node.core.echo, core["echo"]))
            assert abs((exact or 0) - (board or 0)) < RESOLUTION_UM / 10 or None in (exact, board)
        for pascal in range(0, 30_000, 1_777):
            exact, board = (one.from_pressure(pascal, 832, centi, 50) for one in (node.core.level, core["level"]))
            assert abs(exact - board) < RESOLUTION_UM / 10


def test_filters_are_the_same_on_a_board(core: dict[str, ModuleType]) -> None:
    """A slow mean of litres stays within a step for a day; waves take as long."""
    exact, board = (one.Slow(180_000) for one in (node.core.filters, core["filters"]))
    for number in range(1440):
        at_ms, value = 60_000 * number, 700_000 + number * 7_919 % 90_000
        assert abs(exact.feed(at_ms, value) - board.feed(at_ms, value)) <= RESOLUTION_ML / 10

    for length, depth in ((1500, 500), (3000, 300), (700, 1000)):
        assert (
            abs(node.core.filters.slosh_period_ms(length, depth) - core["filters"].slosh_period_ms(length, depth)) <= 1
        )


def told(core: dict[str, ModuleType], seed: int, settings: dict) -> list[object]:
    """What a day of bursts says on the wire: echoes in waves and cooling air, of a tank that is emptied and filled."""
    gauge, words = core["gauge"].Gauge(core["tank"].Tank(settings)), []
    height_um = core["tank"].Tank(settings).height_um
    for number in range(60):
        level_um = height_um * (700 - 9 * number if number < 40 else 500 + 3 * number) // 1000
        centi_c = 2_000 - 77 * number
        for at, um in readings(Chance(seed + number), level_um, 31, wave_um=8_000):
            us = -1 if um is None else int(2 * (height_um + 300_000 - um) / (331.3 + 0.00606 * centi_c))
            gap_um, found = core["echo"].gap(us, (centi_c, 0), 200, 9_000)
            seen_um = None if gap_um is None else core["level"].from_gap(gap_um, height_um // 1000 + 300)
            if gauge.feed(300_000 * number + at, seen_um, found) is not None:
                break
        words.append(gauge.told)
    return words


def exact() -> dict[str, ModuleType]:
    """The same files as they are on a desk."""
    return {name: import_module(f"node.core.{name}") for name in NAMES}


@pytest.mark.parametrize("settings", TANKS, ids=lambda one: f"{one['shape']} {one.get('ends', '')}")
def test_what_a_tank_tells_is_the_same_on_a_board(core: dict[str, ModuleType], settings: dict) -> None:
    """From echo to litres: the same words; of litres at most one in fifty falls to the other side of a 0.1 l step."""
    desk, board = told(exact(), 7, settings), told(core, 7, settings)

    assert len(desk) == len([value for value, _ in desk if value is not None])
    assert [found for _, found in desk] == [found for _, found in board]
    apart = [abs(one[0] - other[0]) for one, other in zip(desk, board, strict=True)]
    assert {0, RESOLUTION_ML} >= set(apart)
    assert len([one for one in apart if one]) <= len(desk) // 50


def test_all_other_sensors_reckon_in_whole_numbers(core: dict[str, ModuleType]) -> None:
    """Loop, sender, divider, start, thermometer, two points: not one number differs."""
    found = []
    points = [[10_000, 0], [47_000, 310_000], [190_000, 1_100_000]]
    for one in (exact(), core):
        chance, crank, numbers = Chance(3), one["crank"].Crank(2), []
        sender, two = one["sender"].Sender(points), one["calibration"].Calibration([[3, 0], [28_011, 28_800]])
        for at in range(0, 4_000, 7):
            uv = chance.whole(2_400_000)
            numbers += [one["loop"].current_ua(uv, 100_000), one["loop"].scaled(uv // 100, 17, 999_983)]
            mohm, _ = one["sender"].resistance(uv, 2_500_000, 99_900)
            numbers += [mohm, sender.level(mohm or 0), two.corrected(uv // 90)]
            numbers += [one["battery"].voltage_mv(uv, 150_000, 10_000), one["analog"].judged(uv, (150_000, 2_450_000))]
            numbers += [crank.feed(at, 2 * crank_mv(chance, at, 1_000, 1_200))]
            raw = uv & 0xFFFF
            body = bytes((raw & 0xFF, raw >> 8, 0x4B, 0x46, 0x7F, 0xFF, 0x10, 0x10))
            numbers += [one["temperature"].decoded(body + bytes((one["temperature"].crc8(body),)))]
        found.append(numbers)

    assert found[0] == found[1]
    assert [number for number in found[0] if isinstance(number, tuple) and number[0] and number[0] > 10_000]
