"""The proof of a case against an oracle that walks every simple way, on random cases; and its limits."""

from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.cases.graph import TooManyStates, explore
from lms.cases.proof import prove
from lms.cases.rules import (
    Case,
    Choice,
    Ending,
    Scene,
    State,
    Var,
    Wanted,
    begin,
    outcome,
    possible,
    take,
)
from lms.cases.simulation import simulate
from lms.core.text import Words

TEXT = Words("一", "one")
CRITERIA = (("a", TEXT), ("b", TEXT))
VARS = (Var("flag", 0, 1, 0), Var("trust", 0, 2, 1))
NAMES = ("s0", "s1", "s2", "s3")
ENDS = ("won", "lost")

points = st.sampled_from([(), (("a", 1),), (("a", -2),), (("b", 1),), (("a", 1), ("b", -1)), ()])
when = st.sampled_from([(), (), (), (Wanted("flag", 1, 1),), (Wanted("trust", 0, 1),)])
changes = st.sampled_from(
    [((), ()), ((), ()), ((("flag", 1),), ()), ((), (("trust", 1),)), ((), (("trust", -1),))]
)


@st.composite
def a_choice(draw, name):
    sets, adds = draw(changes)
    return Choice(
        name, TEXT, draw(st.sampled_from((*NAMES, *ENDS, *ENDS))), TEXT, draw(when), sets, adds, draw(points),
        critical=draw(st.integers(0, 5)) == 0, acknowledged=draw(st.integers(0, 5)) == 0,
        tempting=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def a_case(draw):
    scenes = {}
    for name in NAMES:
        made = [draw(a_choice(f"c{n}")) for n in range(draw(st.integers(2, 3)))]
        scenes[name] = Scene(name, TEXT, {each.id: each for each in made})
    scenes |= {"won": Scene("won", TEXT, ending=Ending.PASS), "lost": Scene("lost", TEXT, ending=Ending.FAIL)}
    return Case("x", TEXT, CRITERIA, VARS, "s0", ("c0",), Fraction(1, 2), MappingProxyType(scenes))


def earned(choices):
    return tuple(sum(dict(each.points).get(name, 0) for each in choices) for name, _ in CRITERIA)


class Walked:
    """Everything that simple walks from the start show: ways to endings, dead ends, rounds."""

    def __init__(self, case):
        self.case, self.ways, self.dead, self.rounds, self.states = case, [], set(), [], set()
        self.walk(begin(case), (), ())

    def walk(self, state: State, trail, taken):
        self.states.add(state)
        scene = self.case.scenes[state.scene]
        if scene.ending:
            self.ways.append((state, taken))
            return
        choices = possible(self.case, state)
        if not choices:
            self.dead.add(state.scene)
        for choice in choices:
            after = take(self.case, state, choice)
            if after in (*trail, state):
                start = (*trail, state).index(after)
                self.rounds.append(earned((*taken, choice)[start:]))
            else:
                self.walk(after, (*trail, state), (*taken, choice))

    def reaches(self, state, wanted, seen=None):
        seen = seen if seen is not None else set()
        if state in seen:
            return False
        seen.add(state)
        if self.case.scenes[state.scene].ending:
            return wanted(state)
        after = (take(self.case, state, each) for each in possible(self.case, state))
        return any(self.reaches(each, wanted, seen) for each in after)


def passes(case):
    return lambda state: case.scenes[state.scene].ending is Ending.PASS and not state.critical


@settings(max_examples=250, deadline=None)
@given(a_case())
def test_the_proof_finds_what_walking_every_way_finds(case):
    walked, proof = Walked(case), prove(case)
    found = {(one.code, one.scene, one.choice) for one in proof.findings}
    codes = {code for code, _, _ in found}
    assert {scene for code, scene, _ in found if code == "E711"} == walked.dead
    reached = {state.scene for state in walked.states}
    assert {scene for code, scene, _ in found if code == "E710"} == set(case.scenes) - reached
    never = {
        (scene.id, choice.id)
        for scene in case.scenes.values()
        if scene.id in reached
        for choice in scene.choices.values()
        if not any(choice in possible(case, state) for state in walked.states if state.scene == scene.id)
    }
    assert {(scene, choice) for code, scene, choice in found if code == "E712"} == never
    assert ("E716" in codes) == any(any(each) for each in walked.rounds)
    can = {state for state in walked.states if walked.reaches(state, passes(case))}
    assert ("E714" in codes) == (begin(case) not in can)
    lost = {
        (state.scene, choice.id)
        for state in can
        for choice in possible(case, state)
        if take(case, state, choice) not in can
    }
    assert proof.no_return == lost
    if not walked.dead and "E713" not in codes and "E716" not in codes:
        check_bounds(case, walked, proof)


def check_bounds(case, walked, proof):
    sums = [earned(taken) for _, taken in walked.ways]
    for place, (name, _) in enumerate(CRITERIA):
        column = [each[place] for each in sums]
        assert proof.bounds[name] == (min(column), max(column))
    ways = [(state, tuple(each.id for each in taken)) for state, taken in walked.ways]
    scored = [(state, outcome(case, proof.bounds, way).score) for state, way in ways]
    goals = {
        "any": scored,
        "passing": [each for each in scored if passes(case)(each[0])],
        "failing": [each for each in scored if not passes(case)(each[0])],
    }
    for name, group in goals.items():
        reach = getattr(proof, name)
        assert (reach is None) == (not group)
        if reach:
            scores = [score for _, score in group]
            assert (reach[0].score, reach[1].score) == (min(scores), max(scores))
            for route in reach:  # the witness earns what is said of it
                assert outcome(case, proof.bounds, route.way).score == route.score
    assert all(0 <= score <= 1 for _, score in scored)


def wide(low, high):
    choices = {
        "up": Choice("up", TEXT, "s", TEXT, adds=(("big", 1), ("small", 1))),
        "end": Choice("end", TEXT, "won", TEXT),
    }
    scenes = {"s": Scene("s", TEXT, choices), "won": Scene("won", TEXT, ending=Ending.PASS)}
    variables = (Var("small", 0, 1, 0), Var("big", low, high, low))
    return Case("x", TEXT, CRITERIA, variables, "s", ("end",), Fraction(1, 2), scenes)


def test_too_many_states_are_refused_naming_the_variable_to_blame():
    with pytest.raises(TooManyStates) as refused:
        explore(wide(0, 5000), limit=3000)
    assert refused.value.variable == "big"
    (found,) = prove(wide(0, 5000), limit=3000).findings
    assert (found.code, dict(found.params)["variable"]) == ("E719", "big")
    assert len(explore(wide(0, 500)).states) == 1002


def test_a_case_that_temptation_passes_is_told_from_one_it_does_not():
    choices = {
        "right": Choice("right", TEXT, "won", TEXT, points=(("a", 1), ("b", 1))),
        "wrong": Choice(
            "wrong", TEXT, "lost", TEXT, points=(("a", -1), ("b", -1)), critical=True, tempting=True
        ),
    }
    ends = {"won": Scene("won", TEXT, ending=Ending.PASS), "lost": Scene("lost", TEXT, ending=Ending.FAIL)}
    case = Case(
        "x", TEXT, CRITERIA, (), "s", ("right",), Fraction(1, 2), {"s": Scene("s", TEXT, choices), **ends}
    )
    done = simulate(case, prove(case).bounds, 400)
    assert Fraction(4, 10) < done.by_chance < Fraction(6, 10)
    assert not done.is_sound
    assert simulate(case, prove(case).bounds, 400) == done
