"""Health of everyone: a score of twelve measures beside the same score in SQL by hand, and a back-test of two years.

Both sides give everyone's score, band, coverage and MRR as columns, the lowest score first. Ours also holds what it
takes to explain each of them exactly; by hand floats are summed and nothing is kept.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import numpy as np

from benchmarks import compare, workspaces
from benchmarks.generate import TODAY, Company
from benchmarks.timing import Verdict, peak_mb, race
from tenure.workspace import Workspace

TABLES = ("customers", "subscriptions", "orders", "events")
FACTOR, MONTHS, HORIZON = 1.5, 24, 90
SCORE = """
[[health.main.measures]]
name = "trend"
metric = "dau:active_days"
trend = 3
weight = 3
[[health.main.measures]]
name = "days"
metric = "dau:active_days"
points = [[0, 0], [5, 100]]
weight = 2
[[health.main.measures]]
name = "breadth"
metric = "feature_breadth"
window = "90d"
map = "percentile"
[[health.main.measures]]
name = "last use"
metric = "dau:active_days"
window = "180d"
since_last = true
points = [[30, 100], [180, 0]]
[[health.main.measures]]
name = "frequency"
metric = "purchase_frequency"
window = "365d"
points = [[0, 0], [4, 100]]
[[health.main.measures]]
name = "spending"
metric = "customer_value"
window = "365d"
map = "percentile"
within = "region"
[[health.main.measures]]
name = "recency"
metric = "purchase_frequency"
window = "365d"
since_last = true
steps = [[0, 100], [90, 60], [180, 20]]
[[health.main.measures]]
name = "kept"
metric = "return_rate"
window = "365d"
points = [[0, 100], [1, 0]]
missing = "neutral"
[[health.main.measures]]
name = "money"
metric = "mrr"
map = "percentile"
within = "region"
weight = 2
[[health.main.measures]]
name = "growth"
metric = "expansion_mrr"
window = "90d"
map = "boolean"
[[health.main.measures]]
name = "shrinking"
metric = "contraction_mrr"
window = "90d"
points = [[-100, 0], [0, 100]]
[[health.main.measures]]
name = "tier"
attribute = "tier"
words = { small = 30, middle = 60, large = 100 }
[[health.main.profiles]]
name = "south"
where = "region = 'LATAM'"
weights = { days = 4 }
[[health.main.exceptions]]
name = "gone quiet"
measure = "last use"
above = 150
cap = 60
"""

# One pass over each table, joined once; ranks by window functions. `mid` is the mid-rank among equals.
HAND = """
WITH held AS (SELECT cust, after / 432432000 AS mrr FROM mrr_steps WHERE day < {d} AND until >= {d} AND after > 0),
moved AS (
  SELECT cust, sum(amount) FILTER (kind = 'expansion') AS up, sum(amount) FILTER (kind = 'contraction') AS down
  FROM mrr_steps WHERE day >= {d} - 90 AND day < {d} AND kind IN ('expansion', 'contraction') GROUP BY cust),
used AS (
  SELECT cust, count(*) FILTER (day >= {d} - 30) AS now, count(*) FILTER (day < {d} - 30 AND day >= {d} - 120) AS past,
    max(day) AS last
  FROM customer_days WHERE day >= {d} - 180 AND day < {d} GROUP BY cust),
breadth AS (
  SELECT cust, bit_count(bit_or(mask)) AS used FROM feature_use WHERE day >= {d} - 90 AND day < {d} GROUP BY cust),
bought AS (
  SELECT customer_id, count(*) FILTER (coalesce(status, 'placed') NOT IN ('cancelled', 'refunded')) AS n,
    count(*) AS placed, sum(amount) FILTER (coalesce(status, 'placed') NOT IN ('cancelled', 'refunded')) AS sold,
    max(placed_day) FILTER (coalesce(status, 'placed') NOT IN ('cancelled', 'refunded')) AS last
  FROM m_orders WHERE placed_day >= {d} - 365 AND placed_day < {d} GROUP BY customer_id),
joined AS (
  SELECT k.customer_id, h.mrr, p.region, p.tier, coalesce(u.now, 0) AS now, coalesce(u.past, 0) AS past,
    {d} - 1 - u.last AS quiet, coalesce(b.used, 0) AS used, nullif(o.n, 0) AS n, o.placed, o.sold,
    {d} - 1 - o.last AS ago, coalesce(m.up, 0) AS up, coalesce(m.down, 0) / 432432000 AS down
  FROM held h JOIN customer_keys k USING (cust) JOIN m_customers p ON p.customer_id = k.customer_id
  LEFT JOIN moved m ON m.cust = h.cust LEFT JOIN used u ON u.cust = h.cust LEFT JOIN breadth b ON b.cust = h.cust
  LEFT JOIN bought o ON o.customer_id = k.customer_id),
ranked AS (
  SELECT *, 50 * (rank() OVER (ORDER BY used) - 1 + cume_dist() OVER (ORDER BY used) * count(*) OVER ())
      / count(*) OVER () AS breadth,
    50 * (rank() OVER m - 1 + cume_dist() OVER m * count(*) OVER (PARTITION BY region))
      / count(*) OVER (PARTITION BY region) AS money,
    CASE WHEN n > 0 THEN 50 * (rank() OVER s - 1 + cume_dist() OVER s * count(*) OVER (PARTITION BY region, n > 0))
      / count(*) OVER (PARTITION BY region, n > 0) END AS spending
  FROM joined
  WINDOW m AS (PARTITION BY region ORDER BY mrr), s AS (PARTITION BY region, n > 0 ORDER BY sold)),
