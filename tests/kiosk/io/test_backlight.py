"""The backlight, by a folder that looks like the kernel's."""

from pathlib import Path

from kiosk.io.backlight import Backlight


def panel(folder: Path, name: str = "10-0045", most: str = "255", switch: bool = True) -> Path:
    """One backlight as the kernel shows it."""
    device = folder / name
    device.mkdir(parents=True)
    (device / "max_brightness").write_text(f"{most}\n", "ascii")
    (device / "brightness").write_text("12\n", "ascii")
    if switch:
        (device / "bl_power").write_text("0\n", "ascii")
    return device


def said(device: Path) -> tuple[str, str]:
    """Level and switch."""
    return (device / "brightness").read_text().split("\n")[0], (device / "bl_power").read_text().split("\n")[0]


def test_it_shines_turns_off_by_its_switch_and_comes_back(tmp_path: Path) -> None:
    """100 per cent stand for what is set as full; a little light is never none."""
    device = panel(tmp_path)
    light = Backlight(tmp_path, full=80)
    levels = []
    for percent in (100, 50, 0, 1):
        light.set(percent)
        levels.append(said(device))
    light.set(0)
    light.restore()

    assert [("204", "0"), ("102", "0"), ("102", "4"), ("2", "0")] == levels
    assert ("204", "0") == said(device)
    assert light.works


def test_a_panel_without_a_switch_is_turned_down(tmp_path: Path) -> None:
    """Its level is 0 then."""
    device = panel(tmp_path, switch=False)
    light = Backlight(tmp_path)
    light.set(0)
    off = (device / "brightness").read_text().strip()
    light.set(100)

    assert "0" == off[0]
    assert "255" == (device / "brightness").read_text().strip()


def test_no_backlight_is_no_fault(tmp_path: Path) -> None:
    """No folder, an empty one, or one whose file says nonsense."""
    panel(tmp_path / "odd", most="bright")
    (tmp_path / "empty").mkdir()
    for name in ("missing", "empty", "odd"):
        light = Backlight(tmp_path / name)
        light.set(0)
        light.restore()

        assert not light.works
        assert "" == light.fault


def test_a_panel_that_is_taken_away_or_refuses_says_so_and_may_come_back(tmp_path: Path) -> None:
    """The screen draws a veil meanwhile; nothing is raised."""
    device = panel(tmp_path)
    light = Backlight(tmp_path)
    (device / "brightness").rename(device / "gone")
    light.set(50)
    refused = light.fault, light.works
    (device / "gone").rename(device / "brightness")
    light.set(50)

    assert ("10-0045: No such file or directory", False) == refused
    assert ("", True) == (light.fault, light.works)
    assert "128" == (device / "brightness").read_text().split("\n")[0]


def test_what_is_set_already_is_not_written_again(tmp_path: Path) -> None:
    """Ten times a second would be ten system calls for nothing."""
    device = panel(tmp_path)
    light = Backlight(tmp_path)
    light.set(50)
    (device / "brightness").write_text("7\n", "ascii")
    light.set(50)

    assert "7" == (device / "brightness").read_text().strip()
