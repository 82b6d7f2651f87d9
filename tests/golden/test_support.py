"""DEFINITIONS 18 and 19, INVENTORY M63 to M66: tickets, in how many contacts and hours they are resolved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from golden import near

HEADER = (
    "ticket_id,customer_id,contact_id,agent,category,status,created_at,first_response_at,resolved_at,closed_at,"
    "reopened_count,agent_replies,agent_initiated,merged_into,is_spam"
)
HOURS = "ticket_id,created_at,resolved_at"


def test_one_and_two_tickets_are_still_open(company: Any) -> None:
    """Section 19: 1, 2 and 3 h, one open at 10 h: mean 2 h, Kaplan-Meier median 2 h (S(2) = 1/2). With a second open
    one S(2) = 3/5 and S(3) = 2/5: the median is 3 h, while the mean stays 2 h."""
    three = f"""
        {HOURS}
        a,2024-05-01T00:00Z,2024-05-01T01:00Z
        b,2024-05-01T00:00Z,2024-05-01T02:00Z
        c,2024-05-01T00:00Z,2024-05-01T03:00Z
        d,2024-05-01T00:00Z,
    """
    toml = "[workspace]\nas_of = 2024-05-01T10:00:00Z"
    one = company(toml, tickets=three)
    two = company(toml, tickets=three + "e,2024-05-01T00:00Z,\n")
    for firm, median, n in ((one, 2, 4), (two, 3, 5)):
        assert firm.value("resolution_time", "2024-05") == 2
        row = firm.row("resolution_time", "2024-05", "--variant", "km_median")
        assert (row["value"], row["n"]) == (median, n)
        assert firm.value("resolution_time", "2024-05", "--variant", "median") == 2


def test_means_medians_and_percentiles(company: Any) -> None:
    """0, 1, ..., 10 hours: mean and median 5, the 90th percentile 9; resolved at once counts as 0 hours. Eleven tickets
    were counted, whether they are the figure or what it divides by."""
    rows = "\n".join(f"t{h},2024-05-01T00:00Z,2024-05-01T{h:02}:00Z" for h in range(11))
    firm = company(tickets=f"{HOURS}\n{rows}")
    found = [firm.value("resolution_time", "2024-05", "--variant", v) for v in ("default", "median", "p90")]
    assert found == [5, 5, 9]
    assert [firm.row(metric, "2024-05")["n"] for metric in ("tickets", "resolution_time")] == [11, 11]


def test_a_median_of_many_and_its_interval(company: Any) -> None:
    """0, 1, 4, ..., 3000 squared seconds: half take longer than 1500 squared. The ranks of the interval are 1.96 x
    sqrt(3000 / 4) = 53.7 away and one further: 1445 and 1555 squared; of the 90th percentile, 2700, 1.96 x sqrt(3000 x
    .09) = 32.2 away: 2666 and 2734. Of 1,000 with a hundred at each of 0 to 9 hours the middle two are 4 and 5: 4.5 h,
    and a tenth of the way from 8 to 9 is 8.1 h."""
    end = datetime(2024, 5, 20)
    taken = [("wide", second * second) for second in range(3001)]
    taken += [("even", number // 100 * 3600) for number in range(1000)]
    rows = [
        f"{kind}{number},{kind},{end - timedelta(seconds=length):%Y-%m-%dT%H:%M:%SZ},{end:%Y-%m-%dT%H:%M:%SZ}"
        for number, (kind, length) in enumerate(taken)
    ]
    firm = company(tickets="\n".join(["ticket_id,category,created_at,resolved_at", *rows]))
    for variant, ranks in (("median", (1445, 1500, 1555)), ("p90", (2666, 2700, 2734))):
        options = ("--from", "2024-05", "--to", "2024-05", "--variant", variant, "--by", "category")
        even, wide = firm.rows("resolution_time", *options)
        hours = [near(rank * rank / 3600) for rank in ranks]
        assert [wide["low"], wide["value"], wide["high"]] == hours
        assert (wide["n"], even["n"]) == (3001, 1000)
        assert even["value"] == near({"median": 4.5, "p90": 8.1}[variant])


# Berlin: clocks go forward on Sunday 2024-03-31, back on Sunday 2024-10-27.
DESK = "schedule,weekday,opens,closes,timezone\n" + "".join(
    f"berlin,{day},09:00,17:00,Europe/Berlin\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
)


def test_business_hours_know_weekends_holidays_and_clocks(company: Any) -> None:
    """Friday 2024-03-29 15:00 in Berlin (14:00 UTC) to Tuesday 2024-04-02 10:00 (08:00 UTC): 2 h on Friday, nothing at
    the weekend, nothing on Easter Monday, 1 h on Tuesday: 3 h of 90 by the calendar (the night is an hour shorter)."""
    firm = company(
        tickets="ticket_id,agent,created_at,resolved_at\nt,Ida,2024-03-29T14:00Z,2024-04-02T08:00Z",
        agents="agent,schedule\nIda,berlin",
        schedules=DESK,
        holidays="schedule,on\nberlin,2024-04-01",
    )
    assert firm.value("resolution_time", "2024-04") == 90
    assert firm.value("resolution_time", "2024-04", "--variant", "business") == 3


def test_hours_over_a_night_on_which_clocks_change(company: Any) -> None:
    """A night desk from 22:00 to 06:00 is open for 7 hours when clocks go forward and for 9 when they go back."""
    firm = company(
        tickets="""
            ticket_id,agent,created_at,resolved_at
            spring,Ida,2024-03-30T12:00Z,2024-03-31T12:00Z
            autumn,Ida,2024-10-26T12:00Z,2024-10-27T12:00Z
        """,
        schedules="schedule,weekday,opens,closes,timezone\nnight,saturday,22:00,06:00,Europe/Berlin",
    )
    assert firm.value("resolution_time", "2024-03", "--variant", "business") == 7
    assert firm.value("resolution_time", "2024-10", "--variant", "business") == 9


HANDED = {
    "agents": "agent,schedule\nIda,berlin\nJo,never\n",
    "schedules": DESK + "tokyo,monday,00:00,24:00,UTC\n",
}


def test_each_agent_by_their_own_schedule(company: Any) -> None:
    """Monday 2024-05-06, 06:00 to 14:00 UTC; Ida (09 to 17 in Berlin, 07 to 15 UTC) until 10:00, then Kim, whose desk
    is open all Monday: by the last schedule 8 h, by each one's 3 + 4. With Jo, who has no hours, instead: unknown."""
    changes = "change_id,ticket_id,at,field,value\n1,t,2024-05-06T08:00Z,agent,Ida\n2,t,2024-05-06T10:00Z,agent,{}\n"
    tickets = "ticket_id,agent,created_at,resolved_at\nt,Kim,2024-05-06T06:00Z,2024-05-06T14:00Z"
    tables = HANDED | {"agents": HANDED["agents"] + "Kim,tokyo\n"}
    firm = company(tickets=tickets, ticket_changes=changes.format("Kim"), **tables)
    assert firm.value("resolution_time", "2024-05", "--variant", "business_last_schedule") == 8
    assert firm.value("resolution_time", "2024-05", "--variant", "business_all_schedules") == 3 + 4
    lost = company(tickets=tickets, ticket_changes=changes.format("Jo"), **tables)
    assert lost.row("resolution_time", "2024-05", "--variant", "business_all_schedules")["value"] is None


