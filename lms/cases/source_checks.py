"""Names that stand for nothing in a case, and what its proof found, each at its place. Pure."""

from collections.abc import Iterator

from lms.cases.proof import Proof
from lms.cases.rules import Case, Choice, Scene
from lms.core.authored import Mapping, Place, Step, place_of
from lms.core.authored_values import Sheet, hint
from lms.core.text import Words

SHOWN = 12  # choices of a way that a message names


def check_names(sheet: Sheet, root: Mapping, case: Case) -> None:
    """Report every scene, choice and criterion that is named and not there."""
    if case.start not in case.scenes:
        _no_scene(sheet, place_of(root, "start"), case.start, case)
    for scene in case.scenes.values():
        for choice in scene.choices.values():
            _check_choice(sheet, root, case, scene, choice)
        if scene.clock and scene.clock.then and scene.clock.then not in scene.choices:
            place = place_of(root, "scenes", scene.id, "clock", "then")
            known = hint(scene.clock.then, scene.choices)
            sheet.add(place, "E702", choice=scene.clock.then, scene=scene.id, hint=known)


def _check_choice(sheet: Sheet, root: Mapping, case: Case, scene: Scene, choice: Choice) -> None:
    here: tuple[Step, ...] = ("scenes", scene.id, "choices", choice.id)
    if choice.to and choice.to not in case.scenes:
        _no_scene(sheet, place_of(root, *here, "to"), choice.to, case)
    names = [name for name, _ in case.criteria]
    for name, _ in choice.points:
        if name and name not in names:
            sheet.add(place_of(root, *here, "rubric", name), "E704", name=name, hint=hint(name, names))


def _no_scene(sheet: Sheet, place: Place, name: str, case: Case) -> None:
    sheet.add(place, "E701", scene=name, hint=hint(name, case.scenes))


def problems_of_proof(sheet: Sheet, root: Mapping, case: Case, proof: Proof) -> None:
    """Report what the proof found, with a way that shows it."""
    for found in proof.findings:
        params = dict(found.params)
        if found.way is not None:
            params["way"] = way_text(found.way) or case.start
        params |= {key: name for key, name in (("scene", found.scene), ("choice", found.choice)) if name}
        sheet.add(_place(root, found.code, found.scene, found.choice), found.code, **params)


def case_texts(case: Case) -> Iterator[tuple[tuple[Step, ...], Words]]:
    """Yield every text that a learner reads, with the steps that lead to it."""
    yield ("title",), case.title
    for scene in case.scenes.values():
        yield ("scenes", scene.id, "text"), scene.text
        for choice in scene.choices.values():
            yield ("scenes", scene.id, "choices", choice.id, "text"), choice.text
            yield ("scenes", scene.id, "choices", choice.id, "because"), choice.because


WHERE = {
    "E717": "scenes",
    "E718": "expert",
    "E719": "vars",
    "E720": "criteria",
    "E722": "expert",
    "E723": "expert",
}


def _place(root: Mapping, code: str, scene: str, choice: str) -> Place:
    if code in WHERE:
        return place_of(root, WHERE[code])
    return place_of(root, "scenes", scene, "choices", choice) if choice else place_of(root, "scenes", scene)


def way_text(way: tuple[str, ...]) -> str:
    """Return a way as messages name it, its middle left out where it is long."""
    if len(way) <= SHOWN:
        return " → ".join(way)
    return " → ".join((*way[: SHOWN // 2], "…", *way[-SHOWN // 2 :]))
