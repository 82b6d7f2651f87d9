"""How newcomers get on: trials, activation, time to value, onboarding and what becomes of those who finish it."""

from __future__ import annotations

from fractions import Fraction

from tenure.expr import Col, Const, Expr, FirstWith, Ratio, Rows, total
from tenure.lasting import Of, curve, median
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._use import mean_share

DAY = 24 * 3600

activated = Rows("starts_activation", "k", of="events", said="customers first known in the period")
valued = Rows("starts_value", "k", of="events", said="customers first known in the period")
reached = Rows("reached_activation", "reached_day", said="customers activated in the period")
begun = Rows("onboardings", "start_day", said="customers whose onboarding began in the period")
tasks = Rows("onboarding_tasks", "start_day", said="customers with the step whose onboarding began in the period")
times = Rows("onboarding_times", "k", of="onboarding_steps", said="customers whose onboarding began in the period")
touched = Rows("onboarding_touched", "start_day", said="those of the period's onboardings that were finished")
stayed = Rows("onboarding_stayed", "day", said="customers who finished onboarding in the period")

_done, _reached = Col("done"), Col("reached")
_cohort = total(activated.count())
_part, _squares = mean_share(begun)


def _days(rows: Rows) -> Of:
    return median(curve(rows, Col("seconds"), _reached), per=DAY)


def _achieved(rows: Rows) -> Expr:
    return Ratio(Ratio(total(rows.sum(Col("seconds"), _reached)), Const(DAY)), total(rows.count(_reached)))


def _trials(clock: str, back: int = 0) -> tuple[Rows, Rows]:
    said = {"ends_day": "ended", "started_day": "started", "converted_day": "were converted"}[clock]
    when = f"in the last {back} days" if back else "in the period"
    text = f"trials that {said} {when}"
    return Rows("trials", clock, said=text, back=back), Rows(
        "trial_stretches", clock, said=f"subscriptions as {text}", back=back
    )


def _either(trial: Expr, stretch: Expr) -> Expr:
    """Of the trials table; only where that is empty, of subscriptions that are trials."""
    return FirstWith((("trials", trial),), stretch)


def _rate(clock: str, keep: Expr, among: Expr | None, back: int = 0) -> tuple[Expr, Expr]:
    """Converted trials / trials, and the trials."""
    tops = [total(rows.count(keep if among is None else keep & among)) for rows in _trials(clock, back)]
    bottoms = [total(rows.count(among)) for rows in _trials(clock, back)]
    found = [Ratio(top, bottom) for top, bottom in zip(tops, bottoms, strict=True)]
    return _either(found[0], found[1]), _either(bottoms[0], bottoms[1])


_ended = Col("ended")
_by_end, _by_end_n = _rate("ends_day", Col("converted"), _ended)
_by_start, _by_start_n = _rate("started_day", Col("converted_at").is_set(), None)
_rolling, _rolling_n = _rate("ends_day", Col("converted"), _ended, 30)
_into = [total(rows.count()) for rows in _trials("converted_day")]
_from = [total(rows.count()) for rows in _trials("started_day")]

