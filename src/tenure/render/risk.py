"""`tenure risk` as a table. Edge: layout only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.render.grid import Column, plain, table, wrapped

MOST, REASONS = 20, 3


def as_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """How good the prediction is, then who is most at risk, each with what raises it most."""
    one, people = found["judged"], found["customers"]
    head = f"The chance to be gone {found['horizon_days']} days after {found['as_of']}: it {one['verdict']}."
    figures = (
        f"AUC {one['auc']:.2f} ({one['auc_low']:.2f} to {one['auc_high']:.2f}), Brier {one['brier']:.3f} "
        f"({one['brier_low']:.3f} to {one['brier_high']:.3f}; one rate for all {one['brier_of_one_rate']:.3f}), "
        f"{one['churned']:,} of {one['customers']:,} left; {one['how']}."
    )
    shown = people[:MOST]
    lines = [*wrapped(head, width), *wrapped(figures, width), ""]
    lines += table(
        [
            Column("customer", [plain(c["id"]) for c in shown], number=False),
            Column("name", [plain(c["name"]) for c in shown], number=False),
            Column("risk", [f"{100 * c['risk']:.0f} %" for c in shown]),
            Column("goes with it most", [_reasons(c) for c in shown], number=False),
        ],
        width,
        colour=colour,
    )
    more = len(people) - len(shown)
    return "\n".join([*lines, f"{more:,} more"] if more > 0 else lines)


def _reasons(customer: Mapping[str, Any]) -> str:
    raised = [one for one in customer["reasons"] if one["contribution"] > 0][:REASONS]
    return ", ".join(f"{plain(one['measure'])} {_value(one['value'])}" for one in raised)


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"
    return "unknown" if value is None else plain(value)
