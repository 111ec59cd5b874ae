"""Verify the log, or print its newest signed checkpoint.

Examples:
  lms audit verify
  lms audit verify --anchor anchors.txt
  lms audit checkpoint > checkpoint.txt
"""

import argparse
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lms.app import open_database
from lms.audit.actions import note_verdict
from lms.audit.chain import Anchor, parse_signed_note, signed_note
from lms.audit.queries import last_checkpoint, verify_log
from lms.audit.signing import public_key_from
from lms.audit.verification import Verdict
from lms.core import clock
from lms.core.db import By, Database
from lms.core.errors import Invalid, NotFound, message
from lms.core.settings import Settings, load
from lms.jobs import audit_keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what this command understands."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="recompute the whole log and say what is wrong with it")
    verify.add_argument("--anchor", type=Path, action="append", default=[], metavar="FILE",
                        help="signed checkpoints, or lines size:root, kept elsewhere; may be repeated")  # fmt: skip
    verify.add_argument("--key", action="append", default=[], metavar="HEX",
                        help="a public key that signed earlier checkpoints; may be repeated")  # fmt: skip
    verify.add_argument("--json", action="store_true", help="write JSON")
    acts.add_parser("checkpoint", help="print the newest signed checkpoint, to be kept elsewhere")


def run(options: argparse.Namespace) -> int:
    """Do what is asked; 1 when the log is damaged."""
    settings = load()
    database = open_database(settings)
    try:
        if options.act == "checkpoint":
            return _checkpoint(database)
        return _verify(database, settings, options)
    finally:
        database.dispose()


def _checkpoint(database: Database) -> int:
    with database.reading() as session:
        newest = last_checkpoint(session)
    if newest is None:
        raise NotFound(message("Nothing is sealed yet: the worker seals every second."))
    print(signed_note(newest), end="")
    return 0


def _verify(database: Database, settings: Settings, options: argparse.Namespace) -> int:
    anchors = [anchor for path in options.anchor for anchor in read_anchors(path.read_text())]
    keyring = audit_keyring(settings, [_key(text) for text in options.key])
    with database.reading(By("operator")) as session:
        verdict = verify_log(session, keyring, anchors)
    with database.transaction(By("operator", credential="command")) as session:
        note_verdict(session, verdict, clock.now())
    _say(verdict, as_json=options.json)
    return 0 if verdict.holds else 1


def _key(text: str) -> Ed25519PublicKey:
    try:
        return public_key_from(text)
    except ValueError as error:
        raise Invalid({"key": message("A public key is written as 64 hexadecimal digits.")}) from error


def read_anchors(text: str) -> list[Anchor]:
    """Read a signed checkpoint, or lines `size:root`.

    Raises Invalid for anything else.
    """
    try:
        if text.startswith("chizheng-audit/"):
            return [parse_signed_note(text).anchor]
        return [Anchor.from_text(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise Invalid(
            {"anchor": message("This file holds neither a checkpoint nor lines size:root.")}
        ) from error


def _say(verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        findings = [{"code": f.code.value, "position": f.position, "last": f.last} for f in verdict.findings]
        counts = {code.value: count for code, count in verdict.counts.items()}
        print(json.dumps({"holds": verdict.holds, "entries": verdict.entries, "checkpoints": verdict.checkpoints,
                          "anchors": verdict.anchors, "erased": verdict.erased_bodies, "root": verdict.root.hex(),
                          "counts": counts, "findings": findings}))  # fmt: skip
        return
    for each in verdict.findings:
        place = f"{each.position}" if each.position == each.last else f"{each.position} to {each.last}"
        print(f"{each.code.value}: {place}")
    print(
        f"{verdict.entries} entries under {verdict.checkpoints} checkpoints and {verdict.anchors} anchors recomputed."
    )
    print(
        "Nothing is wrong."
        if verdict.holds
        else f"{sum(verdict.counts.values())} findings: the log is damaged."
    )
