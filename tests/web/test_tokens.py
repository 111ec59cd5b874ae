"""Colours: each word on each ground it may stand on is at least 4.5:1, in light and in dark."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "lms" / "web" / "static" / "css" / "tokens.css").read_text()
WORDS = ("ink", "grey", "jade", "indigo", "amber", "vermilion")
GROUNDS = ("paper", "surface", "raised", "hover")
PAIRS = (
    [(word, ground) for word in WORDS for ground in GROUNDS]
    + [(tone, f"{tone}-tint") for tone in WORDS[1:]]
    + [("ink", f"{tone}-tint") for tone in WORDS[1:]]
    + [("grey", "jade-tint"), ("indigo", "vermilion-tint"), ("on-jade", "jade"), ("on-jade", "jade-strong")]
    + [("on-vermilion", "vermilion"), ("ink", "mark")]
)


def blocks():
    """The light block, the dark one that follows the system, the dark one by choice."""
    found = re.findall(r"color-scheme: (light|dark);(.*?)\n\s*\}", CSS, re.DOTALL)
    return [(scheme, dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))) for scheme, body in found]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_dark_blocks_are_the_same():
    (_, _light), (_, follows), (_, chosen) = blocks()
    assert follows == chosen
    assert [scheme for scheme, _ in blocks()] == ["light", "dark", "dark"]


@pytest.mark.parametrize(("word", "ground"), PAIRS, ids=lambda each: each)
@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
def test_words_can_be_read_on_their_ground(which, word, ground):
    colours = blocks()[which][1]
    assert contrast(colours[word], colours[ground]) >= 4.5


@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
def test_edges_of_fields_can_be_seen(which):
    colours = blocks()[which][1]
    assert contrast(colours["edge"], colours["surface"]) >= 3
    assert contrast(colours["edge"], colours["paper"]) >= 3