def test_effort_leaves_out_the_time_it_stood_solved(company: Any) -> None:
    """Created at 0:00, solved at 2:00, reopened at 10:00, solved at 11:00 and closed: 11 h in all, 3 h of effort, 2 h
    to the first resolution. Reopened without a history: unknown; never reopened: 4 h."""
    firm = company(
        tickets="""
            ticket_id,customer_id,category,created_at,first_resolved_at,resolved_at,reopened_count
            a,A,history,2024-05-01T00:00Z,2024-05-01T02:00Z,2024-05-01T11:00Z,1
            b,B,unknown,2024-05-01T00:00Z,,2024-05-01T09:00Z,2
            c,C,once,2024-05-01T00:00Z,,2024-05-01T04:00Z,0
        """,
        ticket_changes="""
            change_id,ticket_id,at,field,value
            1,a,2024-05-01T00:00Z,status,new
            2,a,2024-05-01T02:00Z,status,solved
            3,a,2024-05-01T10:00Z,status,open
            4,a,2024-05-01T11:00Z,status,solved
            5,a,2024-05-05T11:00Z,status,closed
        """,
    )
    assert firm.by("category", "resolution_time", "2024-05") == {"history": 11, "once": 4, "unknown": 9}
    effort = firm.by("category", "resolution_time", "2024-05", "--variant", "effort")
    assert effort == {"history": 3, "once": 4}
    first = firm.by("category", "resolution_time", "2024-05", "--variant", "first")
    assert first == {"history": 2, "once": 4}


