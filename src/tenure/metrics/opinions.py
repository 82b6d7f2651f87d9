"""What customers say and do of their own accord: ratings, posts, referrals, advocacy."""

from __future__ import annotations

from tenure.expr import Col, Expr, Ratio, Rows, count, total
from tenure.metric import WILSON, Family, Metric, Reading
from tenure.metrics._words import customer, customers_of_period, is_
from tenure.metrics.voice import mean
from tenure.scales import EASE, EASE_ROOT, FEELING

reviews = Rows("reviews", "day", said="reviews in the period")
mentions = Rows("mentions", "day", said="posts in the period")
review_texts = Rows("review_texts", "day", of="reviews", said="reviews with a text in the period")
comments = Rows("comments", "answered_day", of="survey_responses", said="comments in the period")
referrals = Rows("referrals", "day", said="referrals in the period")

acts = Rows("advocacy", "day", of="referrals or reviews or advocacy_acts", said="acts of advocacy in the period")

stars, stars_square = Col("stars", parts=EASE), Col("stars_square", parts=EASE_ROOT * EASE_ROOT)
feeling, feeling_square = Col("feeling", parts=FEELING), Col("feeling_square", parts=FEELING * FEELING)
member = is_ | (customer.left_inside() > 0)


def _felt(rows: Rows, why: str = "") -> Reading:
    return mean(rows, feeling, feeling_square, Col("feeling").is_set(), why)


def _who(rows: Rows) -> Expr:
    return count((rows.count() > 0) & member)


def _of_customers(who: Expr) -> Reading:
    return Reading(Ratio(who, customers_of_period), n=customers_of_period, interval=WILSON)


FAMILY = Family(
    "opinions",
    (
        Metric(
            "rating",
            "Rating",
            "score",
            "up",
            """The mean of the stars customers give, out of five.

*Formula.* the sum of rating / scale x 5, divided by reviews in the period.
*Counts:* every review with a rating, whoever wrote it.
*Leaves out:* ratings below 0 or above their scale.
*Empty:* no value without reviews in the period.
*Variants.* count: how many reviews there are.
*Differs:* shops show the mean of all time; here it is that of the period.
*Example:* on the small world, 2024-01: 4.""",
            {
                "default": mean(reviews, stars, stars_square, Col("stars").is_set()),
                "count": Reading(total(reviews.count()), "how many there are", unit="count"),
            },
            aliases=("ratings", "reviews", "star_rating"),
        ),
        Metric(
            "referral_rate",
            "Referral rate",
            "share",
            "up",
            """The share of customers who referred somebody in the period.

*Formula.* customers of the period with a referral in it / customers of the period.
*Counts:* a customer once, however many were referred, whether they bought or not.
*Leaves out:* referrals by who was no customer in the period, or by nobody known.
*Empty:* no value without customers, or without the table of referrals.
*Differs:* some divide the new customers who came by referral by all new customers: that is a channel's share.
*Example:* on the small world, 2024-01: 18.2 %.""",
            {"default": _of_customers(_who(referrals))},
            aliases=("referrals",),
        ),
        Metric(
            "advocacy",
            "Advocacy",
            "share",
            "up",
            """The share of customers who spoke up for you in the period.

*Formula.* customers of the period with a referral, a review of at least four stars of five or another act of advocacy /
customers of the period.
*Counts:* references, case studies, testimonials, events, polls and work in the community; a customer once.
*Leaves out:* worse reviews; acts by who was no customer in the period.
*Empty:* no value without customers, or where none of the three tables has a row.
*Differs:* articles name what advocates do, and no formula.
*Example:* on the small world, 2024-01: 36.4 %.""",
            {"default": _of_customers(_who(acts))},
            aliases=("brand_advocacy", "advocacy_rate"),
        ),
        Metric(
            "sentiment",
            "Sentiment of posts",
            "score",
            "up",
            """How posts about you sound, from -1 to 1.

*Formula.* the sum of sentiments / posts in the period whose sentiment is known.
*Counts:* the sentiment a post came with, else that of its text by VADER's lexicon and rules, which know English.
*Leaves out:* texts without a letter of the Latin alphabet and without an emoji, which cannot be judged; sentiments off
-1 to 1.
*Empty:* no value without posts in the period.
*Variants.* reviews: of the texts of reviews; comments: of the comments in answers to surveys.
*Differs:* vendors use models of their own and sort posts into positive, neutral and negative.
*Example:* on the small world, 2024-01: 0.2468.""",
            {
                "default": _felt(mentions),
                "reviews": _felt(review_texts, "of the texts of reviews"),
                "comments": _felt(comments, "of comments in answers to surveys"),
            },
            aliases=("social_sentiment",),
        ),
    ),
)
