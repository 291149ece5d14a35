"""Profiles are found by name or path, and a wrong name is answered with a suggestion."""

from importlib.resources import files
from pathlib import Path

import pytest

from gateway.profiles.registry import collect, from_file, load, registry
from gateway.profiles.schema import ProfileFault

SDM = files("gateway.profiles").joinpath("eastron-sdm630.toml").read_text("utf-8")


def test_registry_lists_itself_sorted() -> None:
    """All profiles of the program load, and come in the order of their names."""
    names = list(registry())

    assert {"dse-73xx-mkii", "eastron-sdm630"} <= set(names)
    assert sorted(names) == names


def test_registry_refuses_a_name_twice() -> None:
    """Two files with one name are a fault that names both."""
    with pytest.raises(ProfileFault, match=r"b\.toml, head: name eastron-sdm630 is also that of a\.toml"):
        collect([("a.toml", SDM), ("b.toml", SDM)])


def test_registry_tells_faults_of_all_files() -> None:
    """One broken file does not hide the next."""
    with pytest.raises(ProfileFault) as caught:
        collect([("a.toml", "x ="), ("b.toml", "y =")])

    assert ["a.toml", "b.toml"] == [fault.split(":")[0] for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("dse-73xx", 'unknown profile "dse-73xx"; did you mean dse-73xx-mkii?'),
        ("zzz", f'unknown profile "zzz"; there are: {", ".join(registry())}'),
        ("./none.toml", "none.toml: cannot be read: No such file or directory"),
    ],
)
def test_registry_helps_with_an_unknown_name(name: str, sentence: str) -> None:
    """A name that is nearly right is met with the right one, and a missing file with one sentence."""
    with pytest.raises(ProfileFault) as caught:
        load(name)

    assert (sentence,) == caught.value.faults


def test_registry_loads_a_file_from_outside(tmp_path: Path) -> None:
    """A profile of one's own is read by its path."""
    path = tmp_path / "own.toml"
    path.write_text(SDM.replace("eastron-sdm630", "own-meter"), "utf-8")

    assert "own-meter" == load(str(path)).name


def test_registry_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A binary file is no profile."""
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ProfileFault, match="is not UTF-8 text"):
        from_file(path)


def test_devices_of_one_file_share_its_profile(tmp_path: Path) -> None:
    """Fifty devices of one kind are not fifty profiles in memory; a file that has changed is another one."""
    path = tmp_path / "own.toml"
    path.write_text(SDM)
    first, second = from_file(path), from_file(path)
    path.write_text(SDM.replace("Eastron SDM630", "Another"))

    assert first is second
    assert first != from_file(path)
