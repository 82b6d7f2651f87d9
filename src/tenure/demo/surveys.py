"""Questions that were sent out, and what came back. Floor: edges (demo)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tenure.demo.dice import AS_OF, Dice, Row, hours, month_start, past
from tenure.demo.wording import Words

EMPLOYEES_ASKED = 34


@dataclass(frozen=True)
class Survey:
    """One survey of one question."""

    name: str
    kind: str
    question: str
    low: int | None
    high: int | None
    channel: str = "email"


@dataclass(frozen=True)
class Asked:
    """Who was asked, and when."""

    customer: str | None
    contact: str | None
    owner: str | None
    at: datetime


TEAM_PULSE = Survey("team pulse", "employee", "recommend as employer", 0, 10, "app")


def response(
    dice: Dice, survey: Survey, who: Asked, opened: datetime | None, answered: datetime | None, score: int | None,
    comment: str | None, about: tuple[str, object] = ("none", None),
) -> Row:  # fmt: skip
    """The row of one question; what was not answered has no score. `numbered` gives it its id."""
    return {
        "response_id": f"{survey.name}/{who.contact}/{who.at}/{dice.random()}", "survey": survey.name,
        "kind": survey.kind, "question": survey.question, "customer_id": who.customer, "contact_id": who.contact,
        "owner": who.owner, "channel": survey.channel, "asked_at": who.at,
        "delivered_at": past(who.at + timedelta(minutes=2)), "opened_at": opened, "answered_at": answered,
        "score": score if answered is not None else None, "scale_min": survey.low, "scale_max": survey.high,
        "higher_is_better": True, "is_positive": None,
        "comment": comment if answered is not None and who.customer is not None else None,
        "touchpoint": about[0], "touchpoint_id": str(about[1]) if about[1] is not None else None,
    }  # fmt: skip


def ask(
    dice: Dice, survey: Survey, who: Asked, answers: float, score: int, words: Words, lean: str | None = None,
    about: tuple[str, object] = ("none", None),
) -> list[Row]:  # fmt: skip
    """One question to one person; `answers` is the share who do. The two best scores come with good words."""
    if who.at >= AS_OF:
        return []
    opens = who.at + hours(dice.skewed(3))
    answered = past(opens + hours(dice.skewed(2))) if dice.chance(answers) else None
    opened = past(opens) if answered is not None or dice.chance(0.45) else None
    happy = survey.high is not None and score >= survey.high - (2 if survey.high == 10 else 1)
    comment = words.opinion(dice, happy, lean) if dice.chance(0.45) else None
    return [response(dice, survey, who, opened, answered, score, comment, about)]


def numbered(rows: list[Row]) -> list[Row]:
    """In order of being asked, with ids; questions of one response share theirs."""
    rows.sort(key=lambda row: (str(row["asked_at"]), str(row["response_id"])))
    groups = {key: number for number, key in enumerate(dict.fromkeys(row["response_id"] for row in rows), start=1)}
    for row in rows:
        row["response_id"] = f"R-{groups[row['response_id']]:05d}"
    return rows


def team_pulse(dice: Dice, low: tuple[int, ...], words: Words, people: int = EMPLOYEES_ASKED) -> list[Row]:
    """The company's own people, each quarter, without names; in the `low` quarters (0 is the first) it was no fun."""
    rows: list[Row] = []
    for quarter in range(8):
        day = month_start(3 * quarter + 2) + timedelta(days=12)
        sad = quarter in low
        bands = [(range(9, 11), 25.0 if sad else 42.0), (range(7, 9), 35.0), (range(3, 7), 40.0 if sad else 20.0)]
        for _ in range(people):
            band = dice.weighted(bands)
            who = Asked(None, None, None, dice.clock(day))
            rows += ask(dice, TEAM_PULSE, who, 0.8, dice.pick(band), words)
    return rows


def satisfied(dice: Dice, good: bool, high: int = 5) -> int:
    """A score on a scale up to `high`: one of the two best, or one below them."""
    if good:
        return high - int(dice.chance(0.35))
    return max(1, high - dice.between(2, 4))


def recommends(dice: Dice, shares: tuple[float, float, float]) -> int:
    """0 to 10, by the weights of promoters, passives and detractors."""
    bands = [(range(9, 11), shares[0]), (range(7, 9), shares[1]), (range(1, 7), shares[2])]
    return dice.pick(dice.weighted(bands))
