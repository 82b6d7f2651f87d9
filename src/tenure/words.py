"""A metric's formula in words, from the expression itself. Language floor."""

from __future__ import annotations

from tenure.expr import (
    Across,
    Aged,
    Col,
    Const,
    Expr,
    FirstWith,
    Flow,
    Integral,
    Length,
    Level,
    Moves,
    Op,
    Over,
    Power,
    Ratio,
)

_MOMENT = {"start": "at the start", "end": "at the end"}
_LEVEL = {"mrr": "MRR", "customer": "being a customer"}
_COMPARE = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "==": "", "!=": "other than"}


def words(x: Expr) -> str:
    """An expression as an English phrase."""
    match x:
        case Across(how="sum", x=Flow(x=Const()) as flow):
            return f"the number of {_rows(flow)}"
        case Across(how="sum", x=inner):
            return f"the sum of {words(inner)}"
        case Across(how="count", x=inner):
            return f"the number of customers with {words(inner)}"
        case Across(how="distinct", x=Flow() as flow):
            return f"the number of different {words(flow.x)}s in {_rows(flow)}"
        case Ratio(top=top, bottom=bottom):
            return f"{_group(top)}, divided by {_group(bottom)}"
        case Level(steps=steps, moment=moment, rates=rates):
            held = f"{_LEVEL[steps.name]} {_MOMENT[moment]}"
            return f"{held} (at the rates {_MOMENT[rates]})" if rates and rates != moment else held
        case Integral(steps=steps, weight=weight):
            return f"{_LEVEL[steps.name]} over the period's {weight}s"
        case Flow(x=summed):
            return f"the {words(summed)} of {_rows(x)}"
        case Op():
            return _operator(x)
        case Power(x=inner, power=power):
            return f"({words(inner)}) to the power of {power}"
        case Over(x=inner, grain=grain, how=how, back=back):
            span = f"the last {back} {grain}s" if back else f"each {grain} of the period"
            return f"the {how} over {span} of {words(inner)}"
        case Length(unit=unit):
            return f"the {unit} of the period"
        case FirstWith(choices=choices):
            return words(choices[0][1])
        case Aged(x=inner, mode=mode):
            return f"those who joined in the period with {words(inner)} k periods later" + (
                f" ({mode})" if mode else ""
            )
        case Const(value=value):
            return str(value)
        case Col(name=name):
            return name.replace("_", " ")
    return repr(x)


def _operator(x: Op) -> str:
    args = x.args
    match x.name:
        case "where":
            return f"{words(args[0])} of those with {words(args[1])}"
        case "and" | "or":
            return f" {x.name} ".join(words(a) for a in args)
        case "not":
            return f"not {words(args[0])}"
        case "set":
            return f"a {words(args[0])}"
        case "else":
            return f"{words(args[0])} (else {words(args[1])})"
        case "least" | "greatest":
            return f"the {'smaller' if x.name == 'least' else 'larger'} of {' and '.join(words(a) for a in args)}"
        case "-" if args[0] == Const(0):
            return f"minus {words(args[1])}"
        case "+" | "-":
            return f"{words(args[0])} {'plus' if x.name == '+' else 'less'} {_group(args[1])}"
        case "*":
            return f"{words(args[0])} times {_group(args[1])}"
    name = _COMPARE.get(x.name, x.name)
    if isinstance(args[0], Flow) and args[1] == Const(0):
        return f"any {_rows(args[0])}"
    return f"{words(args[0])} {name} {words(args[1])}".replace("  ", " ")


def _group(x: Expr) -> str:
    text = words(x)
    return f"({text})" if isinstance(x, Op | Ratio) and " " in text else text


def _rows(flow: Flow) -> str:
    kinds = _kinds(flow.keep)
    if isinstance(flow.rows, Moves):
        return f"{' and '.join(kinds)} movements" if kinds else "movements"
    table = flow.rows.table
    return f"{' or '.join(kinds)} {table}" if kinds else table


def _kinds(keep: Expr | None) -> list[str]:
    """The words a filter on rows compares with."""
    if not isinstance(keep, Op):
        return []
    if keep.name == "==" and isinstance(keep.args[1], Const):
        return [str(keep.args[1].value).replace("_", " ")]
    return [word for arg in keep.args for word in _kinds(arg)]
