"""Pictures of the site for the docs: serves a fresh example company and photographs its pages into docs/screens/.

    python scripts/screens.py [PAGE...]

Light, and of some pages dark and on a phone. Needs Chromium and the extra `web`, as the tests of the site do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "docs" / "screens"
sys.path.insert(0, str(ROOT / "tests"))

PAGES = {
    "overview": "/",
    "metric": "/metrics/nrr?by=plan&why=2025-12",
    "cohorts": "/cohorts",
    "customers": "/customers",
    "customer": "/customers/P-1203",
    "health": "/health",
    "feedback": "/feedback",
    "metrics": "/metrics",
    "catalogue": "/catalogue",
    "drivers": "/drivers?metric=customer_churn_rate&period=2025-Q2",
    "goals": "/goals",
    "data": "/data",
}
DARK, PHONE = ("overview", "customer"), ("overview", "customer")
TALL = {"overview": 1260}
"""Where a screen shows more than the usual 900 pixels: down to the foot of what needs attention."""


def main(wanted: list[str]) -> None:
    """Photograph the pages named, or all."""
    from playwright.sync_api import sync_playwright
    from web.site import PASSWORD, command, start

    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        company = Path(folder) / "demo"
        subprocess.run(command(Path("."), "demo", str(company)), check=True, capture_output=True)
        site = start(company)
        try:
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
                for name in wanted or PAGES:
                    kinds = [("", 1280, "light")]
                    kinds += [("-dark", 1280, "dark")] if name in DARK else []
                    kinds += [("-phone", 390, "light")] if name in PHONE else []
                    for ending, width, scheme in kinds:
                        context = browser.new_context(
                            viewport={"width": width, "height": TALL.get(name, 900) if width > 700 else 844},
                            color_scheme=scheme,
                        )
                        page = context.new_page()
                        page.goto(f"{site.url}/sign-in")
                        page.fill("input[name=email]", "manager@example.com")
                        page.fill("input[name=password]", PASSWORD.format(role="manager"))
                        page.click("button.primary")
                        page.goto(site.url + PAGES[name], timeout=120_000, wait_until="networkidle")
                        page.wait_for_selector("#working", state="detached", timeout=300_000)  # long work
                        page.screenshot(path=SHOTS / f"{name}{ending}.png")
                        print(name + ending, flush=True)
                        context.close()
        finally:
            site.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