points AS (
  SELECT customer_id, mrr, quiet, breadth, money, spending, CASE WHEN region = 'LATAM' THEN 4 ELSE 2 END AS w,
    CASE WHEN past > 0 THEN least(100, 300 * now / past) WHEN now > 0 THEN 100 END AS trend,
    least(100, 20 * now) AS days, CASE WHEN quiet >= 0 THEN 100 * least(1, (180 - quiet) / 150) END AS last_use,
    CASE WHEN n > 0 THEN least(100, 25 * n) END AS frequency,
    CASE WHEN ago >= 180 THEN 20 WHEN ago >= 90 THEN 60 WHEN ago >= 0 THEN 100 END AS recency,
    CASE WHEN placed > 0 THEN 100 * coalesce(n, 0) / placed END AS kept,
    CASE WHEN up > 0 THEN 100 ELSE 0 END AS growth, greatest(0, 100 + down) AS shrinking,
    CASE tier WHEN 'small' THEN 30 WHEN 'middle' THEN 60 WHEN 'large' THEN 100 END AS tier
  FROM ranked),
known AS (
  SELECT *, w + 5 + 3 * (trend IS NOT NULL)::INT + (last_use IS NOT NULL)::INT + 3 * (frequency IS NOT NULL)::INT
      + (tier IS NOT NULL)::INT AS whole
  FROM points),
scored AS (
  SELECT customer_id, mrr, quiet, (whole + (kept IS NOT NULL)::INT) / (w + 14) AS coverage,
    (3 * coalesce(trend, 0) + w * days + breadth + coalesce(last_use, 0) + coalesce(frequency, 0)
      + coalesce(spending, 0) + coalesce(recency, 0) + coalesce(kept, 50) + 2 * money + growth + shrinking
      + coalesce(tier, 0)) / (whole + 1)
      AS score
  FROM known),
judged AS (
  SELECT customer_id, mrr, coverage,
    CASE WHEN coverage >= 0.6 THEN CASE WHEN quiet > 150 THEN least(60, score) ELSE score END END AS score
  FROM scored)
SELECT *, CASE WHEN score >= 75 THEN 2 WHEN score >= 50 THEN 1 WHEN score >= 0 THEN 0 ELSE -1 END AS band
FROM judged ORDER BY score NULLS LAST, mrr DESC, customer_id"""


def query(day: date) -> str:
    """The score by hand, as of the beginning of a day."""
    return HAND.format(d=f"DATE '{day}'")


def ready(made: Company) -> Workspace:
    """The company with the score in its settings."""
    workspace = workspaces.ready(made, TABLES)
    file = workspace.folder / "tenure.toml"
    file.write_text(file.read_text(encoding="utf-8") + SCORE, encoding="utf-8")
    workspace = Workspace(workspace.folder)
    workspace.refresh()
    return workspace


def by_hand(con: Any, day: date = TODAY) -> dict[str, Any]:
    """Everyone's score by hand, as columns."""
    found: dict[str, Any] = con.execute(query(day)).fetchnumpy()
    return found


def ours(workspace: Workspace) -> dict[str, Any]:
    """Ours, likewise: asked anew."""
    workspace._desk = None
    workspace._ready().lasting.clear()
    standing = workspace.health()
    scored, index = standing.judgements.scored, standing.judgements.index
    people = scored.inputs.people
    return {
        "customer_id": people.ids[index],
        "score": scored.total[index],
        "band": scored.band[index],
        "coverage": scored.coverage[index],
        "mrr": scored.inputs.mrr.floats()[index],
    }


def differences(mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Whose score, band, coverage or MRR is not the same; nothing where all are."""
    found = []
    a, b = (np.argsort(side["customer_id"].astype(str)) for side in (mine, theirs))
    if len(a) != len(b) or (mine["customer_id"][a] != theirs["customer_id"][b]).any():
        return [f"{len(a)} customers of ours, {len(b)} of theirs"]
    for name in ("score", "band", "coverage", "mrr"):
        x, y = mine[name][a].astype(float), np.ma.filled(theirs[name][b].astype(float), np.nan)
        apart = ~np.isclose(x, y, rtol=1e-9, atol=1e-6, equal_nan=True)
        found += [f"{mine['customer_id'][a][i]}: {name} {x[i]} and {y[i]}" for i in np.flatnonzero(apart)[:3]]
    return found


def part_health(made: Company, repeat: int) -> list[Verdict]:
    """One scoring beside the one by hand; a back-test of two years beside as many scorings."""
    workspace = ready(made)
    con = compare.connection(workspace)
    wrong = differences(ours(workspace), by_hand(con))
    if wrong:
        raise ValueError(f"the scores differ, so there is nothing to time: {wrong}")
    theirs, mine = race([partial(by_hand, con), partial(ours, workspace)], repeat)
    found = [Verdict("health, 12 measures, everyone", mine, theirs, FACTOR)]
    print(found[0].line(), flush=True)
    workspace._desk = None
    workspace.backtest(months=2, horizon=HORIZON)  # the texts of the past are compiled once

    def tested() -> None:
        workspace._desk = None
        workspace.backtest(months=MONTHS, horizon=HORIZON)

    (whole,) = race([tested], 1)
    found.append(Verdict(f"back-test of {MONTHS} months, against one scoring", whole, mine, float(MONTHS)))
    print(found[1].line(), flush=True)
    print(f"peak memory: {peak_mb()} MB", flush=True)
    return found
