"""Who uses the product: users of a day, a week and a month, time, features, what customers read and talk about."""

from __future__ import annotations

from tenure.expr import Col, Const, Expr, FirstWith, Named, Over, Ratio, Rows, distinct, total
from tenure.metric import WILSON, Family, Interval, Metric, Reading
from tenure.metrics._use import FOUR_WEEKS, MONTH, WEEK, different, mean_of_days, mean_share, monthly, per_day
from tenure.metrics._words import customers_of_period

sessions = Rows("sessions", "started_day", said="ended sessions that started in the period")
told = Rows("event_sessions", "started_day", said="sessions told by the period's events")
interactions = Rows("interactions", "day", said="interactions in the period")
views = Rows("resource_views", "day", said="views of resources in the period")

users_of = Rows("feature_users", "k", of="events", said="customers of the period who used the feature")
habits = Rows("feature_habits", "k", of="events", said="customers of the period who used the feature")
frequent = Rows("feature_frequent", "k", of="events", said="customers of the period who used the feature")
depth = Rows("feature_depth", "k", of="events", said="customers of the period who used the feature")
ever = Rows("feature_ever", "k", of="events", said="customers of the period who ever used the feature")
allowed = Rows("feature_allowed", "k", of="entitlements", said="customers of the period entitled to the feature")
active = Rows("members_active", "k", of="events", said="customers of the period with an active event")
breadth = Rows("feature_breadth", "k", of="events", said="customers of the period who have features")


def _hours(rows: Rows) -> Expr:
    return Ratio(Ratio(total(rows.sum(Col("seconds"))), Const(3600)), distinct(rows, "user"))


def _per_session(rows: Rows) -> Expr:
    return Ratio(Ratio(total(rows.sum(Col("seconds"))), Const(3600)), total(rows.count()))


_broad, _broad_squares = mean_share(breadth)
_used = Col("used")

_last_month = Over(different("user"), "month", "last")
days_of_use = Rows("customer_days", "day", of="events", said="days on which a customer was active")

