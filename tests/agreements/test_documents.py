"""The signed copy holds the whole text and the evidence, and the evidence proves itself to a stranger."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from lms.agreements.documents import SignedCopy, signed_copy_pdf
from lms.agreements.evidence import LogProof, SignatureRecord, evidence_json, evidence_problems
from lms.audit.chain import NO_PREVIOUS, Checkpoint, Entry, StoredBody, body_text, commit_body, entry_leaf
from lms.audit.merkle import inclusion_proof, leaf_hash, tree_root
from lms.audit.signing import Keyring, private_key_from, sign_checkpoint
from lms.core.canonical import sha256_hex
from lms.core.pdf import MissingGlyphs, missing_glyphs

KEY = private_key_from("31" * 32)
KEYRING = Keyring([KEY.public_key()])
AT = datetime(2026, 11, 23, 16, 30, 12, tzinfo=UTC)
SALT = bytes(range(16))
HTML = (
    "<h2>1 哪些内容需要保密</h2>\n<p>1.1 <strong>保密信息</strong>包括：</p>\n"
    "<ul>\n<li>客户的账户；</li>\n<li>信用评审意见<ol><li>初评</li><li>复评</li></ol></li>\n</ul>\n"
    "<blockquote><p>拿不准就先保密。</p></blockquote><p>第一行<br />第二行 <em>着重</em></p>"
    "<p><a href='https://example.com/law'>法律</a><a href='javascript:x'>旁注</a></p>"
    "<table><tr><th>事项</th><th>时限</th></tr><tr><td>报告</td><td>一小时</td></tr></table>"
)


def signed(html: str = HTML, **changes: str) -> SignedCopy:
    facts = {
        "agreement": "confidentiality-agreement",
        "version": "51be07d2a4c89e13",
        "language": "zh",
        "text_zh_sha256": sha256_hex(html.encode()),
        "text_en_sha256": "ab" * 32,
        "intent": "本人已读完并理解本协议全文。",
        "person": "p17",
        "typed_name": "李伟",
        "signature_level": "re-authenticated",
    }
    record = SignatureRecord(signed_at=AT, **{**facts, **changes})
    body = body_text(after=record.payload())
    entry = Entry(
        id="e13",
        kind="AgreementSigned",
        occurred_at=AT,
        recorded_at=AT,
        actor="p17",
        body_commitment=commit_body(SALT, body),
    )
    leaves = [leaf_hash(b"%d" % number) for number in range(20)]
    leaves[13] = entry_leaf(entry)
    draft = Checkpoint(
        size=20,
        root=tree_root(leaves),
        previous=NO_PREVIOUS,
        sealed_at=AT + timedelta(seconds=2),
        key_id="",
    )
    proof = LogProof(
        entry=entry,
        body=StoredBody(SALT, body),
        position=13,
        path=inclusion_proof(13, 20, lambda first, end: tree_root(leaves[first:end])),
        checkpoint=sign_checkpoint(draft, KEY),
    )
    return SignedCopy(
        title="员工保密协议",
        issuer="持正融资有限公司",
        html=html,
        record=record,
        proof=proof,
        zone=ZoneInfo("Asia/Shanghai"),
    )


def evidence_of(copy: SignedCopy) -> str:
    return evidence_json(copy.record, copy.html, copy.proof)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


COPY = signed()


@pytest.mark.parametrize(
    "words",
    [
        "员工保密协议",
        "持正融资有限公司",
        "1 哪些内容需要保密",
        "保密信息包括：",
        "客户的账户；",
        "1. 初评 2. 复评",
        "拿不准就先保密。",
        "第二行 着重",
        "报告 一小时",
        "本人已读完并理解本协议全文。",
        "李伟",
        "2026-11-24 00:30:12 (UTC+08:00, Asia/Shanghai)",
        "签署前重新验证身份 Signed after fresh authentication",
        "confidentiality-agreement 51be07d2a4c89e13",
        "abababab abababab",
        "e13, 13",
    ],
)
def test_a_signed_copy_says(words: str) -> None:
    assert words in text_of(signed_copy_pdf(COPY))


def test_a_signed_copy_shows_the_hash_of_its_text_and_the_root_of_the_log() -> None:
    squeezed = text_of(signed_copy_pdf(COPY)).replace(" ", "")
    assert COPY.record.text_zh_sha256 in squeezed
    assert COPY.proof.checkpoint.root.hex() in squeezed


def test_the_copy_carries_evidence_that_a_stranger_with_the_public_key_believes() -> None:
    reader = PdfReader(io.BytesIO(signed_copy_pdf(COPY)))
    (attached,) = reader.attachments["evidence.json"]
    assert evidence_problems(attached.decode(), KEYRING.signature_is_good) == []
    assert json.loads(attached)["html"] == HTML


def test_only_web_and_mail_addresses_become_links() -> None:
    pages = PdfReader(io.BytesIO(signed_copy_pdf(COPY))).pages
    links = [note.get_object()["/A"]["/URI"] for page in pages for note in page.get("/Annots", [])]
    assert links == ["https://example.com/law"]
    assert "法律旁注" in text_of(signed_copy_pdf(COPY))


def test_the_same_signature_gives_the_same_bytes() -> None:
    assert signed_copy_pdf(COPY) == signed_copy_pdf(signed())


def test_a_long_agreement_runs_over_pages_with_their_numbers() -> None:
    html = "".join(f"<h2>第{number}条</h2><p>{'保密' * 200}</p>" for number in range(30))
    reader = PdfReader(io.BytesIO(signed_copy_pdf(signed(html))))
    count = len(reader.pages)
    assert count > 5
    assert f"2 / {count}" in " ".join(reader.pages[1].extract_text().split())
    assert "员工保密协议" not in reader.pages[1].extract_text()[20:]
    assert "第29条" in text_of(signed_copy_pdf(signed(html))).replace(" ", "")


def test_an_english_text_is_marked_english_and_its_hash_is_the_one_compared() -> None:
    html = "<p>I keep it.</p>"
    copy = signed(html, language="en", text_zh_sha256="cd" * 32, text_en_sha256=sha256_hex(html.encode()))
    pdf = signed_copy_pdf(copy)
    assert PdfReader(io.BytesIO(pdf)).root_object["/Lang"] == "en"
    assert "Signed copy" in text_of(pdf)
    assert "I keep it." in text_of(pdf)


@pytest.mark.parametrize("level", ["click", "re-authenticated", "ca"])
def test_every_level_of_signature_has_its_words(level: str) -> None:
    words = {"click": "点击确认", "re-authenticated": "重新验证身份", "ca": "可靠电子签名"}
    assert words[level] in text_of(signed_copy_pdf(signed(signature_level=level)))


def test_hostile_text_stays_text() -> None:
    hostile = '#panic("x") $x$ *b* <script>'
    html = "<p>#panic(&quot;x&quot;) $x$ *b* &lt;script&gt;</p>"
    shown = text_of(signed_copy_pdf(signed(html, typed_name=hostile, intent=hostile)))
    assert shown.count(hostile) == 3


def test_a_text_or_name_that_cannot_be_printed_is_refused_and_told() -> None:
    for copy in (signed("<p>𠮷</p>"), signed(typed_name="𠮷")):
        with pytest.raises(MissingGlyphs) as refused:
            signed_copy_pdf(copy)
        assert refused.value.characters == {"𠮷"}


def test_every_agreement_of_the_firm_can_be_printed() -> None:
    texts = sorted((Path(__file__).parents[2] / "content" / "agreements").glob("*.md"))
    assert texts
    for path in texts:
        assert missing_glyphs(path.read_text(encoding="utf-8")) == set(), path.name


def test_a_copy_whose_parts_do_not_belong_together_is_never_made() -> None:
    with pytest.raises(ValueError, match="the text is not the one"):
        signed_copy_pdf(replace(COPY, html=HTML + "<p>more</p>"))
    with pytest.raises(ValueError, match="the signature is not the one"):
        signed_copy_pdf(replace(COPY, record=replace(COPY.record, typed_name="王")))
    with pytest.raises(ValueError, match="the entry is not in the log"):
        signed_copy_pdf(replace(COPY, proof=replace(COPY.proof, position=12)))
    with pytest.raises(ValueError, match="damaged"):
        signed_copy_pdf(replace(COPY, proof=replace(COPY.proof, body=StoredBody(None, None))))


def rewrite(change: Callable[[dict[str, object]], None]) -> str:
    parts = json.loads(evidence_of(COPY))
    change(parts)
    return json.dumps(parts)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("html", "<p>other</p>", "the text is not the one that was signed"),
        (
            "signature",
            {**COPY.record.payload(), "typed_name": "王"},
            "the signature is not the one that was recorded",
        ),
        ("body", "{}", "the record does not belong to the entry"),
        ("salt", "00" * 16, "the record does not belong to the entry"),
        ("position", 12, "the entry is not in the log"),
        ("path", [], "the entry is not in the log"),
        ("format", "other", "this is not the evidence of a signed agreement"),
        ("salt", "00", "the evidence is damaged"),
        ("path", 7, "the evidence is damaged"),
        ("checkpoint", "other", "the evidence is damaged"),
        ("entry", "[]", "the evidence is damaged"),
    ],
)
def test_evidence_that_was_touched_is_not_believed(name: str, value: object, problem: str) -> None:
    text = rewrite(lambda parts: parts.update({name: value}))
    assert problem in evidence_problems(text, KEYRING.signature_is_good)


def test_an_entry_rewritten_with_its_time_is_not_in_the_log() -> None:
    text = rewrite(lambda parts: parts.update(entry=str(parts["entry"]).replace("2026-11-23", "2026-11-22")))
    assert evidence_problems(text, KEYRING.signature_is_good) == ["the entry is not in the log"]


def test_a_checkpoint_of_a_stranger_is_not_believed() -> None:
    stranger = Keyring([private_key_from("32" * 32).public_key()])
    assert evidence_problems(evidence_of(COPY), stranger.signature_is_good) == [
        "the checkpoint is not signed with the key given"
    ]


@pytest.mark.parametrize("text", ["", "null", "[]", "7", "{}", '{"format": "chizheng-signed-agreement/1"}'])
def test_what_is_no_evidence_is_called_damaged(text: str) -> None:
    assert evidence_problems(text, KEYRING.signature_is_good) == ["the evidence is damaged"]
