"""The oracle against figures worked by hand, and against the laws its figures must keep. It is tested, not trusted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
import world
from oracle import world as random_world
from oracle.ask import MOVEMENTS, Oracle, Question
from oracle.movements import Scope
from oracle.spans import DAY, Calendar, Span, add_months

GRAINS = ("day", "week", "month", "quarter", "year", "total")
MARCH = Calendar().containing(date(2024, 3, 1), "month")
Stretch = tuple[str, int, str, str]
"""customer, amount a month, first day, end (empty: none)"""


def span(label: str) -> Span:
    year = int(label[:4])
    if "Q" in label:
        return Calendar().containing(date(year, 3 * int(label[-1]), 1), "quarter")
    return Calendar().containing(date(year, int(label[5:]), 1), "month")


def company(folder: Path, stretches: Iterable[Stretch] = (), toml: str = "", **tables: str) -> Oracle:
    """A company of simple monthly items (or of the CSV text given), as the oracle reads it."""
    lines = [
        f"s{number},{who},{amount},USD,month,{start},{end}"
        for number, (who, amount, start, end) in enumerate(stretches)
    ]
    if lines:
        head = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at"
        tables["subscriptions"] = "\n".join([head, *lines])
    text = f'[workspace]\n{toml}\n[sources.books]\ntype = "files"\n'
    for table, content in tables.items():
        (folder / f"{table}.csv").write_text(content + "\n", encoding="utf-8")
        text += f'[sources.books.tables.{table}]\npath = "{table}.csv"\n'
    (folder / "tenure.toml").write_text(text, encoding="utf-8")
    return Oracle(folder)


def figure(oracle: Oracle, metric: str, variant: str | None = None, when: Span = MARCH) -> Fraction | None:
    return oracle.ask(metric, variant, Question(when)).value


# the small world


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(world.write(tmp_path_factory.mktemp("small")))


@pytest.mark.parametrize(("metric", "variant"), world.FIGURES)
def test_small_world(small: Oracle, metric: str, variant: str | None) -> None:
    for period, by_hand in world.FIGURES[metric, variant].items():
        expected = Fraction(*by_hand) if isinstance(by_hand, tuple) else Fraction(by_hand)
        assert figure(small, metric, variant, span(period)) == expected, period


@pytest.mark.parametrize(("metric", "variant"), world.COHORT)
def test_small_world_cohort(small: Oracle, metric: str, variant: str | None) -> None:
    answers = small.ask_ages(metric, variant, Question(span("2023-12")), "month")
    assert [answer.value for answer in answers] == [Fraction(*pair) for pair in world.COHORT[metric, variant]]


def test_small_world_transfer(small: Oracle) -> None:
    """Birch's 300 goes from Ann to Ben in February, after its upsell as Ann's."""
    for owner, amount, expansion in (("Ann", -300, 100), ("Ben", 300, 50)):
        question = Question(
            span("2024-02"), lambda c, day, owner=owner: small.books.attribute(c, "owner", day) == owner
        )
        assert small.ask("transfer_mrr", None, question).value == amount
        assert small.ask("expansion_mrr", None, question).value == expansion


# the worked numbers of the definitions


def test_mrr_of_intervals(tmp_path: Path) -> None:
    head = "subscription_id,customer_id,amount,currency,interval,started_at\n"
    yearly = "".join(f"y{n},y,2000,USD,year,2024-01-01\n" for n in range(3))
    oracle = company(
        tmp_path,
        subscriptions=f"{head}{yearly}a,a,1200,USD,year,2024-01-01\nw,w,100,USD,week,2024-01-01\nq,q,300,USD,quarter,2024-01-01",
    )
    level = oracle.ledger().level
    assert [level(c, MARCH.start) for c in "yawq"] == [500, 100, Fraction(1300, 3), 100]


def test_a_changed_interval_is_no_movement(tmp_path: Path) -> None:
    head = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at\n"
    oracle = company(
        tmp_path, subscriptions=f"{head}s,a,100,USD,month,2024-01-01,2024-03-10\ns,a,1200,USD,year,2024-03-10,"
    )
    assert [move.kind for move in oracle.moves()] == ["new"]


def test_a_coupon_runs_out(tmp_path: Path) -> None:
    head = (
        "subscription_id,customer_id,amount,list_amount,discount_kind,discount_ends_at,currency,interval,started_at\n"
    )
    oracle = company(tmp_path, subscriptions=f"{head}s,a,50,100,repeating,2024-04-01,USD,month,2024-01-01")
    assert [figure(oracle, "mrr", None, span(f"2024-0{n}")) for n in (1, 2, 3, 4)] == [50, 50, 50, 100]
    assert figure(oracle, "expansion_mrr", None, span("2024-04")) == 50


def test_one_of_two_cancelled(tmp_path: Path) -> None:
    oracle = company(tmp_path, [("a", 60, "2024-01-01", ""), ("a", 40, "2024-01-01", "2024-03-05")])
    assert (figure(oracle, "mrr"), figure(oracle, "customers"), figure(oracle, "contraction_mrr")) == (60, 1, -40)


def test_free_is_churn(tmp_path: Path) -> None:
    oracle = company(tmp_path, [("a", 60, "2024-01-01", "2024-03-05"), ("a", 0, "2024-03-05", "")])
    assert (figure(oracle, "customers"), figure(oracle, "churned_mrr")) == (0, -60)


@pytest.mark.parametrize(("rule", "day"), [("scheduled_at", date(2023, 3, 10)), ("service_end", date(2024, 1, 1))])
def test_when_churn_counts(tmp_path: Path, rule: str, day: date) -> None:
    head = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at,cancel_requested_at\n"
    row = "s,a,1200,USD,year,2023-01-01,2024-01-01,2023-03-10"
    oracle = company(tmp_path, toml=f'[policy]\nchurn_at = "{rule}"', subscriptions=head + row)
    assert [move.day for move in oracle.moves() if move.kind == "churn"] == [day]


def test_nrr(tmp_path: Path) -> None:
    stretches = [("a", 60, "2024-01-01", "2024-03-09"), ("a", 90, "2024-03-09", "")]
    stretches += [("b", 40, "2024-01-01", "2024-03-20"), ("c", 50, "2024-03-02", "")]
    oracle = company(tmp_path, stretches)
    assert figure(oracle, "nrr") == figure(oracle, "nrr", "movements") == Fraction(90, 100)


def test_nrr_and_grr_of_a_hundred_thousand(tmp_path: Path) -> None:
    stretches = [("up", 50000, "2024-01-01", "2024-03-09"), ("up", 65000, "2024-03-09", "")]
    stretches += [("down", 42000, "2024-01-01", "2024-03-09"), ("down", 37000, "2024-03-09", "")]
    oracle = company(tmp_path, [*stretches, ("gone", 8000, "2024-01-01", "2024-03-09")])
    assert (figure(oracle, "nrr"), figure(oracle, "grr")) == (Fraction(102, 100), Fraction(87, 100))


def test_down_and_up_again(tmp_path: Path) -> None:
    steps = [
        ("a", 100, "2024-01-01", "2024-03-05"),
        ("a", 60, "2024-03-05", "2024-03-20"),
        ("a", 100, "2024-03-20", ""),
    ]
    oracle = company(tmp_path, steps)
    assert (figure(oracle, "grr"), figure(oracle, "grr", "movements")) == (1, Fraction(60, 100))


@pytest.mark.parametrize(
    ("start", "lost", "new", "retention"),
    [(500, 31, 43, Fraction(938, 1000)), (400, 32, 0, Fraction(92, 100)), (100, 25, 0, Fraction(3, 4))],
)
def test_customer_retention(tmp_path: Path, start: int, lost: int, new: int, retention: Fraction) -> None:
    old = [(f"c{n}", 10, "2024-01-01", "2024-03-10" if n < lost else "") for n in range(start)]
    oracle = company(tmp_path, [*old, *((f"n{n}", 10, "2024-03-03", "") for n in range(new))])
    assert figure(oracle, "customer_retention_rate") == figure(oracle, "customer_retention_rate", "counts") == retention
    assert figure(oracle, "customer_churn_rate") == 1 - retention
    assert figure(oracle, "customer_growth") == Fraction(new - lost, start)


def test_annualised_churn(tmp_path: Path) -> None:
    oracle = company(tmp_path, [(f"c{n}", 10, "2024-01-01", "2024-03-10" if n == 0 else "") for n in range(20)])
    value = figure(oracle, "customer_churn_rate", "annualised")
    assert value is not None and round(float(value), 4) == 0.4596


def test_revenue_churn_and_quick_ratio(tmp_path: Path) -> None:
    stretches = [
        ("a", 10, "2024-01-01", "2024-03-05"),
        ("b", 40, "2024-01-01", "2024-03-05"),
        ("b", 30, "2024-03-05", ""),
    ]
    stretches += [("c", 50, "2024-01-01", "2024-03-05"), ("c", 60, "2024-03-05", "")]
    oracle = company(tmp_path, stretches)
    assert (figure(oracle, "revenue_churn_rate"), figure(oracle, "net_revenue_churn_rate")) == (
        Fraction(1, 5),
        Fraction(1, 10),
    )
    assert figure(oracle, "revenue_churn_rate", "churned_only") == Fraction(1, 10)
    assert figure(oracle, "quick_ratio") == Fraction(1, 2)


def test_quick_ratio(tmp_path: Path) -> None:
    stretches = [
        ("a", 5, "2024-01-01", "2024-03-05"),
        ("b", 10, "2024-01-01", "2024-03-05"),
        ("b", 5, "2024-03-05", ""),
    ]
    stretches += [("c", 50, "2024-01-01", "2024-03-05"), ("c", 60, "2024-03-05", ""), ("d", 20, "2024-03-05", "")]
    assert figure(company(tmp_path, stretches), "quick_ratio") == 3


def test_nothing_lost_is_no_quick_ratio(tmp_path: Path) -> None:
    answer = company(tmp_path, [("a", 5, "2024-03-01", "")]).ask("quick_ratio", None, Question(MARCH))
    assert (answer.value, answer.reason) == (None, "no_losses")


def test_renewal_is_not_retention(tmp_path: Path) -> None:
    stretches = [(f"c{n}", 10, "2024-01-01", "2024-03-15" if n == 0 else "") for n in range(10)]
    contracts = "contract_id,customer_id,starts_on,ends_on,value,outcome\nk0,c0,2023-03-15,2024-03-15,120,churned\n"
    oracle = company(tmp_path, stretches, contracts=f"{contracts}k1,c1,2023-03-20,2024-03-20,120,renewed")
    assert (figure(oracle, "renewal_rate"), figure(oracle, "customer_retention_rate")) == (
        Fraction(1, 2),
        Fraction(9, 10),
    )


def test_renewals(tmp_path: Path) -> None:
    head = "contract_id,customer_id,starts_on,ends_on,value,outcome\n"
    rows = (f"k{n},c{n},2023-03-15,2024-03-15,120,{'churned' if n < 50 else 'renewed'}\n" for n in range(1000))
    assert figure(company(tmp_path, contracts=head + "".join(rows)), "renewal_rate") == Fraction(95, 100)


def test_expansion_of_a_fixed_set(tmp_path: Path) -> None:
    oracle = company(
        tmp_path, [("a", 25000, "2024-01-01", "2024-03-05"), ("a", 30000, "2024-03-05", ""), ("b", 9, "2024-03-05", "")]
    )
    assert figure(oracle, "expansion_rate", "net") == Fraction(1, 5)


def test_arpu(tmp_path: Path) -> None:
    users = "".join(f"e{n},u{n},opened,2024-03-07\n" for n in range(2500))
    oracle = company(
        tmp_path,
        [("a", 1, "2024-01-01", "")],
        payments="payment_id,customer_id,at,amount,currency,status\np,a,2024-03-02,52000,USD,succeeded",
        events="event_id,contact_id,name,at\n" + users,
    )
    assert figure(oracle, "arpu") == Fraction(2080, 100)


def test_retention_by_use(tmp_path: Path) -> None:
    """Three users who start together; they return on day 1, on day 5, never."""
    uses = [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 5)]
    rows = "".join(f"e{n},{who},opened,2024-01-0{1 + day}\n" for n, (who, day) in enumerate(uses))
    oracle = company(
        tmp_path,
        [(who, 10, "2024-01-01", "") for who in "abc"],
        toml="as_of = 2024-01-08",
        events="event_id,customer_id,name,at\n" + rows,
    )
    day = Question(Calendar().containing(date(2024, 1, 1), "day"))
    read = {
        name: oracle.ask_ages("cohort_retention", f"active_{name}", day, "day") for name in ("bounded", "unbounded")
    }
    third = Fraction(1, 3)
    assert [answer.value for answer in read["bounded"]] == [1, third, 0, 0, 0, third, 0]
    assert [answer.value for answer in read["unbounded"]] == [1, 2 * third, third, third, third, third, 0]


# laws, on random worlds


def groups(oracle: Oracle, name: str) -> dict[str, Scope]:
    labels = {row.get(name) or "(none)" for rows in oracle.books.stretches.values() for _, _, row in rows} | {"(none)"}
    return {label: lambda c, day, label=label: oracle.books.attribute(c, name, day) == label for label in labels}


def spans_of(oracle: Oracle, made: random_world.World) -> Iterable[tuple[str, Span]]:
    for grain in GRAINS:
        first, last = made.first, made.last
        if grain == "day":
            first, last = add_months(first, 4), add_months(first, 4) + timedelta(days=15)
        for found in oracle.books.calendar.between(first, last - DAY, grain)[:16]:
            if found.start < oracle.books.cut:
                yield grain, found


WITH_SUBSCRIPTIONS = [n for n in range(12) if random_world.KINDS[n % len(random_world.KINDS)] != "no_subscriptions"]


@pytest.mark.parametrize("seed", WITH_SUBSCRIPTIONS)
def test_laws(tmp_path: Path, seed: int) -> None:
    made = random_world.write(seed, tmp_path)
    oracle = Oracle(tmp_path)
    flows = (*MOVEMENTS, "transfer_mrr")
    for grain, found in spans_of(oracle, made):
        where = f"seed {seed} {grain} {found}"
        for scope in ({"": None} | groups(oracle, "segment")).values():
            question = Question(found, scope) if scope else Question(found)
            ask = {metric: oracle.ask(metric, None, question) for metric in (*flows, "net_new_mrr", "nrr", "grr")}
            assert sum(ask[metric].value or 0 for metric in flows) == ask["net_new_mrr"].value, where
            if ask["nrr"].value is not None and ask["grr"].value is not None:
                assert 0 <= ask["grr"].value <= min(1, ask["nrr"].value), where
            kept, lost = (oracle.ask(f"customer_{word}_rate", None, question).value for word in ("retention", "churn"))
            assert (kept is None and lost is None) or (kept or 0) + (lost or 0) == 1, where
        for metric in ("mrr", "customers", "new_customers", *flows):
            parts = [
                oracle.ask(metric, None, Question(found, scope)).value or 0
                for scope in groups(oracle, "segment").values()
            ]
            assert sum(parts) == oracle.ask(metric, None, Question(found)).value, f"{where} {metric}"


@pytest.mark.parametrize("seed", range(10))
def test_laws_of_cohorts(tmp_path: Path, seed: int) -> None:
    made = random_world.write(seed, tmp_path)
    oracle = Oracle(tmp_path)
    for found in oracle.books.calendar.between(made.first, made.last - DAY, "month"):
        read = [
            oracle.ask_ages("cohort_retention", f"active_{name}", Question(found), "month")
            for name in ("continuous", "bounded", "unbounded")
        ]
        for together in zip(*read, strict=True):
            values = [answer.value for answer in together]
            if None not in values:
                assert values == sorted(values), f"seed {seed} {found}"
