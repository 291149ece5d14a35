"""What all tests share: the one way to keep an expected text in a file, and no time limit on a single example."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is no fault of the code; pytest-timeout ends what really hangs
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make golden` passes the option."""
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the expected files instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """`golden(file, text)`: the text is what the file says. With --rewrite-golden the file says it from now on."""

    def compare(file: Path, text: str) -> None:
        if request.config.getoption("--rewrite-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        assert file.read_text("utf-8") == text

    return compare
