"""Trade and operations: shops, stock, projects, jobs, deliveries, quality."""

from __future__ import annotations

from tenure.expr import Col, Expr, Flow, Length, Ratio, Rows, total
from tenure.metric import WILSON, Family, Metric, Reading

visits = Rows("footfall", "day", of="visits", said="visits to stores")
costs = Rows("costs", "day", said="costs of the period")
stock = Rows("stock_days", "k", of="stock", said="stock at each day's close")
projects = Rows("projects", "finished_day", said="projects finished in the period")
jobs = Rows("jobs", "accepted_day", said="jobs accepted in the period")
deliveries = Rows("deliveries", "promised_day", said="deliveries promised for the period")
inspections = Rows("inspections", "day", said="inspections of the period")

success = Col("outcome").is_("success") & Col("in_time")
finished = total(projects.count())
accepted = total(jobs.count())
promised = total(deliveries.count())
units = total(inspections.sum(Col("units")))
defects = total(inspections.sum(Col("defects")))
goods = total(costs.sum(Col("spent", money=True), Col("category").is_("goods")))
mean_stock = Ratio(total(stock.sum(Col("value_days", money=True))), Length("days"))


def _of(rows: Flow, all_: Expr, why: str = "") -> Reading:
    return Reading(total(rows) / all_, why, all_, WILSON)


FAMILY = Family(
    "operations",
    (
        Metric(
            "foot_traffic",
            "Foot traffic",
            "count",
            "up",
            """How many visits the stores had in the period.

*Formula.* The sum of the counted entries of visits with channel `store`.
*Counts:* every entry that was counted; a row without a count is one.
*Leaves out:* visits to the site and the app.
*Empty:* 0 where nobody came; no value without any visit on record.
*Differs:* door counters merge entries within a few minutes or take staff off; what they hand over is taken as it is.
*Example:* on the small world, 2024-02: 120.""",
            {"default": Reading(total(visits.sum(Col("count"))), n=total(visits.count()))},
            aliases=("store_visits", "footfall"),
        ),
        Metric(
            "inventory_turnover",
            "Inventory turnover",
            "ratio",
            "up",
            """How often the stock was sold in the period.

*Formula.* Costs of goods in the period / the mean, over its days, of the stock's value.
*Counts:* costs of the category `goods`, times their share; a product's stock holds until its next row.
*Leaves out:* other costs; days before a product's first row, on which it is worth nothing.
*Empty:* no value without stock in the period, or without any cost on record.
*Differs:* textbooks take the mean of two balance sheets; here every day counts. It is for the period: a month's figure
times twelve is a year's only if nothing changes.
*Example:* on the small world, 2024-02: 0.5.""",
            {"default": Reading(Ratio(goods, mean_stock))},
            aliases=("inventory_turnover_rate", "stock_turnover"),
        ),
        Metric(
            "project_success_rate",
            "Project success rate",
            "share",
            "up",
            """Of the projects that finished, the share that succeeded in time.

*Formula.* Projects finished in the period with outcome success, no later than due / projects finished in the period.
*Counts:* a project without a due date as in time.
*Leaves out:* projects still open.
*Empty:* no value where none finished.
*Variants.* budget: within budget too, where a budget and a cost are known.
*Differs:* "The 12 customer success metrics" says within scope and timeline; scope is what `outcome` judges.
*Example:* on the small world, 2024-02: 50 %.""",
            {
                "default": _of(projects.count(success), finished),
                "budget": _of(projects.count(success & Col("in_budget")), finished, "within budget too"),
            },
        ),
        Metric(
            "job_completion_rate",
            "Job completion rate",
            "share",
            "up",
            """Of the jobs accepted, the share that was completed.

*Formula.* Jobs accepted in the period that are completed by now / jobs accepted in the period.
*Counts:* a job completed later than the period.
*Leaves out:* nothing: a cancelled job is one that was not completed.
*Empty:* no value where none was accepted.
*Differs:* marketplaces leave out jobs that the buyer cancelled, or those not due yet; here each accepted job counts, so
that recent periods rise still.
*Example:* on the small world, 2024-02: 66.7 %.""",
            {"default": _of(jobs.count(Col("status").is_("completed")), accepted)},
            aliases=("gig_completion_rate", "completion_rate"),
        ),
        Metric(
            "on_time_delivery_rate",
            "On-time delivery rate",
            "share",
            "up",
            """Of the deliveries promised, the share that came no later than promised.

*Formula.* Deliveries promised for the period and made by then / deliveries promised for the period.
*Counts:* what is not delivered yet as late, once the promise has passed.
*Leaves out:* promises after as_of.
*Empty:* no value where none was promised.
*Differs:* suppliers often measure against the last agreed date; a promise that was moved should be a new row's.
*Example:* on the small world, 2024-02: 75 %.""",
            {"default": _of(deliveries.count(Col("kept")), promised)},
            aliases=("otd", "on_time_delivery"),
        ),
        Metric(
            "defect_rate",
            "Defect rate",
            "share",
            "down",
            """Of the units inspected, the share with a defect.

*Formula.* Defects / units, over the period's inspections.
*Counts:* what inspections report; `--by product` splits it where inspections name products.
*Leaves out:* units that were not inspected.
*Empty:* no value where nothing was inspected.
*Variants.* dpmo: defects per million units.
*Differs:* Six Sigma's DPMO divides by opportunities, of which a unit may have several; here a unit is one.
*Example:* on the small world, 2024-02: 2 %.""",
            {
                "default": Reading(Ratio(defects, units), n=units, interval=WILSON),
                "dpmo": Reading(Ratio(1_000_000 * defects, units), "per million units", units, unit="ratio"),
            },
        ),
    ),
)
