"""All by keyboard: Tab in reading order, a ring on whatever has the focus, and none lost where a part is swapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) { return null; }
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const ringed = one.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {
    tag: one.tagName, id: one.id, name: one.name || "", href: one.getAttribute("href") || "",
    text: (one.innerText || one.getAttribute("aria-label") || one.value || "").trim(),
    ringed: ringed || one.id === "main", inMain: !!one.closest("main"), boxed: box.width > 0 && box.height > 0,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
Here = dict[str, Any]


class Hands:
    """A person without a mouse."""

    def __init__(self, page: Any) -> None:
        self.page, self.steps = page, 0

    @property
    def here(self) -> Here | None:
        """What has the focus."""
        found: Here | None = self.page.evaluate(HERE)
        return found

    def press(self, key: str) -> Here:
        """A key; whatever has the focus after Tab can be seen and has a ring."""
        self.page.keyboard.press(key)
        found = self.here
        assert found, f"after {key} nothing has the focus"
        if key.endswith("Tab"):
            self.steps += 1
            assert found["ringed"] and found["boxed"] and found["seen"], found
        return found

    def to(self, what: Callable[[Here], bool], most: int = 60) -> Here:
        """Tab until something has the focus."""
        passed = []
        for _ in range(most):
            found = self.press("Tab")
            if what(found):
                return found
            passed.append(found["text"][:20] or found["name"])
        raise AssertionError(f"not reached in {most} steps: {passed}")

    def follow(self) -> None:
        """Enter on a link, and what it opens."""
        address = self.page.url
        self.page.keyboard.press("Enter")
        self.page.wait_for_function("before => location.href !== before", arg=address)
        self.page.wait_for_load_state()

    def skip(self) -> Here:
        """By the first stop of every page past its navigation, to the first thing of the page itself."""
        assert self.press("Tab")["text"] == "Skip to the page"
        assert self.press("Enter")["id"] == "main"
        first = self.press("Tab")
        assert first["inMain"]
        return first


def test_from_signing_in_to_an_export_without_a_mouse(look: Callable[..., Any]) -> None:
    """Sign in, question a figure, close it, go to a customer, filter, change a column, export the list."""
    page = look("", "/sign-in")
    hands = Hands(page)
    assert hands.here and hands.here["id"] == "email"
    page.keyboard.type("manager@example.com")
    assert hands.press("Tab")["id"] == "password"
    page.keyboard.type("a long word of manager")
    assert hands.press("Tab")["text"] == "Sign in"
    hands.follow()

    # The overview: another comparison by arrow; the focus stays where it was.
    hands.skip()
    hands.to(lambda one: one["name"] == "compare")
    with page.expect_response(lambda reply: "compare=year" in reply.url):
        page.keyboard.press("ArrowDown")
    page.wait_for_function("document.querySelector('main').innerText.includes('vs Dec 2024')")
    page.wait_for_timeout(100)
    assert hands.here and hands.here["name"] == "compare", hands.here

    # A figure, questioned: the page opens on its reason, and Tab goes on there; Escape goes back to where it was asked.
    hands.to(lambda one: "why=" in one["href"])
    hands.follow()
    page.wait_for_selector("#why")
    assert hands.to(lambda one: one["href"].startswith("/customers/"), 12)
    page.keyboard.press("Escape")
    page.wait_for_selector("#why", state="detached")
    page.wait_for_load_state()
    assert hands.here and hands.here["text"].startswith("Why"), hands.here
    hands.follow()
    page.wait_for_selector("#why")
    customer = hands.to(lambda one: one["href"].startswith("/customers/"), 12)
    hands.follow()
    assert customer["text"] in page.inner_text("h1")

    # The customers: search, a filter, columns; then the export.
    hands.to(lambda one: one["href"] == "/customers")
    hands.follow()
    hands.skip()
    hands.to(lambda one: one["text"] == "Add filter")
    hands.press("Enter")
    assert hands.press("Tab")["name"] == "column"
    page.keyboard.type("Plan")
    assert hands.press("Tab")["name"] == "how" and hands.press("Tab")["name"] == "value"
    page.keyboard.type("Growth")
    assert hands.press("Tab")["text"] == "Add"
    hands.follow()
    assert page.locator(".chip").count() == 1
    export = hands.skip()
    assert export["text"].startswith("Export")
    with page.expect_download() as told:
        page.keyboard.press("Enter")
    assert told.value.suggested_filename.endswith(".csv")
    assert page.inner_text(".pager").split(" of ")[1].split()[0] in export["text"]
    assert hands.press("/")["id"] == "find"
