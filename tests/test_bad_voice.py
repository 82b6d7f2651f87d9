"""Bad input of surveys, opinions and support: rejected or left out as defined, counted where people look."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import Ran, ask, clean, run

TOML = '[workspace]\nas_of = 2024-06-01\n[sources.books]\ntype = "files"\n'


def load(folder: Path, *, strict: bool = False, **tables: str) -> Ran:
    """A workspace of these tables, synced; what the sync said."""
    toml = TOML
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(clean(text), encoding="utf-8")
        toml += f'[sources.books.tables.{name}]\npath = "{name}.csv"\n'
    (folder / "tenure.toml").write_text(toml, encoding="utf-8")
    ran = run(folder, "sync", *(["--strict"] if strict else []))
    assert "Traceback" not in ran.err
    return ran


def value(folder: Path, metric: str, *options: str) -> object:
    (answer,) = ask(folder, metric, "--from", "2024-05", "--to", "2024-05", *options)["metrics"]
    found: object = answer["rows"][0]["value"]
    return found


def test_scores_off_their_scale_are_left_out_and_counted(tmp_path: Path) -> None:
    """NPS 10 and 3 count (0); 11, -1, none, a scale to 5 and a score of 10^13 do not; of csat 5 counts, 6 does not."""
    load(
        tmp_path,
        strict=True,
        survey_responses="""
            response_id,kind,asked_at,answered_at,score,scale_min,scale_max
            1,nps,2024-05-01,2024-05-02,10,,
            2,nps,2024-05-01,2024-05-02,3,0,10
            3,nps,2024-05-01,2024-05-02,11,0,10
            4,nps,2024-05-01,2024-05-02,-1,0,10
            5,nps,2024-05-01,2024-05-02,,0,10
            6,nps,2024-05-01,2024-05-02,5,1,5
            7,nps,2024-05-01,2024-05-02,9999999999999,0,10
            8,csat,2024-05-01,2024-05-02,5,,
            9,csat,2024-05-01,2024-05-02,6,1,5
            10,csat,2024-05-01,2024-05-02,3,5,1
            11,csat,2024-05-01,2024-05-02,70,0,100
            12,ces,2024-05-01,2024-05-02,50,0,99999999999999
        """,
    )
    assert value(tmp_path, "nps") == 0
    assert value(tmp_path, "csat") == 1
    assert value(tmp_path, "ces") is None
    told = run(tmp_path, "check").out
    assert "9 answers of surveys left out" in " ".join(told.split())
    assert "ces 1, csat 3, nps 5" in " ".join(told.split())


@pytest.mark.parametrize(
    ("table", "text", "metric"),
    [
        (
            "survey_responses",
            "response_id,kind,asked_at,answered_at,score\na,nps,2024-05-09,2024-05-02,0\nb,nps,2024-05-01,2024-05-02,10",
            "nps",
        ),
        (
            "tickets",
            "ticket_id,created_at,resolved_at\na,2024-05-09,2024-05-02\nb,2024-05-01T00:00Z,2024-05-05T04:00Z",
            "resolution_time",
        ),
        (
            "tickets",
            "ticket_id,created_at,first_response_at\na,2024-05-09,2024-05-02\nb,2024-05-01T00:00Z,2024-05-05T04:00Z",
            "first_response_time",
        ),
    ],
)
def test_answers_before_questions_are_rejected(tmp_path: Path, table: str, text: str, metric: str) -> None:
    """Answered before asked, resolved or answered before created: a reject with its line; the good row stands (100)."""
    ran = load(tmp_path, **{table: text})
    assert "rejected" in ran.err + ran.out
    assert value(tmp_path, metric) == 100
    told = run(tmp_path, "check").out
    assert f"1 row of {table} rejected" in " ".join(told.split())
    assert "line 2" in told


def test_closed_before_created_is_no_reject(tmp_path: Path) -> None:
    """No other cross-check rejects a row: the ticket counts, is not open, and has waited 0 hours."""
    load(tmp_path, strict=True, tickets="ticket_id,created_at,closed_at\na,2024-05-09,2024-05-02")
    assert value(tmp_path, "tickets") == 1
    assert value(tmp_path, "open_tickets") == 0
    assert value(tmp_path, "resolution_time", "--variant", "km_median") is None


COMMENTS = {
    "formula": "=cmd|' /C calc'!A0",
    "arabic": "الخدمة ممتازة جدا",
    "hebrew": "שירות מצוין",
    "override": "good \u202egnirts\u202c",
    "emoji": "😀",
    "zero byte free": "bad\u200b\u0301",
    "long": "good " * 3000,
}


def test_comments_in_any_script_are_kept_as_they_are(tmp_path: Path) -> None:
    """Right-to-left texts, a formula, emoji, 15,000 letters: loaded whole, never run; those without a Latin letter or
    an emoji that is known have no sentiment, so five of the seven are judged."""
    rows = ["response_id,customer_id,survey,kind,asked_at,answered_at,score,comment"]
    rows += [f'{name},C,{name},nps,2024-05-01,2024-05-02,10,"{text}"' for name, text in COMMENTS.items()]
    load(tmp_path, strict=True, survey_responses="\n".join(rows))
    (answer,) = ask(tmp_path, "sentiment", "--variant", "comments", "--from", "2024-05", "--to", "2024-05")["metrics"]
    assert answer["rows"][0]["n"] == 5
    shown = run(tmp_path, "show", "nps", "--from", "2024-05", "--to", "2024-05", "--format", "csv").out
    assert "100" in shown
    grouped = run(tmp_path, "show", "nps", "--from", "2024-05", "--to", "2024-05", "--by", "comment", "--format", "csv")
    assert ",'=cmd|" in grouped.out and ",=cmd|" not in grouped.out


def test_hours_that_cannot_be_read_are_left_out_and_counted(tmp_path: Path) -> None:
    """Opens at "nine", a zone on Mars, 25:00: three rows left out; Monday 9 to 17 stands (8 hours)."""
    load(
        tmp_path,
        strict=True,
        tickets="ticket_id,created_at,resolved_at\na,2024-05-06T00:00Z,2024-05-07T00:00Z",
        schedules="""
            schedule,weekday,opens,closes,timezone
            desk,monday,09:00,17:00,UTC
            desk,tuesday,nine,17:00,UTC
            desk,friday,09:00,17:00,Mars/Olympus
            desk,sunday,09:00,25:00,UTC
        """,
    )
    assert value(tmp_path, "resolution_time", "--variant", "business") == 8
    assert "3 rows of schedules left out" in " ".join(run(tmp_path, "check").out.split())


def test_tickets_whose_answers_are_unknown_are_counted(tmp_path: Path) -> None:
    load(tmp_path, strict=True, tickets="ticket_id,created_at\na,2024-05-06\nb,2024-05-06")
    assert value(tmp_path, "first_contact_resolution") is None
    assert "2 tickets left out of first_contact_resolution" in " ".join(run(tmp_path, "check").out.split())


def test_absurd_ratings_and_sentiments(tmp_path: Path) -> None:
    """Stars of 10^13 and below 0, a scale of 0, a sentiment of 7: left out and counted; 4 of 5 and 0.5 stand."""
    load(
        tmp_path,
        strict=True,
        reviews="review_id,at,rating,scale_max\na,2024-05-01,4,5\nb,2024-05-01,9999999999999,5\nc,2024-05-01,-1,5\n"
        "d,2024-05-01,1,0",
        mentions="mention_id,at,body,sentiment\na,2024-05-01,x,0.5\nb,2024-05-01,x,7",
    )
    assert (value(tmp_path, "rating"), value(tmp_path, "sentiment")) == (4, 0.5)
    told = " ".join(run(tmp_path, "check").out.split())
    assert "3 reviews left out of the rating" in told
    assert "1 post left out of sentiment" in told
