"""Templates, styles, scripts: nothing inline, no word outside gettext, nothing outgrown or changed."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest

LMS = Path(__file__).parents[2] / "lms"
WEB = LMS / "web"
TEMPLATES = sorted(LMS.glob("**/templates/**/*.html"))
MACROS = sorted((WEB / "templates" / "macros").glob("*.html"))
OWN_STATIC = sorted([*(WEB / "static" / "css").glob("*.css"), *(WEB / "static" / "js").glob("*.js")])
PROPER_NAMES = {"English", "中文", "持", "正"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label")


def name(path):
    return str(path.relative_to(LMS))


def without_jinja(text):
    """Jinja gone, and what it would print replaced by nothing."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)


def inline_parts(text):
    plain = without_jinja(text)
    tags = re.findall(r"<[a-zA-Z][^>]*>", plain)
    found = [
        tag for tag in tags if re.search(r"\s(?:style|on[a-z]+|data-hx-on[:a-z-]*|hx-on[:a-z-]*)\s*=", tag)
    ]
    found += re.findall(r"<style\b[^>]*>", plain)
    found += [
        tag for tag in re.findall(r"<script\b[^>]*>.*?</script>", plain, re.DOTALL) if "src=" not in tag
    ]
    return found + re.findall(r"(?:href|src|action)=\"\s*javascript:", plain)


def bare_words(text):
    plain = without_jinja(text)
    spoken = [value for key in SPOKEN for value in re.findall(rf"\s{key}=\"([^\"]*)\"", plain)]
    texts = re.sub(r"<[^>]*>", "\n", plain, flags=re.DOTALL).split("\n")
    words = [re.sub(r"&\w+;", "", each).strip() for each in texts + spoken]
    return [each for each in words if re.search(r"[^\W\d_]", each) and each not in PROPER_NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_has_inline_script_or_style(path):
    assert inline_parts(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_word_goes_through_gettext(path):
    assert bare_words(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_marks_text_as_safe_or_outgrows_its_limit(path):
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", text)
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize("path", MACROS, ids=name)
def test_macro_files_translate_only_inside_macros(path):
    """A macro file is imported once and kept: a word outside its macros would keep its first language."""
    text, depth, outside = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL), 0, ""
    for part in re.split(r"(\{%-?\s*(?:end)?macro\b.*?%\})", text, flags=re.DOTALL):
        depth += 1 if re.match(r"\{%-?\s*macro", part) else -1 if re.match(r"\{%-?\s*endmacro", part) else 0
        outside += part if depth == 0 else ""
    assert depth == 0
    assert not re.search(r"\b(?:_|n?gettext|pgettext)\(", outside)


@pytest.mark.parametrize("path", OWN_STATIC, ids=name)
def test_styles_and_scripts_stay_small(path):
    assert len(path.read_text().splitlines()) <= 300


def test_the_guards_see_what_they_guard_against():
    assert inline_parts('<p style="color: red">') != []
    assert inline_parts('<a href="/" onclick="go()">') != []
    assert inline_parts("<script>go()</script>") != []
    assert inline_parts('<script src="{{ x }}"></script><p class="style">') == []
    assert bare_words('<p>{{ _("Hello") }}</p><b>Hello</b>') == ["Hello"]
    assert bare_words('<p aria-label="Close">{{ _("x") }}</p>') == ["Close"]
    assert bare_words("<p>{{ name }} · 3 / 5</p>") == []


def test_vendored_files_are_the_published_ones():
    vendor = WEB / "static" / "vendor"
    listed = re.findall(
        r"^\| `([\w.]+)` .*`([0-9a-f]{64})` \|$", (vendor / "README.md").read_text(), re.MULTILINE
    )
    assert {file for file, _ in listed} == {
        path.name for path in vendor.iterdir() if path.suffix in {".css", ".js"}
    }
    for file, digest in listed:
        content = (vendor / file).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert gzip.decompress((vendor / f"{file}.gz").read_bytes()) == content


def test_a_learners_first_page_is_small():
    """At most 150 kB: what the frame and a lesson load, our own files counted whole, and a long page."""
    vendor = [
        (WEB / "static" / "vendor" / f"{file}.gz").stat().st_size
        for file in ("bootstrap.min.css", "htmx.min.js")
    ]
    loaded = [path for path in OWN_STATIC if not path.match("js/quiz*.js")]  # those belong to an attempt
    assert sum(vendor) + sum(path.stat().st_size for path in loaded) <= 110_000
