"""What Fennick Rowe's clients and the desk write, by theme. Floor: edges (demo)."""

from __future__ import annotations

from tenure.demo.helpdesk import Team
from tenure.demo.wording import Words

GOALS = (
    "A third more orders online",
    "Half the bounce rate",
    "Launch before the season",
    "One shop in three languages",
)
_TICKETS = {
    "change": (
        ("Please change the opening hours on our {page}.", "Can you swap the picture on the {page}?"),
        ("Done, please have a look.", "It is live on the test site, tell me if it is right."),
    ),
    "fault": (
        ("The {page} shows an error since noon.", "Nobody can order, the {page} does not load."),
        ("It is up again, a certificate had expired.", "We have rolled back this morning's change."),
    ),
    "figures": (
        ("When do we get the figures of last month's campaign?", "The visits in the report look too low."),
        ("They are in your folder now.", "The counter was missing on the {page}, it is back."),
    ),
    "deadline": (
        ("The {page} was due last week. When will it be ready?", "We have heard nothing about the launch."),
        ("We are behind and I am sorry. Thursday it is.", "I have asked the lead to call you today."),
    ),
}  # fmt: skip
_OPINIONS = {
    "deadlines": (
        ("Delivered two days before the deadline.", "On time and as agreed."),
        ("The deadline passed by weeks.", "Late, and we had to ask every time.", "Our launch missed the season."),
    ),
    "work": (
        ("Careful work, the shop looks beautiful.", "The campaign brought more than we hoped."),
        ("The work was not what we had agreed.", "Too many faults after the launch."),
    ),
    "people": (
        ("{lead} understands our business.", "A pleasure to work with {lead}."),
        ("Our contact changed three times.", "Nobody seems to know our project any more."),
    ),
    "budget": (
        ("Stayed within the budget.", "Clear offer, no surprises."),
        ("It cost a third more than the offer.", "Too expensive for what we got."),
    ),
    "answers": (
        ("Quick answers, always.", "Support answered within the hour."),
        ("Slow to answer.", "We wait days for an answer."),
    ),
}  # fmt: skip
_WORDS = Words(
    _TICKETS, (("change", 4.0), ("fault", 2.0), ("figures", 1.6), ("deadline", 0.8)), _OPINIONS,
    (
        ("{page}", ("start page", "checkout", "ticket page", "menu", "newsletter form")),
        ("{lead}", ("Maren", "Kit", "Dele", "Lucie", "Tomas")),
    ),
    wrong=("deadline", "deadlines"), usual="work", notes=("On the large retainer.", "See the project's page."),
    outbound="We saw an error on your site last night and have put it right.",
)  # fmt: skip
_AGENTS = (("Anouk Perrin", "Desk", "studio"), ("Callum Reid", "Desk", "studio"), ("Zofia Nowak", "Desk", "studio"))
TEAM = Team(
    _AGENTS, dict.fromkeys(_TICKETS, "Desk"), _WORDS, {"studio": ("Europe/London", "09:00", "17:30")},
    (("studio", 1, 1), ("studio", 12, 25), ("studio", 12, 26)),
)  # fmt: skip
