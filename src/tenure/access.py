"""Who may see what: one person's view of a workspace. Composition floor; the only place that knows what roles show.

A csm sees the customers that are theirs now, in every answer, since every question carries that condition; what no
customer can be named for (costs, staff, checks of the data) is not theirs to see. A viewer sees every customer, but
neither the people at customers nor what people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure import filter as conditions
from tenure.access_health import SeenHealth
from tenure.access_role import Access, Ask, quoted
from tenure.errors import NotAllowed, NotThere

if TYPE_CHECKING:
    from tenure.check import Finding
    from tenure.cohorts_grid import Grid, Members
    from tenure.directory import Customers
    from tenure.drivers import Drivers
    from tenure.explain import Explanation
    from tenure.feedback import Feedback
    from tenure.feedback_voices import Voices
    from tenure.freshness import Freshness
    from tenure.goals import Standing
    from tenure.intake import Intake
    from tenure.per_customer import Figures
    from tenure.profile import Profile
    from tenure.result import Results

PERSONAL = frozenset({"contact_id", "contact", "email", "author", "body", "comment", "subject", "visitor", "referred"})
"""Columns that name people at customers, or hold what they wrote, in any table."""
PEOPLE = frozenset({"contacts", "ticket_messages"})
"""Tables whose rows are such people or texts altogether."""

LONGEST_ID = 300

Texts = str | Sequence[str]


class Seen(SeenHealth):
    """A workspace as one person may see it: the same methods, narrower answers."""

    def __init__(self, ask: Ask, access: Access) -> None:
        self._ask, self.access = ask, access

    def show(self, *metrics: str, by: Texts = (), where: Texts = (), **options: Any) -> Results:
        """As Workspace.show."""
        found: Results = self._ask("show", *metrics, by=self._by(by), where=self._where(where), **options)
        return found

    def explain(self, metric: str, period: str, where: Texts = (), **options: Any) -> Explanation:
        """As Workspace.explain; rows lose what this person may not read."""
        found: Explanation = self._ask("explain", metric, period, where=self._where(where), **options)
        if self.access.sees_people:
            return found
        kept = [row for row in found.rows if row.get("table") not in PEOPLE]
        return replace(found, rows=[{k: v for k, v in row.items() if k not in PERSONAL} for row in kept])

    def readings(self, metric: str, period: str, where: Texts = (), **asked: Any) -> Any:
        """As Workspace.readings, which names nobody."""
        return self._ask("readings", metric, period, where=self._where(where), **asked)

    def per_customer(self, *metrics: str, where: Texts = (), **options: Any) -> Figures:
        """As Workspace.per_customer."""
        found: Figures = self._ask("per_customer", *metrics, where=self._where(where), **options)
        return found

    def customers(self, where: Texts = (), **wanted: Any) -> Customers:
        """As Workspace.customers."""
        found: Customers = self._ask("customers", where=self._where(where), **wanted)
        return found if self.access.sees_everybody else replace(found, rows=tuple(map(self._alone, found.rows)))

    def customer(self, customer_id: str, **page: Any) -> Profile:
        """As Workspace.customer. One that is not theirs is not there; a viewer gets no people and no texts."""
        if len(customer_id) > LONGEST_ID or not self.is_theirs(customer_id):
            raise NotThere(f"There is no customer {customer_id[:LONGEST_ID]!r}.", todo="Search the customers.")
        found: Profile = self._ask("customer", customer_id, **page)
        sections = dict(found.sections)
        if not self.access.sees_everybody:
            sections = self._alone(sections)
            sections["children"] = [c for c in sections["children"] if self.is_theirs(str(c["customer_id"]))]
        if not self.access.sees_people:
            sections["hidden"] = {name: len(sections[name]) for name in ("contacts", "comments")}
            sections = {name: _impersonal(section) for name, section in sections.items()}
            sections |= {"contacts": [], "comments": []}
        return replace(found, sections=sections)

    def _alone(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A customer without the id of a parent that is somebody else's."""
        told = row.get("attributes", {})
        parent = told.get("parent_id")
        if parent is None or self.is_theirs(str(parent)):
            return dict(row)
        return {**row, "attributes": {**told, "parent_id": None}}

    def is_theirs(self, customer_id: str) -> bool:
        """Whether there is such a customer that this person may see."""
        condition = f"customer_id = {quoted(customer_id)}"
        found: Customers = self._ask("customers", where=(condition, *self.access.scope), limit=1, columns=("state",))
        return found.found > 0

    def feedback(self, period: str | None = None, where: Texts = ()) -> Feedback:
        """As Workspace.feedback; a viewer gets themes without examples."""
        found: Feedback = self._ask("feedback", period, where=self._where(where))
        if self.access.sees_people:
            return found
        return replace(found, themes=tuple(replace(theme, examples=()) for theme in found.themes))

    def cohorts(self, metric: str, where: Texts = (), **asked: Any) -> Grid:
        """As Workspace.cohorts."""
        found: Grid = self._ask("cohorts", metric, where=self._where(where), **asked)
        return found

    def cohort_members(self, metric: str, cohort: str, age: int, where: Texts = (), **asked: Any) -> Members:
        """As Workspace.cohort_members."""
        found: Members = self._ask("cohort_members", metric, cohort, age, where=self._where(where), **asked)
        return found

    def voices(self, period: str | None = None, where: Texts = ()) -> Voices:
        """As Workspace.voices; a viewer gets figures, but neither what people wrote nor who wrote it."""
        found: Voices = self._ask("voices", period, where=self._where(where))
        if self.access.sees_people:
            return found
        return replace(found, comments=tuple(replace(one, body="") for one in found.comments))

    def drivers(self, metric: str, period: str | None = None, where: Texts = (), by: Texts = (), **how: Any) -> Drivers:
        """As Workspace.drivers, over the customers that this person may see."""
        found: Drivers = self._ask("drivers", metric, period, where=self._where(where), by=self._by(by), **how)
        return found

    def two_groups(self, metric: str, where: Texts, against: Texts, **how: Any) -> Any:
        """As Workspace.two_groups, each among the customers that this person may see."""
        return self._ask("two_groups", metric, self._where(where), self._where(against), **how)

    def compare(self, event: str, on: str, metric: str, treated: Texts = (), control: Texts = (), **how: Any) -> Any:
        """As Workspace.compare, among the customers that this person may see."""
        others = self._where(control) if control else ()
        return self._ask("compare", event, on, metric, treated=self._where(treated), control=others, **how)

    def metrics(self, word: str | None = None) -> list[dict[str, Any]]:
        """As Workspace.metrics: the catalogue says nothing about customers."""
        found: list[dict[str, Any]] = self._ask("metrics", word)
        return found

    def core(self) -> list[str]:
        """As Workspace.core."""
        found: list[str] = self._ask("core")
        return found

    def check(self) -> list[Finding]:
        """As Workspace.check, for those who look after the data."""
        if not self.access.manages:
            raise NotAllowed("Checks of the data are shown to managers and admins.", todo="Ask one of them.")
        found: list[Finding] = self._ask("check")
        return found

    def sources_status(self) -> Intake:
        """As Workspace.sources_status; what refused rows hold is for those who look after the data."""
        found: Intake = self._ask("sources_status")
        if self.access.manages:
            return found
        rejects = {"rows": found.rejects["rows"], "reasons": []}
        sources = tuple({**source, "notes": []} for source in found.sources)
        return replace(found, rejects=rejects, sources=sources)

    def freshness(self) -> Freshness:
        """As Workspace.freshness; why a sync failed is for those who look after the data."""
        found: Freshness = self._ask("freshness")
        if self.access.manages:
            return found
        return replace(found, notices=tuple(replace(one, detail="") for one in found.notices))

    def rejects(self, **which: Any) -> list[dict[str, Any]]:
        """As Workspace.rejects, for those who look after the data."""
        if not self.access.manages:
            raise NotAllowed("Refused rows are shown to managers and admins.", todo="Ask one of them.")
        found: list[dict[str, Any]] = self._ask("rejects", **which)
        return found

    def goals(self) -> tuple[list[Standing], list[dict[str, Any]]]:
        """As Workspace.goals, and the measurement plan. A goal is of all its customers, so a csm gets none."""
        from tenure.goals import plan

        if not self.access.sees_everybody:
            raise NotAllowed("Goals count all customers, so the role csm does not show them.", todo="Ask a manager.")
        found: list[Standing] = self._ask("goals")
        return found, plan(found)

    def other(self, method: str, *arguments: Any, where: Texts = (), **options: Any) -> Any:
        """Any other method of the workspace that takes `where`, asked within this person's bounds."""
        return self._ask(method, *arguments, where=self._where(where), **options)

    def _where(self, where: Texts) -> tuple[str, ...]:
        asked = (where,) if isinstance(where, str) else tuple(where)
        for text in asked:
            if not self.access.sees_people and not text.strip().startswith("@"):
                self._refuse_personal(conditions.columns(conditions.parse(text)))
        return (*asked, *self.access.scope)

    def _by(self, by: Texts) -> tuple[str, ...]:
        names = [by] if isinstance(by, str) else list(by)
        split = tuple(part.strip() for name in names for part in name.split(",") if part.strip())
        if not self.access.sees_everybody and any(name.lower().rpartition(".")[2] == "parent_id" for name in split):
            # A parent may be somebody else's customer: its id is not theirs to read.
            raise NotAllowed("The role csm does not group by 'parent_id'.", todo="Ask a manager, or leave it out.")
        if not self.access.sees_people:
            self._refuse_personal(split)
        return split

    @staticmethod
    def _refuse_personal(columns: Sequence[str]) -> None:
        for name in columns:
            if name.lower().rpartition(".")[2] in PERSONAL or name.lower().partition(".")[0] in PEOPLE:
                raise NotAllowed(f"The role viewer does not show {name!r}.", todo="Ask a manager, or leave it out.")


def _impersonal(value: Any) -> Any:
    """A section without columns that name people or hold what they wrote."""
    if isinstance(value, dict):
        return {name: _impersonal(one) for name, one in value.items() if name not in PERSONAL}
    return [_impersonal(one) for one in value] if isinstance(value, list) else value
