"""What a signature leaves behind, and how anyone checks it without us. Pure.

The evidence is a JSON file within the signed copy. It holds the exact text, the signature, its entry in the
audit log, the path from that entry to a checkpoint, and the signed checkpoint. To check it one needs the
public key only; to know that the log was not rewritten since, a checkpoint from elsewhere.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from lms.audit.chain import (
    Checkpoint,
    Entry,
    StoredBody,
    body_text,
    commit_body,
    entry_json,
    parse_signed_note,
    signed_note,
    utc_text,
)
from lms.audit.merkle import inclusion_holds, leaf_hash
from lms.core.canonical import canonical_json, sha256_hex

FORMAT = "chizheng-signed-agreement/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRecord:
    """Who signed what, when and how. The hashes are SHA-256 of the canonical HTML, in hexadecimal."""

    agreement: str
    version: str
    language: str
    text_zh_sha256: str
    text_en_sha256: str
    intent: str
    person: str
    typed_name: str
    signed_at: datetime
    signature_level: str

    def payload(self) -> dict[str, object]:
        """Return what the event of signing records as `after`."""
        return {**asdict(self), "signed_at": utc_text(self.signed_at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """Where the event of signing stands in the audit log, and how that is shown."""

    entry: Entry
    body: StoredBody
    position: int
    path: Sequence[bytes]
    checkpoint: Checkpoint


def evidence_json(record: SignatureRecord, html: str, proof: LogProof) -> str:
    """Return the evidence file: the canonical JSON of all that is needed to check the signature.

    Raises ValueError when the parts do not belong together, so that no copy can ever contradict itself.
    """
    text = canonical_json(
        {
            "format": FORMAT,
            "html": html,
            "signature": record.payload(),
            "entry": entry_json(proof.entry).decode(),
            "salt": (proof.body.salt or b"").hex(),
            "body": proof.body.text or "",
            "position": proof.position,
            "path": [step.hex() for step in proof.path],
            "checkpoint": signed_note(proof.checkpoint),
        }
    ).decode()
    problems = evidence_problems(text, _unasked)
    if problems:
        raise ValueError("; ".join(problems))
    return text


def _unasked(_: Checkpoint) -> bool:
    """Stand in for the public key where we put together what our own sealer has signed."""
    return True


def evidence_problems(text: str, signature_is_good: Callable[[Checkpoint], bool]) -> list[str]:
    """Return what is wrong with an evidence file; nothing when it proves what it says."""
    try:
        parts = json.loads(text)
        if parts["format"] != FORMAT:
            return ["this is not the evidence of a signed agreement"]
        checkpoint = parse_signed_note(parts["checkpoint"])
        entry, signature = json.loads(parts["entry"]), parts["signature"]
        commitment = commit_body(bytes.fromhex(parts["salt"]), parts["body"]).hex()
        shown = signature["text_zh_sha256" if signature["language"] == "zh" else "text_en_sha256"]
        leaf, path = leaf_hash(parts["entry"].encode()), [bytes.fromhex(step) for step in parts["path"]]
        facts = {
            "the text is not the one that was signed": sha256_hex(parts["html"].encode()) == shown,
            "the signature is not the one that was recorded": body_text(after=signature) == parts["body"],
            "the record does not belong to the entry": entry["body_commitment"] == commitment,
            "the entry is not in the log": inclusion_holds(
                leaf, parts["position"], checkpoint.size, path, checkpoint.root
            ),
            "the checkpoint is not signed with the key given": signature_is_good(checkpoint),
        }
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["the evidence is damaged"]
    return [problem for problem, holds in facts.items() if not holds]
