"""The served example company, once for all tests of the site, and the browser that looks at it."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from .site import Site, command, start

collect_ignore_glob: list[str] = [] if find_spec("django") else ["test_*.py"]


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example company, loaded."""
    folder = tmp_path_factory.mktemp("web") / "demo"
    done = subprocess.run(command(Path("."), "demo", str(folder)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def site(company: Path) -> Iterator[Site]:
    """It, served, with a person of each role."""
    served = start(company)
    yield served
    if served.process.poll() is None:
        served.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None or not find_spec("playwright"):
        warnings.warn("SKIPPED THE BROWSER: Chromium is not installed: apt-get install chromium", stacklevel=2)
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def look(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens a page of the site as somebody; what a script or the security policy complains of fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(role: str, path: str = "/", *, width: int = 1440, height: int = 900, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(90_000)
        if role:
            for cookie in site.jar(role):
                context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": site.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    loud = [text for text in complaints if "Failed to load resource" not in text]
    assert not loud, loud
