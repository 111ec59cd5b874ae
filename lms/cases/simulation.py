"""Random plays of a case: how many of them pass. A case that chance or temptation passes measures nothing. Pure."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.cases.rules import Bounds, Case, Choice, begin, outcome, possible, take

LONGEST = 10_000
MOST_BY_CHANCE, MOST_TEMPTED = Fraction(10, 100), Fraction(40, 100)
Pick = Callable[[random.Random, Sequence[Choice]], Choice]


@dataclass(frozen=True)
class Simulated:
    """What came of many plays, as shares that passed."""

    plays: int
    by_chance: Fraction
    tempted: Fraction

    @property
    def is_sound(self) -> bool:
        """Whether neither chance nor temptation passes too often."""
        return self.by_chance <= MOST_BY_CHANCE and self.tempted <= MOST_TEMPTED


def simulate(case: Case, bounds: Bounds, plays: int, seed: int = 7) -> Simulated:
    """Play a case many times by chance, and as somebody who knows the rules and gives in every other time."""
    return Simulated(
        plays, _share(case, bounds, plays, seed, by_chance), _share(case, bounds, plays, seed, tempted)
    )


def by_chance(chance: random.Random, choices: Sequence[Choice]) -> Choice:
    """Take any choice."""
    return chance.choice(choices)


def tempted(chance: random.Random, choices: Sequence[Choice]) -> Choice:
    """Take a tempting choice every other time there is one, and otherwise the one that earns most."""
    tempting = [each for each in choices if each.tempting]
    if tempting and chance.random() < 0.5:
        return chance.choice(tempting)
    return max(choices, key=lambda each: (not each.critical, sum(points for _, points in each.points)))


def _share(case: Case, bounds: Bounds, plays: int, seed: int, pick: Pick) -> Fraction:
    chance = random.Random(seed)  # noqa: S311 # nosec B311 - plays, not secrets
    return Fraction(sum(_passes(case, bounds, chance, pick) for _ in range(plays)), plays)


def _passes(case: Case, bounds: Bounds, chance: random.Random, pick: Pick) -> bool:
    state, way = begin(case), []
    while case.scenes[state.scene].ending is None:
        choice = pick(chance, possible(case, state))
        way.append(choice.id)
        state = take(case, state, choice)
        if len(way) > LONGEST:
            return False
    return outcome(case, bounds, way).passed
