"""Which data an expression needs in one workspace, and what it comes down to there. Machinery floor."""

from __future__ import annotations

from fractions import Fraction

from tenure import model
from tenure.compile import users
from tenure.compile.leaves import made
from tenure.compile.segments import Segments
from tenure.expr import (
    Across,
    Col,
    Const,
    Expr,
    FirstWith,
    Flow,
    Level,
    Named,
    Over,
    Ratio,
    Rows,
    Setting,
    Steps,
)
from tenure.rollup import World
from tenure.tree import rewrite, walk

MILLION = 10**6
"""Settings are numbers of at most six decimals."""


class Needs:
    """The engine's half that asks nothing: it decides by what is loaded and by the rules in force."""

    world: World

    def resolved(self, x: Expr, segments: Segments) -> Expr:
        """The expression with all that depends on the workspace decided, down to sums and numbers."""

        def change(node: object) -> object:
            if isinstance(node, Named):
                return node.x
            if isinstance(node, Setting):
                value = self.world.policy.setting(node.key)
                scaled = Fraction(str(node.otherwise if value is None else value)) * MILLION
                return Ratio(Const(int(scaled)), Const(MILLION))
            return node

        return rewrite(self.readable(x, segments), change)

    def readable(self, x: Expr, segments: Segments) -> Expr:
        """The same with names for parts and settings left: who a customer is, which revenue there is."""

        def change(node: object) -> object:
            if isinstance(node, FirstWith):
                return next((e for table, e in node.choices if table in self.world.loaded), node.otherwise)
            if isinstance(node, Steps) and node.name == "customer" and self.customers_pay():
                return Steps("mrr", node.rules)
            if isinstance(node, Level) and node.rates is not None and not self.revalues():
                return Level(node.steps, node.moment)
            if isinstance(node, Flow) and node.x == Col("transfer") and not segments.moves:
                return Flow(node.rows, Const(0))
            if isinstance(node, Over):
                return users.each_day(node, segments, self.world) or node
            return node

        return rewrite(x, change)

    def customers_pay(self) -> bool:
        """Whether customers are those with MRR."""
        return "subscriptions" in self.world.loaded and self.world.rule("free_is") != "active_free"

    def revalues(self) -> bool:
        """Whether NRR and GRR value both ends of a stretch anew, at the rates that the policy names."""
        return self.world.foreign and self.world.rule("fx") in ("own_line", "in_movements")

    def tables(self, leaf: Across) -> set[str]:
        """The model tables without which the leaf has no value: any one of them is enough."""
        found: set[str] = set()
        for node in walk(leaf):
            if isinstance(node, Steps):
                paying = node.name == "mrr" or (node.name == "customer" and self.customers_pay())
                found |= {"subscriptions"} if paying else self._people()
            if isinstance(node, Rows):
                names = (node.of or made(node.table).reads[0]).split(" or ")
                found.add(next((name for name in names if name in self.world.loaded), names[0]))
        return found

    def _people(self) -> set[str]:
        for table in ("subscriptions", "orders"):
            if table in self.world.loaded:
                return {table}
        owned = {name for name in self.world.loaded if model.TABLES[name].customer}
        return owned or {"customers"}

    def has_data(self, leaf: Across) -> bool:
        """Whether every kind of table that the leaf reads has a row."""
        asks = {made(node.table).asks for node in walk(leaf) if isinstance(node, Rows)} - {""}
        return self.tables(leaf) <= self.world.loaded and all(getattr(self.world.usage, name) for name in asks)
