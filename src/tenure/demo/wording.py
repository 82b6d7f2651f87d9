"""How a company's people write: sentences by theme with blanks in them. Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenure.demo.dice import Dice

Said = tuple[tuple[str, ...], tuple[str, ...]]
ORDER_NUMBERS = (10400, 99800)
MORE_CUSTOMER = ("Any news on this?", "Thank you. What do I do next?", "This is still not right.", "Please hurry.")
MORE_AGENT = (
    "Thank you, I am looking into it with my colleagues.",
    "Could you send me a picture, please?",
    "I have found the cause and put it right. Please tell me if it happens again.",
)
CLOSING = ("Thanks, that solved it.", "All good now, thank you.", "Perfect, thanks for the quick help.")


@dataclass(frozen=True)
class Words:
    """Everything customers and agents of one company say."""

    tickets: Mapping[str, Said]  # theme: what opens a ticket about it; what the agent answers
    themes: tuple[tuple[str, float], ...]  # what tickets are about, by weight
    opinions: Mapping[str, Said]  # theme: good and bad things said about it
    blanks: tuple[tuple[str, tuple[str, ...] | tuple[int, int]], ...]  # words, or the lowest and highest number
    wrong: tuple[str, str] = ("", "")  # the themes of tickets and opinions of those for whom it went wrong
    usual: str = "quality"  # what the others mostly speak of
    more_customer: tuple[str, ...] = MORE_CUSTOMER
    more_agent: tuple[str, ...] = MORE_AGENT
    notes: tuple[str, ...] = ("Has called about this before.", "Known trouble, see the internal page.")
    closing: tuple[str, ...] = CLOSING
    outbound: str = "We noticed something on your account and would like to help."

    def fill(self, dice: Dice, template: str) -> str:
        """The sentence with its blanks filled in."""
        for blank, choices in self.blanks:
            template = template.replace(blank, _filled(dice, choices))
        return template

    def opinion(self, dice: Dice, good: bool, lean: str | None = None) -> str:
        """One or two things said, mostly of one mind; `lean` is a theme on top of this person's mind."""
        themes = list(self.opinions)
        theme = lean if lean is not None and dice.chance(0.65) else dice.pick(themes)
        said = [self.fill(dice, dice.pick(self.opinions[theme][0 if good else 1]))]
        if dice.chance(0.3):
            other = dice.pick([one for one in themes if one != theme])
            same = dice.chance(0.7)
            more = self.opinions[other][0 if good == same else 1]
            said.append(("" if same else "But: ") + self.fill(dice, dice.pick(more)))
        return " ".join(said)


def _filled(dice: Dice, choices: tuple[str, ...] | tuple[int, int]) -> str:
    first, last = choices[0], choices[-1]
    if isinstance(first, int) and isinstance(last, int):
        return f"#{dice.between(first, last)}"
    return str(dice.pick(choices))
