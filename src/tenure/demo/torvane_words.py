"""What Torvane's customers and its service write, by theme. Floor: edges (demo)."""

from __future__ import annotations

from tenure.demo.helpdesk import Team
from tenure.demo.wording import ORDER_NUMBERS, Words

GOALS = (
    "Ten per cent less downtime",
    "One supplier for all valves",
    "Lower stock of spare parts",
    "Clean-in-place faster",
)
_TICKETS = {
    "late delivery": (
        ("Order {order} was due on Friday and our line stands.", "Where are the {part}s of order {order}?"),
        ("They leave us tonight by express.", "I have split the order, half of it is on the road."),
    ),
    "claim": (
        ("Three {part}s of order {order} leak at the flange.", "The {part} is porous, see the picture."),
        ("Please send them back at our cost, new ones leave today.", "Our quality manager will call you."),
    ),
    "spare part": (
        ("Which seal fits the {part} of 2019?", "Do you still make the {part} in size 50?"),
        ("Number 4 of the drawing; I have added it to your list.", "Yes, three weeks."),
    ),
    "technical": (
        ("What pressure does the {part} stand at 90 degrees?", "May we steam the {part}?"),
        ("Six bar, see the sheet.", "Yes, up to 140 degrees."),
    ),
    "invoice": (
        ("The invoice of {order} has the wrong address.", "The frame price is not on the invoice of {order}."),
        ("A corrected one is in the mail.", "You are right, I have credited the difference."),
    ),
}  # fmt: skip
_OPINIONS = {
    "delivery": (
        ("Always on time, we keep hardly any stock now.", "Quick delivery, even of odd sizes."),
        ("Late delivery for weeks, our line stood twice.", "Dates are promised and not kept.", "Came two weeks late."),
    ),
    "quality": (
        ("The {part}s last for years.", "Very good quality, tight from the first day."),
        ("Porous castings this spring, we check every one now.", "Quality has become worse, two {part}s leaked."),
    ),
    "price": (
        ("Fair frame prices.", "Worth the money over ten years."),
        ("Too expensive against the others.", "The price went up by nine per cent."),
    ),
    "advice": (
        ("Their engineers know dairies.", "Helpful advice on the phone."),
        ("Nobody answers technical questions any more.", "Waited a week for a drawing."),
    ),
}  # fmt: skip
_WORDS = Words(
    _TICKETS, (("claim", 1.6), ("spare part", 3.0), ("technical", 2.4), ("invoice", 1.2), ("late delivery", 0.6)),
    _OPINIONS, (("{part}", ("pump", "ball valve", "valve body", "mixing head")), ("{order}", ORDER_NUMBERS)),
    wrong=("late delivery", "delivery"), usual="quality", notes=("Frame customer.", "Told quality about it."),
    outbound="We recall part of batch 4. Please do not fit it, new parts are on their way.",
)  # fmt: skip
_AGENTS = (
    ("Jette Lorenz", "Service", "works"),
    ("Marek Zelinka", "Service", "works"),
    ("Ulla Brand", "Orders", "works"),
)
TEAM = Team(
    _AGENTS, {theme: "Orders" if theme in ("invoice", "late delivery") else "Service" for theme in _TICKETS}, _WORDS,
    {"works": ("Europe/Berlin", "07:00", "16:30")},
    (("works", 1, 1), ("works", 5, 1), ("works", 10, 3), ("works", 12, 25), ("works", 12, 26)),
)  # fmt: skip