def test_time_that_waits_for_the_customer(company: Any) -> None:
    """Open from 0:00, pending from 1:00 to 4:00, on hold to 5:00, solved at 6:00: 6 h in all, 3 h without the pending
    ones; on hold is somebody else's wait, not the customer's. Without a history nobody can tell."""
    firm = company(
        tickets="""
            ticket_id,customer_id,category,created_at,resolved_at
            a,A,history,2024-05-01T00:00Z,2024-05-01T06:00Z
            b,B,unknown,2024-05-01T00:00Z,2024-05-01T09:00Z
        """,
        ticket_changes="""
            change_id,ticket_id,at,field,value
            1,a,2024-05-01T00:00Z,status,open
            2,a,2024-05-01T01:00Z,status,pending
            3,a,2024-05-01T04:00Z,status,on_hold
            4,a,2024-05-01T05:00Z,status,open
            5,a,2024-05-01T06:00Z,status,solved
        """,
    )
    assert firm.by("category", "resolution_time", "2024-05") == {"history": 6, "unknown": 9}
    assert firm.by("category", "resolution_time", "2024-05", "--variant", "without_pending") == {"history": 3}


CONTACTS = f"""
    {HEADER}
    one,A,a,,x,closed,2024-05-01,,2024-05-02,,0,1,,,
    zero,A,a,,y,closed,2024-05-01,,,2024-05-02,,0,,,
    two,B,b,,x,solved,2024-05-01,,2024-05-02,,0,2,,,
    back,C,c,,x,solved,2024-05-01,,2024-05-02,,1,1,,,
    open,D,d,,x,open,2024-05-01,,,,0,1,,,
    unknown,E,e,,x,solved,2024-05-01,,2024-05-02,,0,,,,
    ours,F,f,,x,solved,2024-05-01,,2024-05-02,,0,1,true,,
    again,A,a,,x,solved,2024-05-06,,2024-05-07,,0,3,,,
    spam,,,,,closed,2024-05-01,,2024-05-02,,0,0,,,true
    merged,A,a,,x,closed,2024-05-01,,2024-05-02,,0,0,,one,
    deleted,A,a,,x,deleted,2024-05-01,,2024-05-02,,0,0,,,
"""


def test_what_counts_as_first_contact(company: Any) -> None:
    """Of one, zero, two, back, open, again (unknown and ours left out) one and zero: 2 of 6. With fewer than two
    answers, reopened or not: 3 of 6; with exactly one 2 of 6; of those resolved or closed 2 of 5. Who came back with
    topic x within 7 days: one, so 6 of 7 did not (unknown counts, ours does not). Reopened: 1 of the 6 resolved."""
    firm = company(tickets=CONTACTS)
    wanted = {
        "default": near(2 / 6),
        "one_touch_zendesk": near(3 / 6),
        "one_touch_exact": near(2 / 6),
        "resolved_only_denominator": near(2 / 5),
        "repeat_contact": near(6 / 7),
        "mature": near(2 / 6),
    }
    assert {v: firm.value("first_contact_resolution", "2024-05", "--variant", v) for v in wanted} == wanted
    assert firm.many(["tickets", "open_tickets", "reopen_rate"], "2024-05") == {
        "tickets": 8,
        "open_tickets": 1,
        "reopen_rate": near(1 / 6),
    }


def test_a_period_settles(company: Any) -> None:
    """A week after its end a period's first contacts are complete; of tickets younger than 14 days none is mature."""
    ticket = f"{HEADER}\none,A,a,,x,closed,2024-05-30,,2024-05-31,,0,1,,,\n"
    young = company("[workspace]\nas_of = 2024-06-07", tickets=ticket)
    assert young.row("first_contact_resolution", "2024-05")["complete"] is False
    assert young.value("first_contact_resolution", "2024-05", "--variant", "mature") is None
    old = company("[workspace]\nas_of = 2024-06-14", tickets=ticket)
    assert old.row("first_contact_resolution", "2024-05")["complete"] is True
    row = old.row("first_contact_resolution", "2024-05", "--variant", "mature")
    assert (row["value"], row["complete"]) == (1, False)


def test_a_thank_you_does_not_undo_a_first_contact(company: Any) -> None:
    """Reopened two days after being solved: without an agent's answer after that (a thank-you) it lasts, with one it
    does not; nor does the agent's answer count that came ten days later."""
    changes = ["change_id,ticket_id,at,field,value"]
    for number, (ticket, back) in enumerate((("thanks", "04"), ("again", "04"), ("late", "12"))):
        changes += [f"{number}s,{ticket},2024-05-02,status,solved", f"{number}o,{ticket},2024-05-{back},status,open"]
    firm = company(
        tickets=f"""
            {HEADER}
            thanks,A,a,,thanks,solved,2024-05-01,,2024-05-05,,1,1,,,
            again,B,b,,again,solved,2024-05-01,,2024-05-05,,1,1,,,
            late,C,c,,late,solved,2024-05-01,,2024-05-13,,1,1,,,
        """,
        ticket_changes="\n".join(changes),
        ticket_messages="""
            message_id,ticket_id,at,author,public
            1,thanks,2024-05-01,agent,true
            2,thanks,2024-05-06,agent,false
            3,again,2024-05-05,agent,true
            4,late,2024-05-13,agent,true
        """,
    )
    found = firm.by("category", "first_contact_resolution", "2024-05", "--variant", "mature")
    assert found == {"again": 0, "late": 1, "thanks": 1}


