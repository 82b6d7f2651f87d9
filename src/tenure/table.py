"""The numbers of one set of periods: leaves asked for together, values taken from them. Machinery floor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from tenure.compile.calendar import month_units, slots
from tenure.compile.plan import Cells, Segment
from tenure.compile.spread import SPREADING, Spreads
from tenure.engine import Engine
from tenure.evaluate import NO_DATA, Cell, Evaluator, Missing, Value, scale
from tenure.expr import Across, Expr, Over
from tenure.lasting import Of
from tenure.lifetimes import FITTED
from tenure.money import month_weight
from tenure.periods import Clock, Period, add_months
from tenure.question import Frame
from tenure.spreads import EMPTY, Figure, figure
from tenure.tree import leaves, walk


class Table:
    """The numbers of one set of periods: leaves asked for together, values taken from them."""

    def __init__(self, engine: Engine, clock: Clock, frame: Frame, window: tuple[int, int] | None) -> None:
        self.engine = engine
        self.clock = clock
        self.frame = frame
        self.window = window
        self.slots = slots(frame.periods, clock.cut, window)
        self.cells: Cells = {}
        self.spread: Spreads = {}
        self.finer: dict[tuple[str, int, bool], tuple[Table, list[range]]] = {}
        self._known: dict[int, tuple[Across, Mapping[tuple[int, Segment], int] | Missing, int]] = {}
        self._owned: dict[int, tuple[Across, bool]] = {}
        self._months: dict[int, Fraction] = {}
        self._fitted: dict[tuple[Of, int, Segment], Figure] = {}
        self._evaluator = Evaluator(self._leaf, lambda of, cell: self._figure(of, cell).value, self._over)

    def ask(self, exprs: Sequence[Expr]) -> None:
        """Fetch every leaf of these expressions, and those that need a finer grain in their own periods."""
        inner = {leaf for expr in exprs for node in walk(expr) if isinstance(node, Over) for leaf in leaves(node.x)}
        own = {leaf: None for expr in exprs for leaf in leaves(expr)}
        outer = [leaf for leaf in own if leaf not in inner or any(_outside(leaf, e) for e in exprs)]
        self.fetch(outer)
        for expr in exprs:
            for node in walk(expr):
                if isinstance(node, Over):
                    self._ask_finer(node)

    def fetch(self, wanted: Sequence[Across]) -> None:
        """Numbers and distributions of leaves that are not here yet."""
        missing = [leaf for leaf in wanted if leaf not in self.cells and leaf not in self.spread]
        missing = [leaf for leaf in missing if self.engine.has_data(leaf)]
        plain = [leaf for leaf in missing if leaf.how not in SPREADING]
        spread = [leaf for leaf in missing if leaf.how in SPREADING]
        if plain:
            self.cells = {**self.cells, **self.engine.cells(plain, self.slots, self.frame.segments)}
        if spread:
            self.spread = {**self.spread, **self.engine.spreads(spread, self.slots, self.frame.segments)}
        self._known.clear()

    def inner(self, frame: Frame) -> Table:
        """A table of the same kind for other periods."""
        return Table(self.engine, self.clock, frame, None)

    def _ask_finer(self, node: Over) -> None:
        key = finer_key(node)
        if key not in self.finer:
            self.finer[key] = self._finer(node)
        table, _ = self.finer[key]
        table.fetch(leaves(node.x))

    def _finer(self, node: Over) -> tuple[Table, list[range]]:
        if node.how == "last" and not node.back:
            return self._last(node.grain)
        periods: list[Period] = []
        for period in self.frame.periods:
            start = add_months(period.end, -node.back) if node.back else period.start
            for part in self.clock.between(start, period.end, node.grain, ""):
                if not periods or part.start >= periods[-1].end:
                    periods.append(part)
        spans = []
        for period in self.frame.periods:
            start = add_months(period.end, -node.back) if node.back else period.start
            inside = [i for i, p in enumerate(periods) if p.start >= start and p.start < period.end]
            spans.append(range(inside[0], inside[-1] + 1))
        frame = Frame(node.grain, periods, self.frame.segments)
        return self.inner(frame), spans

    def _last(self, grain: str) -> tuple[Table, list[range]]:
        """The last period of a grain that is over at each period's end, or as far as one has run that runs."""
        chosen = []
        for period in self.frame.periods:
            last = self.clock.containing(period.end - timedelta(days=1), grain)
            if last.end > period.end:
                last = self.clock.containing(last.start - timedelta(days=1), grain)
            while self.clock.is_ahead(last) and last.start > period.start:
                last = self.clock.containing(last.start - timedelta(days=1), grain)
            chosen.append(last)
        first, end = min(p.start for p in chosen), max(p.end for p in chosen)
        periods = self.clock.between(first, end, grain, "")
        place = {period.start: i for i, period in enumerate(periods)}
        spans = [range(place[p.start], place[p.start] + 1) for p in chosen]
        return self.inner(Frame(grain, periods, self.frame.segments)), spans

    def groups(self, exprs: Sequence[Expr]) -> list[Segment]:
        """The segments with data anywhere in the range; without --by the one that is all."""
        if not self.frame.segments.by:
            return [()]
        tables = [self, *(table for table, _ in self.finer.values())]
        wanted = {leaf for expr in exprs for leaf in leaves(expr)}
        fixed = self.frame.segments.fixed
        wanted = {leaf for leaf in wanted if not fixed or self.engine.owns(leaf, fixed)}
        found = {group for t in tables for leaf in wanted for _, group in t.cells.get(leaf, t.spread.get(leaf, {}))}
        return in_order(found, self.frame.segments.by, self.engine.world.usage.funnel)

    def cell(self, k: int, group: Segment) -> Cell:
        slot = self.slots[k]
        if k not in self._months:
            self._months[k] = month_weight(month_units(slot.start, slot.stop))
        return Cell(k, group, slot.days, self._months[k])

    def value(self, expr: Expr, cell: Cell) -> Value:
        """The value of an expression at a cell."""
        return self._evaluator.value(expr, cell)

    def chosen(self, expr: Expr, cell: Cell) -> Expr:
        """The expression that holds at a cell."""
        return self._evaluator.chosen(expr, cell)

    def figure(self, expr: Expr, cell: Cell) -> Figure:
        """The value of an expression with what its distribution says of it, where it is one's."""
        return self._figure(expr, cell) if isinstance(expr, Of) else Figure(self.value(expr, cell), n=None)

    def _figure(self, of: Of, cell: Cell) -> Figure:
        if of.curve not in self.spread:
            return Figure(NO_DATA if not self.engine.has_data(of.curve) else EMPTY, n=None)
        group = self._group(of.curve, cell)
        spread = self.spread[of.curve].get((cell.k, group), ())
        if of.what not in FITTED:
            return figure(of, spread)
        key = of, cell.k, group
        if key not in self._fitted:  # several readings ask the same of a model, and fitting takes its time
            self._fitted[key] = figure(of, spread)
        return self._fitted[key]

    def _group(self, leaf: Across, cell: Cell) -> Segment:
        """The cell's group as the leaf knows it: without the columns of other rows than its own."""
        segments = self.frame.segments
        if not segments.fixed:
            return cell.group
        known = self._owned.get(id(leaf))
        if known is None:
            known = self._owned[id(leaf)] = leaf, self.engine.owns(leaf, segments.fixed)
        if known[1]:
            return cell.group
        pairs = zip(segments.by, cell.group, strict=True)
        return tuple(value for name, value in pairs if name not in segments.fixed)

    def _leaf(self, leaf: Across, cell: Cell) -> Value:
        # By identity: a leaf is looked up for every row, and its hash walks all that it is made of.
        known = self._known.get(id(leaf))
        if known is None:
            known = self._known[id(leaf)] = leaf, self._numbers(leaf), scale(leaf)
        _, numbers, divisor = known
        if isinstance(numbers, Missing):
            return numbers
        number = numbers.get((cell.k, self._group(leaf, cell) if self.frame.segments.fixed else cell.group))
        if number is None:
            return EMPTY if leaf.how in ("least", "greatest") else 0
        return number if divisor == 1 else Fraction(number, divisor)

    def _numbers(self, leaf: Across) -> Mapping[tuple[int, Segment], int] | Missing:
        if leaf not in self.cells:
            return {} if self.engine.has_data(leaf) else NO_DATA
        return self.cells[leaf]

    def _over(self, node: Over, cell: Cell) -> list[Value]:
        table, spans = self.finer[finer_key(node)]
        inside = [i for i in spans[cell.k] if not self.clock.is_ahead(table.frame.periods[i])]
        return [table.value(node.x, table.cell(i, cell.group)) for i in inside]


def finer_key(node: Over) -> tuple[str, int, bool]:
    """The last of the shorter periods may lie before the period, so it has periods of its own."""
    return node.grain, node.back, node.how == "last"


def in_order(groups: Iterable[Segment], by: Sequence[str] = (), funnel: Sequence[str] = ()) -> list[Segment]:
    """Groups as they are shown: numbers by size, names by the alphabet, the steps of a funnel one after the other."""

    def place(name: str, value: str) -> tuple[int, bool, int, str]:
        step = funnel.index(value) if name == "step" and value in funnel else -1
        return step, not value.isdigit(), int(value) if value.isdigit() else 0, value

    return sorted(groups, key=lambda group: [place(n, v) for n, v in zip(by, group, strict=True)])


def _outside(leaf: Across, expr: Expr) -> bool:
    """Whether the leaf also stands in the expression outside any Over."""
    if isinstance(expr, Over):
        return False
    if expr == leaf:
        return True
    children = [getattr(expr, name, None) for name in ("x", "top", "bottom")]
    nested = [*getattr(expr, "args", ()), *(c for c in children if isinstance(c, Expr))]
    return any(_outside(leaf, child) for child in nested)
