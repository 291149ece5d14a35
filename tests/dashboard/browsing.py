"""What every test in a browser needs: a press that waits for the page it leads to."""

from playwright.sync_api import Locator, Page


def go_on(tab: Page, button: str | Locator) -> None:
    """Press and wait until the next page stands: a click alone returns before the server has answered."""
    with tab.expect_navigation():
        (tab.locator(button) if isinstance(button, str) else button).first.click()