def test_a_transfer_undoes_a_first_contact_where_the_policy_says_so(company: Any) -> None:
    """Two tickets solved with one answer, one of them by another team: both last, or only the one that stayed."""
    tickets = """
        ticket_id,customer_id,category,status,created_at,resolved_at,agent_replies,reassignments
        here,A,here,solved,2024-05-01,2024-05-02,1,0
        there,B,there,solved,2024-05-01,2024-05-02,1,1
    """
    asked = ("category", "first_contact_resolution", "2024-05", "--variant", "mature")
    assert company(tickets=tickets).by(*asked) == {"here": 1, "there": 1}
    assert company('[policy]\nfcr_transfers = "undo"', tickets=tickets).by(*asked) == {"here": 1, "there": 0}


def test_customers_say_whether_once_was_enough(company: Any) -> None:
    """Asked after a ticket: yes, no, yes, and one blank: 2 of 3."""
    firm = company(
        survey_responses="""
            response_id,kind,question,touchpoint,asked_at,answered_at,is_positive
            1,other,first_contact_resolution,ticket,2024-05-01,2024-05-02,true
            2,other,first_contact_resolution,ticket,2024-05-01,2024-05-02,false
            3,other,first_contact_resolution,ticket,2024-05-01,2024-05-02,true
            4,other,first_contact_resolution,ticket,2024-05-01,2024-05-02,
        """
    )
    assert firm.value("first_contact_resolution", "2024-05", "--variant", "survey_fcr") == near(2 / 3)


def test_waiting_for_the_first_answer(company: Any) -> None:
    """Answered after 1, 2 and 6 h, one not yet after 30 h: mean 3 h, median 2 h, Kaplan-Meier 2 h; in May's column all
    four, whenever they are answered."""
    firm = company(
        "[workspace]\nas_of = 2024-06-01T06:00:00Z",
        tickets="""
            ticket_id,created_at,first_response_at
            a,2024-05-31T00:00Z,2024-05-31T01:00Z
            b,2024-05-31T00:00Z,2024-05-31T02:00Z
            c,2024-05-31T20:00Z,2024-06-01T02:00Z
            d,2024-05-31T00:00Z,
        """,
    )
    rows = [firm.row("first_response_time", "2024-05", "--variant", v) for v in ("default", "median", "km_median")]
    assert [(row["value"], row["n"]) for row in rows] == [(3, 3), (2, 3), (2, 4)]


def test_a_backlog_day_by_day(company: Any) -> None:
    """A opened on the 1st and resolved on the 3rd, B opened on the 2nd and closed on the 5th at 0:00, C never: open at
    the end of the 1st to 5th 1, 2, 2 (B, C), 2, 1."""
    firm = company(
        tickets="""
            ticket_id,created_at,resolved_at,closed_at
            A,2024-05-01T08:00Z,2024-05-03T08:00Z,2024-05-09T08:00Z
            B,2024-05-02T08:00Z,,2024-05-05T00:00Z
            C,2024-05-03T08:00Z,,
        """
    )
    assert firm.over("open_tickets", "2024-05-01", "2024-05-05") == [1, 2, 2, 2, 1]
    assert firm.over("tickets", "2024-05-01", "2024-05-05") == [1, 1, 1, 0, 0]


def test_a_backlog_of_groups_that_change(company: Any) -> None:
    """A's ticket is open from 1 May to 3 June; A moves from north to south on 10 May. B's, in the north, from 2 to 20
    May. At the end of April, May and June north has 0, 0, 0 and south 0, 1, 0; at the end of 5 May north has 2."""
    firm = company(
        customers="""
            customer_id,region,valid_from,valid_to
            A,north,2024-01-01,2024-05-10
            A,south,2024-05-10,
            B,north,2024-01-01,
        """,
        tickets="""
            ticket_id,customer_id,created_at,resolved_at
            a,A,2024-05-01T08:00Z,2024-06-03T08:00Z
            b,B,2024-05-02T08:00Z,2024-05-20T08:00Z
        """,
    )
    rows = firm.rows("open_tickets", "--from", "2024-04", "--to", "2024-06", "--by", "region")
    assert {(row["period"], row["by"]["region"]): row["value"] for row in rows if row["value"]} == {
        ("2024-05", "south"): 1
    }
    day = ("--from", "2024-05-05", "--to", "2024-05-05", "--grain", "day")
    assert [(row["by"]["region"], row["value"]) for row in firm.rows("open_tickets", *day, "--by", "region")] == [
        ("north", 2)
    ]
