"""What shoppers and those who answer them write, by theme. Floor: edges (demo)."""

from __future__ import annotations

from tenure.demo.wording import ORDER_NUMBERS, Words

_TICKETS = {
    "late parcel": (
        (
            "My order {order} should have been here days ago. Where is it?",
            "The parcel with order {order} has not moved since Monday.",
            "It was a present and it is late. When will {order} come?",
        ),
        (
            "I am sorry. Your parcel {order} is in the van today, I have checked with the carrier.",
            "I have sent it again by express, at our cost.",
        ),
    ),
    "returns": (
        (
            "I would like to send back the {thing}. How does that work?",
            "Sent the {thing} back two weeks ago and have not got my money.",
            "There is no return label in the box of {order}.",
        ),
        ("Here is your label. The money follows when the parcel is with us.", "Your money went out this morning."),
    ),
    "damaged": (
        ("The {thing} arrived with a tear in it.", "There is a mark on the {thing} of order {order}, see picture."),
        ("I am sorry about that. A new {thing} is on its way, keep the other one.", "I have refunded it in full."),
    ),
    "product": (
        ("Is the {thing} machine washable?", "Does the {thing} come in a darker green?", "How large is the {thing}?"),
        ("Yes, at thirty degrees.", "In spring; I have put you on the list.", "The measures are on the page now."),
    ),
    "payment": (
        ("My card was charged twice for {order}.", "The voucher of the newsletter does not work."),
        ("One of the two was only reserved and is gone by tomorrow.", "I have taken it off your order by hand."),
    ),
    "loyalty points": (
        ("My points of last month are missing.", "How many points do I need for a voucher?"),
        ("I have added them by hand.", "Every hundred points are a voucher of five."),
    ),
}  # fmt: skip
_OPINIONS = {
    "delivery": (
        ("Delivery was quick and the parcel well packed.", "Came a day early, lovely packaging."),
        (
            "Delivery took more than a week longer than promised.", "The parcel came far too late, I had given up.",
            "Late delivery again, no word from them.",
        ),
    ),
    "quality": (
        ("Lovely quality, the {thing} feels better than it looks.", "The {thing} is sturdy and well made."),
        ("The {thing} lost its colour after two washes.", "Poor quality, the seam came off within a month."),
    ),
    "price": (
        ("Fair prices for what you get.", "Good value, and the sale is a real one."),
        ("Too expensive for what it is.", "Prices went up twice this year."),
    ),
    "returns": (
        ("Sending something back was easy and free.", "Refund within three days, no questions."),
        ("Getting a refund took weeks.", "The return label did not work."),
    ),
    "staff": (
        ("Friendly staff who know what they sell.", "{agent} in the store took the time to find the right {thing}."),
        ("Nobody at the till for ten minutes.", "The staff did not know the difference between the two."),
    ),
    "choice": (
        ("Wonderful choice of colours.", "I always find something here."),
        ("My size is always sold out.", "The choice has become smaller."),
    ),
    "website": (
        ("The website is easy to use, even on the phone.", "Found and ordered in two minutes."),
        ("The website is slow and the search finds nothing.", "The checkout lost my cart twice."),
    ),
}  # fmt: skip
_NOTES = ("Known trouble with the carrier, see the internal page.", "Member for years, be generous.")
_THEMES = (
    ("returns", 3.0), ("damaged", 1.6), ("product", 3.0), ("payment", 1.2), ("loyalty points", 1.0),
    ("late parcel", 1.0),
)  # fmt: skip


def shop_words(things: tuple[str, ...], agents: tuple[str, ...]) -> Words:
    """The words of a shop that sells these things."""
    return Words(
        _TICKETS, _THEMES, _OPINIONS, (("{thing}", things), ("{order}", ORDER_NUMBERS), ("{agent}", agents)),
        wrong=("late parcel", "delivery"), notes=_NOTES,
        outbound="Your parcel came back to us. May we have your address again?",
    )  # fmt: skip