FAMILY = Family(
    "usage",
    (
        Metric(
            "mau",
            "Monthly active users",
            "count",
            "up",
            """How many different users were active in the month.

*Formula.* Distinct users with an active event: by month in the calendar month, by day and week in the 30 days that end
with the period, by quarter and year in the last calendar month.
*Counts:* the events that `[usage] active` names, all unless said; a user is the contact, or the customer where an event
names no contact.
*Leaves out:* events of nobody. Who was active twice is one user, under whatever name a customer goes.
*Empty:* 0 where nobody was active; no value without any event.
*Variants.* calendar: the last calendar month that is over at the period's end; trailing: the 30 days that end with the
period; trailing_28: 28 days, four of every weekday; customers: customers instead of users.
*Differs:* "22 goals & KPIs" says "interacted in some way within the past month"; vendors take 28, 30 or 31 days. Users
of segments do not add up where one user is in two.
*Example:* on the small world, 2024-01: 10.""",
            {
                "default": Reading(monthly("user"), n=monthly("user")),
                "calendar": Reading(_last_month, "the last calendar month", _last_month),
                "trailing": Reading(different("user", MONTH), "the 30 days that end with the period"),
                "trailing_28": Reading(different("user", FOUR_WEEKS), "the 28 days that end with the period"),
                "customers": Reading(monthly("cust"), "customers instead of users", monthly("cust")),
            },
            aliases=("monthly_active_users", "active_users"),
        ),
        Metric(
            "wau",
            "Weekly active users",
            "count",
            "up",
            """How many different users were active in the 7 days that end with the period.

*Formula.* Distinct users with an active event in the 7 days up to the period's end.
*Counts:* what mau counts.
*Leaves out:* what mau leaves out; the other days of a longer period.
*Empty:* 0 where nobody was active; no value without any event.
*Variants.* customers: customers instead of users.
*Differs:* by week it is the calendar week, as most vendors show it; in a month others show its mean.
*Example:* on the small world, 2024-01-12: 10.""",
            {
                "default": Reading(different("user", WEEK)),
                "customers": Reading(different("cust", WEEK), "customers instead of users"),
            },
            aliases=("weekly_active_users",),
        ),
        Metric(
            "dau",
            "Daily active users",
            "count",
            "up",
            """How many different users are active on a day; over longer periods the mean over all days.

*Formula.* Distinct users with an active event on each day, summed over the days of the period / its days.
*Counts:* what mau counts; every day, weekends and days without any use too.
*Leaves out:* what mau leaves out; days after as_of.
*Empty:* 0 where nobody was active; no value without any event.
*Variants.* customers: customers instead of users; active_days: the days with an active event, summed over customers.
*Differs:* a mean over days with use alone would be higher; some show weekdays only.
*Example:* on the small world, 2024-01: 0.32.""",
            {
                "default": Reading(per_day("user"), n=different("user")),
                "customers": Reading(per_day("cust"), "customers instead of users", different("cust")),
                "active_days": Reading(total(days_of_use.count()), "days with an active event, summed over customers"),
            },
            aliases=("daily_active_users",),
        ),
        Metric(
            "stickiness",
            "Stickiness",
            "share",
            "up",
            """Of the month's users, the share that is active on an average day.

*Formula.* dau, the mean over the days of the period / mau.
*Counts:* what dau and mau count.
*Leaves out:* what they leave out.
*Empty:* no value when nobody was active in the month.
*Variants.* customers: customers instead of users.
*Differs:* others divide the last day's users by mau, which hangs on the weekday.
*Example:* on the small world, 2024-01: 3.23 %.""",
            {
                "default": Reading(
                    Ratio(
                        Named(mean_of_days("user"), "daily active users"),
                        Named(monthly("user"), "monthly active users"),
                    ),
                    n=monthly("user"),
                ),
                "customers": Reading(
                    Ratio(
                        Named(mean_of_days("cust"), "daily active customers"),
                        Named(monthly("cust"), "monthly active customers"),
                    ),
                    "customers instead of users",
                    monthly("cust"),
                ),
            },
            aliases=("dau_mau",),
        ),
        Metric(
            "time_on_platform",
            "Average time on platform",
            "hours",
            "up",
            """Hours that a user spends in the product in the period.

*Formula.* The length of the ended sessions that started in the period / their different users.
*Counts:* sessions by the day they started. Without sessions: a user's active events less than 30 minutes apart are one,
from the first to the last.
*Leaves out:* sessions that never ended; users without a session.
*Empty:* no value without a session in the period, or without sessions and events at all.
*Variants.* per_session: hours of a session instead of a user.
*Differs:* the articles name it without a formula. Time told by events is shorter: nothing is known after the last one.
*Example:* on the small world, 2024-01: 1.""",
            {
                "default": Reading(
                    FirstWith((("sessions", _hours(sessions)),), _hours(told)),
                    n=FirstWith((("sessions", distinct(sessions, "user")),), distinct(told, "user")),
                ),
                "per_session": Reading(
                    FirstWith((("sessions", _per_session(sessions)),), _per_session(told)),
                    "hours of a session instead of a user",
                    FirstWith((("sessions", total(sessions.count())),), total(told.count())),
                ),
            },
            aliases=("average_time_on_platform",),
        ),
        Metric(
            "feature_adoption_rate",
            "Feature adoption rate",
            "share",
            "up",
            """Of the customers of the period, the share that used a feature; always by feature.

*Formula.* Customers of the period with an event of the feature in it / customers of the period.
*Counts:* the events that `[usage] features` groups under a feature; every event name is one unless said.
*Leaves out:* use by those who are no customers (trials, visitors); features that nobody used in the whole range.
*Empty:* no value without customers in the period; no value without any event.
*Variants.* adopted: used on two or more days of the period; entitled: of those entitled to the feature in the period;
active_only: of those with an active event in it; ever: used by the end of the period, which gives the launch curve;
depth: users of the feature / active users, of the customers who use it; frequency: days with it / active days of these.
*Differs:* "22 goals & KPIs" divides by all customers, whether they may use the feature or not.
*Example:* on the small world, 2024-01: 72.7 %.""",
            {
                "default": Reading(
                    Ratio(total(users_of.count()), customers_of_period), n=customers_of_period, interval=WILSON
                ),
                "adopted": Reading(
                    Ratio(total(habits.count(Col("again"))), customers_of_period),
                    "used on two or more days",
                    customers_of_period,
                    WILSON,
                ),
                "entitled": Reading(
                    Ratio(total(allowed.count(_used)), total(allowed.count())),
                    "of the customers entitled to it",
                    total(allowed.count()),
                    WILSON,
                ),
                "active_only": Reading(
                    Ratio(total(users_of.count()), total(active.count())),
                    "of the customers with an active event",
                    total(active.count()),
                ),
                "ever": Reading(
                    Ratio(total(ever.count()), customers_of_period),
                    "used by the end of the period",
                    customers_of_period,
                    WILSON,
                ),
                "depth": Reading(
                    Ratio(total(depth.sum(Col("users"))), total(depth.sum(Col("active")))),
                    "users of the feature / active users",
                    total(depth.sum(Col("customers"))),
                ),
                "frequency": Reading(
                    Ratio(total(frequent.sum(Col("days"))), total(frequent.sum(Col("active")))),
                    "days with the feature / active days",
                    total(frequent.sum(Col("customers"))),
                ),
            },
            aliases=("feature_adoption", "adoption_rate"),
            by=("feature",),
        ),
        Metric(
            "feature_breadth",
            "Feature breadth",
            "share",
            "up",
            """Of the features that a customer may use, the share it uses: the mean over customers.

*Formula.* Per customer of the period, features used in it / features entitled to in it; then the mean.
*Counts:* without entitlements all features: those that `[usage] features` names, else the table of features, else every
feature ever used.
*Leaves out:* customers entitled to nothing; features used without being entitled to them.
*Empty:* no value without such a customer; no value without any event.
*Differs:* a sum of features used over a sum of entitlements would let large plans decide.
*Example:* on the small world, 2024-01: 75 %.""",
            {"default": Reading(_broad, n=total(breadth.count()), interval=Interval("mean", (_broad_squares,)))},
        ),
        Metric(
            "interactions",
            "Interactions",
            "count",
            "neither",
            """How often the team and its customers were in touch: calls, meetings, e-mails, reviews.

*Formula.* Interactions in the period; `--by kind` splits them.
*Counts:* every interaction, by its time.
*Leaves out:* tickets and survey answers, which have metrics of their own.
*Empty:* 0 where there was none; no value without any interaction at all.
*Variants.* per_customer: per customer of the period.
*Differs:* health scores of several vendors count tickets as interactions too.
*Example:* on the small world, 2024-01: 3.""",
            {
                "default": Reading(total(interactions.count())),
                "per_customer": Reading(
                    Ratio(total(interactions.count()), customers_of_period),
                    "per customer of the period",
                    customers_of_period,
                    unit="ratio",
                ),
            },
        ),
        Metric(
            "resource_views",
            "Resource views",
            "count",
            "up",
            """How often customers viewed, used or downloaded onboarding and help resources.

*Formula.* Rows of resource_views in the period; `--by kind` splits views, interactions and downloads.
*Counts:* every row, by its time.
*Leaves out:* nothing.
*Empty:* 0 where there was none; no value without any at all.
*Variants.* customers: different customers instead of views.
*Differs:* "22 goals & KPIs" asks for views, interactions and downloads and leaves their sum open.
*Example:* on the small world, 2024-01: 3.""",
            {
                "default": Reading(total(views.count())),
                "customers": Reading(distinct(views, "cust"), "different customers instead of views"),
            },
        ),
    ),
)
