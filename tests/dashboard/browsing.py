"""What tests in a browser need: a press that waits for the page it leads to, a look that nothing comes between, a
promise that is waited for.
"""

from typing import Any

from playwright.sync_api import Locator, Page

from .conftest import until


def go_on(tab: Page, button: str | Locator) -> None:
    """Press and wait until the next page stands: a click alone returns before the server has answered."""
    with tab.expect_navigation():
        (tab.locator(button) if isinstance(button, str) else button).first.click()


def texts(tab: Page, selector: str) -> list[str]:
    """What stands in each, as it is seen, all in one look.

    Playwright's own looks twice, and in between a panel may be drawn anew: of what is gone by then it tells all spaces.
    """
    seen = "(selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText)"
    return list(tab.evaluate(seen, selector))


def promised(tab: Page, happens: str, arg: Any = None) -> None:
    """Ask until what the function promises is true.

    Playwright's `wait_for_function` takes the promise itself for an answer, and that is always true.
    """
    until(lambda: tab.evaluate(happens, arg), happens)