FAMILY = Family(
    "onboarding",
    (
        Metric(
            "trial_conversion_rate",
            "Trial conversion rate",
            "share",
            "up",
            """Of the trials that ended in the period, the share that became paying.

*Formula.* Trials that ended in the period with a conversion no later than 7 days after their end / trials that ended.
*Counts:* the table of trials; only where that is empty, subscriptions that are trials, converted by the same
customer's first paid stretch. A customer's first trial; one that was extended is one, with its last end.
*Leaves out:* trials that still run; purchases without a trial; what costs nothing.
*Empty:* no value when no trial ended; no value without trials and subscriptions.
*Variants.* by_trial_end: by the end of the trial, the default; by_trial_start: trials started in the period, converted
by now; in_period: conversions in the period / trials started in it, which can be above 100 %; rolling_30: trials that
ended in the 30 days up to the period's end.
*Differs:* Baremetrics divides the conversions of a period by its new trials (in_period), Stripe looked at the last 30
days (rolling_30). A trial whose 7 days are not over counts as not converted, and its period is not complete.
*Example:* on the small world, 2024-01: 66.7 %.""",
            {
                "by_trial_end": Reading(_by_end, n=_by_end_n, interval=WILSON, settles=7),
                "by_trial_start": Reading(
                    _by_start, "trials started in the period, converted by now", _by_start_n, WILSON, settles=30
                ),
                "in_period": Reading(
                    _either(Ratio(_into[0], _from[0]), Ratio(_into[1], _from[1])),
                    "conversions in the period / trials started in it",
                    _either(_from[0], _from[1]),
                ),
                "rolling_30": Reading(_rolling, "trials that ended in the last 30 days", _rolling_n, WILSON, settles=7),
            },
            default="by_trial_end",
            aliases=("free_trial_conversion_rate", "trial_conversion"),
        ),
        Metric(
            "activation_rate",
            "Activation rate",
            "share",
            "up",
            """Of the customers first known in the period, the share that reached the activation point in time.

*Formula.* Those with the event of `[usage] activation`, as often as it says, within its days (14 unless said) of their
start / customers first known in the period.
*Counts:* the start is `created_at`, else the first fact; what happened before the start counts as reached at once.
*Leaves out:* nobody: who is not activated yet counts, and a cohort younger than those days is not complete.
*Empty:* no value when nobody was new; no value without `[usage] activation` or without events.
*Variants.* in_period: customers activated in the period, whenever they started / customers first known in it, which can
be above 100 %.
*Differs:* "22 goals & KPIs" leaves the time open; without a limit the rate of a cohort rises for ever.
*Example:* on the small world, 2024-01: 50 %.""",
            {
                "default": Reading(
                    Ratio(total(activated.count(Col("in_time"))), _cohort),
                    n=_cohort,
                    interval=WILSON,
                    settles="activation",
                ),
                "in_period": Reading(
                    Ratio(total(reached.count()), _cohort), "activated in the period, whenever they started", _cohort
                ),
            },
            aliases=("customer_activation_rate",),
        ),
        Metric(
            "time_to_value",
            "Time to value",
            "days",
            "down",
            """Days until half of the customers first known in the period had their first value.

*Formula.* The median of a survival curve (Kaplan-Meier) of the time from the start to the event of `[usage] value`.
*Counts:* the start is `created_at`, else the first fact; who is not there yet counts as waiting until as_of, or until
leaving; value before the start is 0 days.
*Leaves out:* nobody.
*Empty:* not reached while fewer than half got there; no value when nobody was new, or without `[usage] value`.
*Variants.* achieved_mean: the mean over those who got there, which is too short while others still wait; quartile: when
a quarter got there; third_quartile: when three quarters did.
*Differs:* most products show achieved_mean.
*Example:* on the small world, 2024-01: 4.4.""",
            {
                "default": Reading(_days(valued), settles="activation"),
                "achieved_mean": Reading(
                    _achieved(valued), "the mean over those who got there", total(valued.count(_reached))
                ),
                "quartile": Reading(
                    Of(curve(valued, Col("seconds"), _reached), "quartile", Fraction(DAY)),
                    "when a quarter got there",
                ),
                "third_quartile": Reading(
                    Of(curve(valued, Col("seconds"), _reached), "third_quartile", Fraction(DAY)),
                    "when three quarters got there",
                ),
            },
            aliases=("ttv", "time_to_first_value"),
        ),
        Metric(
            "onboarding_completion_rate",
            "Onboarding completion rate",
            "share",
            "up",
            """Of the customers who began onboarding in the period, the share that has finished it by now.

*Formula.* Those whose required steps are all done by as_of / customers whose first step started in the period.
*Counts:* a step nobody marked is required; a step done without a start began when it was done.
*Leaves out:* customers who began no step.
*Empty:* no value when nobody began; no value without onboarding steps.
*Differs:* a skipped step is not done; some products count it as done.
*Example:* on the small world, 2024-01: 50 %.""",
            {
                "default": Reading(
                    Ratio(total(begun.count(_done)), total(begun.count())), n=total(begun.count()), interval=WILSON
                )
            },
            aliases=("onboarding_completion",),
        ),
        Metric(
            "onboarding_step_rate",
            "Onboarding step rate",
            "share",
            "up",
            """Of the customers who began onboarding in the period, the share that did a step; always by step.

*Formula.* Customers who have done the step by as_of / those who were given it, of those who began in the period.
*Counts:* by the start of the customer's first step, whichever that was.
*Leaves out:* customers who began no step.
*Empty:* no value when nobody began; no value without onboarding steps.
*Variants.* funnel: of those who did the step before it (by position), the share that did this one too.
*Differs:* a funnel punishes a late step only for those who came to it.
*Example:* on the small world, 2024-01: 50 %.""",
            {
                "default": Reading(
                    Ratio(total(tasks.count(_done)), total(tasks.count())), n=total(tasks.count()), interval=WILSON
                ),
                "funnel": Reading(
                    Ratio(total(tasks.count(_done & Col("before"))), total(tasks.count(Col("before")))),
                    "of those who did the step before it",
                    total(tasks.count(Col("before"))),
                    WILSON,
                ),
            },
            by=("step",),
        ),
        Metric(
            "onboarding_time",
            "Onboarding time",
            "days",
            "down",
            """Days until half of those who began onboarding in the period had finished it.

*Formula.* The median of a survival curve (Kaplan-Meier) from the first step's start to the last required step's end.
*Counts:* who has not finished counts as under way until as_of, or until leaving.
*Leaves out:* customers who began no step.
*Empty:* not reached while fewer than half have finished; no value when nobody began.
*Variants.* achieved_mean: the mean over those who finished, which is too short while others are still at it.
*Differs:* most products show achieved_mean.
*Example:* on the small world, 2024-01: 11.""",
            {
                "default": Reading(_days(times)),
                "achieved_mean": Reading(
                    _achieved(times), "the mean over those who finished", total(times.count(_reached))
                ),
            },
            aliases=("onboarding_time_to_completion",),
        ),
        Metric(
            "onboarding_features",
            "Features used during onboarding",
            "ratio",
            "up",
            """How many different features customers use between the first step and the last, on average.

*Formula.* Distinct features used between start and completion / customers who began in the period and have finished.
*Counts:* the events that `[usage] features` groups under a feature.
*Leaves out:* who has not finished; use before and after.
*Empty:* no value when nobody who began in the period has finished; no value without events.
*Differs:* a count without an end would grow for ever.
*Example:* on the small world, 2024-01: 1.""",
            {
                "default": Reading(
                    Ratio(total(touched.sum(Col("features"))), total(touched.count())),
                    n=total(touched.count()),
                    interval=Interval("mean", (total(touched.sum(Col("square"))),)),
                )
            },
        ),
        Metric(
            "onboarding_progress",
            "Onboarding progress",
            "share",
            "up",
            """How much of their steps the customers who began onboarding in the period have done, on average.

*Formula.* Per customer, weights of the steps done by as_of / weights of all its steps; then the mean.
*Counts:* required steps and others; a step without a weight weighs 1.
*Leaves out:* customers who began no step.
*Empty:* no value when nobody began; no value without onboarding steps.
*Differs:* completion asks for required steps alone, and for all of them.
*Example:* on the small world, 2024-01: 75 %.""",
            {"default": Reading(_part, n=total(begun.count()), interval=Interval("mean", (_squares,)))},
        ),
        Metric(
            "onboarded_retention",
            "Retention of onboarded customers",
            "share",
            "up",
            """Of the customers who finished onboarding in the period, the share that was active a month later.

*Formula.* Those with an active event on the 31st to 60th day after the day they finished / those who finished.
*Counts:* customers whose 60 days are over at as_of.
*Leaves out:* the younger ones; a period with such is not complete.
*Empty:* no value when nobody who finished is old enough; no value without onboarding steps or events.
*Variants.* not_onboarded: of those who began in the period and have not finished by as_of, from the day they began.
*Differs:* "22 goals & KPIs" asks whether they "become active users" and names no time.
*Example:* on the small world, 2024-01: 100 %.""",
            {
                "default": Reading(
                    Ratio(total(stayed.count(_done & Col("kept"))), total(stayed.count(_done))),
                    n=total(stayed.count(_done)),
                    interval=WILSON,
                    settles=61,
                ),
                "not_onboarded": Reading(
                    Ratio(total(stayed.count(~_done & Col("kept"))), total(stayed.count(~_done))),
                    "of those who began and have not finished",
                    total(stayed.count(~_done)),
                    WILSON,
                    settles=61,
                ),
            },
        ),
    ),
)
