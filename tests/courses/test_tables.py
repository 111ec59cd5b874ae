"""Tables of lessons carry what a phone needs to show each row as a card."""

from lms.core.markdown import render
from lms.courses.tables import with_cards

WIDE = "| Class | Test | Who |\n|---|:-:|---|\n| **Public** | a & b | all |\n| Internal | | some |\n"


def test_each_cell_carries_its_label_and_the_first_is_the_rows_head():
    html = with_cards(render(WIDE))
    assert '<table class="table-cards" role="table">' in html
    assert '<td role="rowheader"><strong>Public</strong></td>' in html
    assert 'data-label="Test"' in html
    assert html.count('data-label="Who"') == 2
    assert html.count('role="row"') == 3
    assert html.count('role="columnheader"') == 3


def test_labels_cannot_break_out_of_their_attribute():
    html = with_cards(render('| A | "><b> & | C |\n|---|---|---|\n| 1 | 2 | 3 |\n'.replace("<b>", "`<b>`")))
    assert 'data-label="&quot;&gt;&lt;b&gt; &amp;"' in html


def test_narrow_tables_and_other_texts_stay_as_they_are():
    for text in ("| a | b |\n|---|---|\n| 1 | 2 |\n", "## Words\n\nNo table.\n"):
        assert with_cards(render(text)) == render(text)


def test_the_words_are_the_same():
    import re

    def words(html):
        return re.sub(r"<[^>]*>", "", html)

    assert words(with_cards(render(WIDE))) == words(render(WIDE))
