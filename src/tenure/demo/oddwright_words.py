"""What households and Oddwright's help desk write, by theme. Floor: edges (demo)."""

from __future__ import annotations

from tenure.demo.helpdesk import Team
from tenure.demo.wording import ORDER_NUMBERS, Words

_TICKETS = {
    "job cancelled": (
        (
            "The {work} cancelled my job {order} an hour before.",
            "Nobody came for job {order}, and now it says cancelled.",
        ),
        ("I am sorry. I have found you somebody else for tomorrow.", "Your fee is on its way back to you."),
    ),
    "price": (
        ("The {work} asked for more than the price agreed.", "Why is there a fee on top of the price?"),
        ("The agreed price holds, I have told the {work}.", "The fee pays for the site and the insurance."),
    ),
    "damage": (
        ("The {work} scratched our floor. Who pays?", "A lamp was broken during job {order}."),
        ("You are insured with us. Please send two pictures.", "I have passed it on to the insurer."),
    ),
    "date": (
        ("Can we move job {order} to Saturday?", "I need the {work} an hour later."),
        ("Done, the {work} has confirmed.", "I have asked, you will hear from us today."),
    ),
}
_OPINIONS = {
    "reliability": (
        ("The {work} came on time.", "On time, friendly, done in an hour."),
        ("The {work} never came.", "Cancelled an hour before, and nobody told me why.", "Nobody turned up, twice."),
    ),
    "work": (
        ("Very good work, tidy and careful.", "The {work} knew exactly what to do."),
        ("Sloppy work, I had to do it again.", "The {work} left a mess behind."),
    ),
    "price": (
        ("A fair price, agreed beforehand.", "Cheaper than what I was asked elsewhere."),
        ("Too expensive for half an hour.", "In the end it cost more than agreed."),
    ),
    "booking": (
        ("Booking took two minutes.", "The app is easy to use."),
        ("The app is slow and logged me out.", "Could not change the date in the app."),
    ),
    "help": (
        ("The help desk answered within the hour.", "Support found me somebody else at once."),
        ("Support took three days to answer.", "Nobody at the help desk could help."),
    ),
}  # fmt: skip
_WORDS = Words(
    _TICKETS, (("price", 2.0), ("damage", 1.0), ("date", 3.0), ("job cancelled", 1.0)), _OPINIONS,
    (("{work}", ("plumber", "mover", "gardener", "painter", "cleaner")), ("{order}", ORDER_NUMBERS)),
    wrong=("job cancelled", "reliability"), usual="work",
    notes=("Insured case, see the file.", "Second time this year."),
    outbound="We have found somebody new for your job. Does Thursday suit you?",
)  # fmt: skip
_AGENTS = (("Bryn Cadwell", "Help", "office"), ("Odile Farrow", "Help", "office"), ("Sunil Pathak", "Help", "office"))
TEAM = Team(
    _AGENTS, dict.fromkeys(_TICKETS, "Help"), _WORDS, {"office": ("Europe/London", "08:00", "18:00")},
    (("office", 1, 1), ("office", 12, 25), ("office", 12, 26)),
)  # fmt: skip
