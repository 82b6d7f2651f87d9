"""A metric's formula in words, from the expression itself. Language floor.

An outer expression reads as arithmetic on noun phrases ("MRR at the end, divided by ..."), a condition on customers as
what they do ("paid at the start"). Two leaves of one formula never read alike, since `explain` names its parts by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tenure.expr import (
    Across,
    Aged,
    ByGrain,
    Col,
    Const,
    Expr,
    FirstWith,
    Flow,
    IfOne,
    Integral,
    Length,
    Level,
    Mean,
    Moves,
    Named,
    Op,
    Over,
    Power,
    Ratio,
    Rows,
    Setting,
    Steps,
)
from tenure.lasting import Fetched, Lasting, Of, Ranked

_MOMENT = {"start": "at the start", "end": "at the end"}
_OF_MOMENT = {"start": "of the start", "end": "of the end"}
_LEVEL = {"mrr": "MRR", "customer": "being a customer", "known": "being known"}

# What customers do who are above 0 at a moment, and who are not.
_DO = {
    ("mrr", "start"): ("paid at the start", "did not pay at the start"),
    ("mrr", "end"): ("pay at the end", "do not pay at the end"),
    ("customer", "start"): ("were customers at the start", "were not customers at the start"),
    ("customer", "end"): ("are customers at the end", "are not customers at the end"),
    ("known", "end"): ("are known at the end", "are not known at the end"),
}
# A kind of movement: where its money is from, how it is counted, what a customer did.
_MOVED = {
    "new": ("new customers", "new customers", "joined"),
    "expansion": ("expansion", "expansions", "expanded"),
    "reactivation": ("reactivation", "returns", "returned"),
    "contraction": ("contraction", "contractions", "contracted"),
    "churn": ("churn", "exits", "left"),
}
_LOSSES = {"contraction", "churn"}
_HELD = {"fx": "what exchange rates did to", "transfer": "what moves between segments added to"}

# Rows in the period, by the table and clock, and amounts whose column says it all.
_ROWS = {
    ("terms", "due_day"): "contracts due in the period",
    ("terms", "signing_day"): "contracts signed or lost in the period",
}
_SALES = {"upsell": "upsells", "cross_sell": "cross-sells"}
_AMOUNTS = {
    "received": "payments less refunds",
    "fees": "payment fees",
    "sold": "orders",
    "billed": "invoices",
    "one_off": "invoices that are not recurring",
}
_COLUMNS = {
    "due_value": "yearly value",
    "new_value": "new yearly value",
    "total": "whole value",
    "new_total": "new whole value",
    "given": "score",
    "square": "squares",
    "plain": "points",
    "weighted": "weighted points",
    "feeling": "sentiment",
    "seconds": "hours",
    "first_seconds": "hours to the first resolution",
    "response_seconds": "hours to the first answer",
    "business": "business hours",
    "business_response": "business hours to the first answer",
    "all_schedules": "business hours of each agent",
    "effort": "hours while open",
}
_AGED = {
    None: "k periods later",
    "bounded": "in the k-th period after",
    "unbounded": "in the k-th period after or later",
    "continuous": "in every period up to the k-th after",
    "return_by": "in one of the k periods after",
}
_COMPARE = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "==": "of", "!=": "other than"}


def words(x: Expr) -> str:
    """An expression as an English phrase."""
    match x:
        case Across():
            return _across(x)
        case Ratio(top=Op(name="+", args=(one, other)), bottom=Const(value=2)):
            return f"the mean of {words(one)} and {words(other)}"
        case Ratio(top=Const(value=0), bottom=Const(value=0)):
            return "no value"
        case Ratio(top=top, bottom=bottom):
            return f"{_group(top)}, divided by {_group(bottom)}"
        case Level(steps=steps, moment=moment, rates=rates):
            held = f"{_level(steps)} {_MOMENT[moment]}"
            return f"{held} (at the rates {_OF_MOMENT[rates]})" if rates and rates != moment else held
        case Integral(steps=steps, weight=weight):
            each = f"the sum of {_level(steps)} at each day's close"
            return f"{each}, divided by the days of its month" if weight == "month" else each
        case Flow():
            return _flow(x)
        case Op():
            return _operator(x)
        case Power(x=inner, power=power):
            return f"{_group(inner)} to the power of {_group(power) if isinstance(power, Expr) else power}"
        case Over(x=inner, grain=grain, how="last"):
            return f"in the last {grain} of the period, {words(inner)}"
        case Over(x=inner, grain=grain, how=how, back=back):
            span = f"the last {back} {grain}s" if back else f"each {grain} of the period"
            return f"the {how}, over {span}, of ({words(inner)})"
        case Mean(args=args):
            return f"the mean of what there is of {_listed([words(a) for a in args])}"
        case Length(unit=unit):
            return f"the number of {unit} in the period"
        case FirstWith(choices=choices, otherwise=otherwise):
            ways = list(dict.fromkeys(words(e) for e in (*(e for _, e in choices), otherwise)))
            return "the first there is of " + "; ".join(ways) if len(ways) > 1 else ways[0]
        case ByGrain(choices=choices, otherwise=otherwise):
            grains_of = {e: " and ".join(grain for grain, other in choices if other == e) for _, e in choices}
            return "; ".join(
                [*(f"by {grains} {words(e)}" for e, grains in grains_of.items()), f"otherwise {words(otherwise)}"]
            )
        case Named(name=name):
            return name
        case IfOne(test=test, then=then, otherwise=otherwise):
            return f"{words(then)}; where {words(test)} is above 1, {words(otherwise)}"
        case Setting(key=key):
            return key.replace("_", " ")
        case Of():
            return _of(x)
        case Aged():
            return _aged(x)
        case Const(value=value):
            return str(value)
        case Col(name=name):
            return _COLUMNS.get(name, name.replace("_", " "))
    return repr(x)


def _across(x: Across) -> str:
    match x:
        case Across(how="count", x=condition):
            return f"the number of {'those' if _of_customers(condition) else 'customers'} who {_clause(condition)}"
        case Across(how="distinct", x=Flow(x=Col(name="cust"), rows=Rows()) as flow):
            return f"the number of different customers in the {_spanned(flow)}"
        case Across(how="distinct", x=Flow(x=column, rows=Rows(back=back)) as flow) if back:
            return f"the number of different {words(column)}s in the {_rows(flow)}"
        case Across(how="distinct", x=Flow(x=column) as flow):
            rows = _rows(flow).removesuffix(" in the period")
            return f"the number of different {words(column)}s in the period's {rows}"
        case Across(how="least" | "greatest" as how, x=Flow() as flow):
            return f"the {'smallest' if how == 'least' else 'largest'} {words(flow.x)} of {_rows(flow)}"
        case Across(x=Const(value=0)):
            return "nothing, since no attribute with history is asked for"
    lost = _lost(x)
    return f"{lost}, as a negative amount" if lost else words(x.x)


def _operator(x: Op) -> str:
    args = x.args
    match x.name:
        case "where":
            return f"{words(args[0])} of those who {_clause(args[1])}"
        case "else":
            return f"{words(args[0])} (else {words(args[1])})"
        case "least" | "greatest":
            which = "smaller" if x.name == "least" else "larger"
            return f"the {which}, one by one, of {_listed([words(a) for a in args])}"
        case "-" if args[0] == Const(0):
            return _lost(args[1]) or f"minus {_group(args[1])}"
        case "+" if lost := _lost(args[1]):
            return f"{words(args[0])}, less {lost}"
        case "+" | "-":
            return f"{words(args[0])}, {'plus' if x.name == '+' else 'less'} {_group(args[1])}"
        case "*":
            return f"{'twice' if args[0] == Const(2) else f'{words(args[0])} times'} {_group(args[1])}"
    return _clause(x)


def _clause(x: Expr) -> str:
    """A condition on a customer as what they do: 'paid at the start'."""
    match x:
        case Op(name="and", args=(Flow() | Op(), Op(name="and" | "or")) as args):
            return f"{_clause(args[0])} and ({_clause(args[1])})"
        case Op(name="and" | "or" as name, args=args):
            return f" {name} ".join(_clause(a) for a in args)
        case Op(name=">", args=(Level(steps=steps, moment=moment), Const(value=0))):
            return _DO[steps.name, moment][0] + _rules(steps)
        case Op(name="not", args=(Op(name=">", args=(Level(steps=steps, moment=moment), Const(value=0))),)):
            return _DO[steps.name, moment][1] + _rules(steps)
        case Op(name="==", args=(Level(steps=steps, moment=moment), Const(value=0))):
            return _DO[steps.name, moment][1] + _rules(steps)
        case Op(name=">", args=(Flow(rows=Moves(steps=steps), keep=keep), Const(value=0))):
            did = _listed([_MOVED[kind][2] for kind in _kinds(keep)], "or")
            late = isinstance(keep, Op) and keep.name == "and"
            return f"{did} {'after the first day of the period' if late else 'in the period'}{_rules(steps)}"
        case Op(name=">", args=(Flow() as flow, Const(value=0))):
            return f"had {_rows(flow).removesuffix(' in the period')} in the period"
        case Op(name="not", args=(inner,)):
            return f"not {_clause(inner)}"
        case Op(name="set", args=(inner,)):
            return f"have {words(inner)}"
        case Op(name=name, args=(left, right)):
            return f"have {words(left)} {_COMPARE.get(name, name)} {words(right)}"
    return words(x)


def _flow(flow: Flow) -> str:
    kinds = _kinds(flow.keep)
    if isinstance(flow.rows, Moves):
        if isinstance(flow.x, Const):
            return f"the number of {_listed([_MOVED[k][1] for k in kinds])}{_rules(flow.rows.steps)}"
        if isinstance(flow.x, Col) and flow.x.name in _HELD:
            return f"{_HELD[flow.x.name]} {_level(flow.rows.steps)}"
        return f"{_level(flow.rows.steps)} from {_listed([_MOVED[k][0] for k in kinds])}"
    if isinstance(flow.x, Const):
        return f"the number of {_rows(flow)}"
    if isinstance(flow.x, Col) and flow.x.money:
        return _rows(flow)
    if isinstance(flow.x, Col) and flow.x.name in _AMOUNTS:
        return _AMOUNTS[flow.x.name]
    if flow.rows.table == "sales":
        return f"MRR from {_rows(flow)}"
    return f"{_the(words(flow.x))} of {_rows(flow)}"


def _lost(x: Expr) -> str | None:
    """Losses, which are negative amounts, as what was lost; None for anything else."""
    if not isinstance(x, Across) or x.how != "sum":
        return None
    condition = x.x.args[1] if isinstance(x.x, Op) and x.x.name == "where" else None
    flow = x.x.args[0] if isinstance(x.x, Op) and x.x.name == "where" else x.x
    if not (isinstance(flow, Flow) and isinstance(flow.rows, Moves) and flow.x == Col("amount")):
        return None
    kinds = _kinds(flow.keep)
    if not kinds or not set(kinds) <= _LOSSES:
        return None
    lost = f"{_level(flow.rows.steps)} lost to {_listed([_MOVED[kind][0] for kind in kinds])}"
    return lost if condition is None else f"{lost} by those who {_clause(condition)}"


_OF = {
    "median": "the time by which half of them ended",
    "quartile": "the time by which a quarter of them ended",
    "third_quartile": "the time by which three quarters of them ended",
}


def _of(x: Of) -> str:
    match x.curve.x:
        case Ranked(flow=flow, q=q):
            which = "the median" if q == Fraction(1, 2) else f"the {float(100 * q):g} % quantile"
            return f"{which} of {_the(words(flow))}"
        case Fetched(rows=rows):
            which = "Pareto/NBD" if x.what == "buying_pareto" else "BG/NBD"
            return f"what {_named(rows)} will order in {x.horizon} months by the {which} and gamma-gamma models"
        case Lasting(rows=rows):
            of = f"{_named(rows)}, from the survival curve"
        case _:
            of = "the stays of customers so far, from their survival curve"
    if x.what == "plain":
        return f"the mean length, over or not, of {of}"
    if x.what == "discounted":
        return f"the discounted months expected within {x.horizon}, of {of}"
    if x.what == "mean":
        return f"the mean time up to {x.horizon} of {of}"
    return f"{_OF[x.what]}, of {of}"


def _named(rows: Rows) -> str:
    return rows.said or _ROWS.get((rows.table, rows.clock), rows.table.replace("_", " "))


def _aged(x: Aged) -> str:
    later = _AGED[x.mode]
    if isinstance(x.x, Level):
        return f"{_level(x.x.steps)} {later} of those who joined in the period, divided by theirs at the period's end"
    does = _clause(x.x).replace("at the end", later).replace("in the period", later)
    return f"the number of those who joined in the period and {does}, divided by the number of those who joined"


def _rows(flow: Flow) -> str:
    assert isinstance(flow.rows, Rows)
    kinds, rows = _kinds(flow.keep), flow.rows
    if rows.table == "sales":
        return _listed([_SALES[kind] for kind in kinds])
    named = _named(rows)
    told = f" ({_listed(_further(flow.keep))})" if _further(flow.keep) else ""
    return (f"{_listed([kind.replace('_', ' ') for kind in kinds], 'or')} {named}" if kinds else named) + told


def _further(keep: Expr | None) -> list[str]:
    """What a filter on rows asks besides the kinds of rows."""
    match keep:
        case Col(name=name):
            return [f"those {name.replace('_', ' ')}"]
        case Op(name="not", args=(Col(name=name),)):
            return [f"those not {name.replace('_', ' ')}"]
        case Op(name="set", args=(Col(name=name),)):
            return ["of known customers" if name == "cust" else f"with {name.replace('_', ' ')}"]
        case Op(name="and", args=args):
            return [word for arg in args for word in _further(arg)]
        case Op(name=">" | ">=" | "<" | "<=" as name, args=(left, right)):
            return [f"{words(left)} {_COMPARE[name]} {words(right)}"]
    return []


def _spanned(flow: Flow) -> str:
    assert isinstance(flow.rows, Rows)
    return _rows(flow) if flow.rows.back else f"period's {_rows(flow)}"


def _kinds(keep: Expr | None) -> list[str]:
    """The words a filter on rows compares with."""
    if not isinstance(keep, Op):
        return []
    if keep.name == "==" and isinstance(keep.args[1], Const):
        return [str(keep.args[1].value)]
    return [word for arg in keep.args for word in _kinds(arg)]


def _level(steps: Steps) -> str:
    return _LEVEL[steps.name] + _rules(steps)


def _rules(steps: Steps) -> str:
    """The rules that a reading fixes: ' (discounts = gross)'."""
    return f" ({', '.join(f'{key} = {answer}' for key, answer in steps.rules)})" if steps.rules else ""


def _of_customers(x: Expr) -> bool:
    """Whether the condition asks who is a customer, so that 'customers who are customers' would be said."""
    match x:
        case Level(steps=Steps(name="customer")) | Flow(rows=Moves(steps=Steps(name="customer"))):
            return True
        case Op(args=args):
            return any(_of_customers(a) for a in args)
    return False


def _the(text: str) -> str:
    return text if text.startswith("the ") else f"the {text}"


def _group(x: Expr) -> str:
    """In brackets where it is arithmetic of its own."""
    inner = x.x if isinstance(x, Across) and x.how == "sum" else x
    sums = isinstance(inner, Op) and inner.name in ("+", "-", "*")
    lost = isinstance(inner, Op) and inner.args[0] == Const(0) and _lost(inner.args[1])
    mean = isinstance(x, Ratio) and x.bottom == Const(2)
    grouped = (sums and not lost) or (isinstance(x, Ratio | FirstWith) and not mean)
    return f"({words(x)})" if grouped else words(x)


def _listed(names: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1] if names else ""]))
