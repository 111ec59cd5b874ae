"""Play cases at random and say how many plays pass: no more than 10 % by chance, and 40 % of tempted plays.

A tempted play takes a tempting choice every other time there is one, and otherwise the choice that earns most.

Examples:
  lms cases simulate
  lms cases simulate gift-before-approval --plays 20000 --json
"""

import argparse
import json
from pathlib import Path

from lms.authoring.files import read_roots
from lms.authoring.rules import check
from lms.cases.proof import percent
from lms.cases.simulation import simulate
from lms.core.errors import NotFound, message

HERE = Path(__file__).resolve().parent.parent.parent


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    simulating = verbs.add_parser("simulate", help="play at random; status 1 when too many plays pass")
    simulating.add_argument("case", nargs="*", help="ids of cases (default: all)")
    simulating.add_argument("--root", type=Path, help="a folder that holds cases/ (default: here)")
    simulating.add_argument("--plays", type=int, default=5000, help="how many plays of each kind")
    simulating.add_argument("--json", action="store_true", help="answer for a machine")


def run(options: argparse.Namespace) -> int:
    """Carry out the command."""
    root = options.root or (Path.cwd() if (Path.cwd() / "cases").is_dir() else HERE)
    found = check(read_roots([root])[0]).corpus.cases
    names = options.case or sorted(found)
    unknown = [name for name in names if name not in found or found[name].case is None]
    if unknown:
        raise NotFound(message("No such case, or one with errors: %(names)s.", names=", ".join(unknown)))
    rows = []
    for name in names:
        case, proof = found[name].case, found[name].proof
        assert case is not None
        assert proof is not None
        done = simulate(case, proof.bounds, options.plays)
        rows.append({
            "case": name, "plays": done.plays, "by_chance": percent(done.by_chance),
            "tempted": percent(done.tempted), "sound": done.is_sound,
        })  # fmt: skip
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        print("\n".join("{case}  {by_chance}  {tempted}".format(**row) for row in rows))
    return 0 if all(row["sound"] for row in rows) else 1
