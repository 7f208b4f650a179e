"""Rows are appended, packed at fixed widths, and their texts are found again."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsim.records import rows
from imgsim.records.journal import Journal, Log
from imgsim.records.marks import DELETIONS
from imgsim.records.rows import SMALLEST, TABLES, WIDTHS, Kind
from imgsim.results.tables import raw


@pytest.mark.parametrize("table", [*TABLES, DELETIONS], ids=lambda table: table.name)
def test_a_row_comes_back_as_it_was_appended_missing_fields_too(table):
    log = Log(table)
    full = [number + 1 for number in range(len(table.fields))]
    empty = [SMALLEST.get(WIDTHS[field.kind], 0) for field in table.fields]
    log.append(log.row(*full))
    log.append(log.row(*empty))
    assert len(log) == 2
    assert [list(row) for row in raw(log).tolist()] == [full, empty]


@pytest.mark.parametrize("table", [*TABLES, DELETIONS], ids=lambda table: table.name)
def test_every_field_says_what_it_means_and_no_two_have_one_name(table):
    assert all(field.meaning for field in table.fields)
    assert len({field.name for field in table.fields}) == len(table.fields)
    for field in table.fields:
        assert bool(field.words) == (field.kind is Kind.CHOICE)


def test_a_field_that_does_not_fit_its_width_is_an_error_and_no_half_row():
    log = Log(rows.USES)
    with pytest.raises(struct.error):
        log.append(log.row(2**63, 0, 0, 0, 0, 0))
    assert len(log) == 0


def test_the_smallest_number_of_a_width_means_missing_and_nothing_else_does():
    assert SMALLEST == {"q": -(2**63), "i": -(2**31), "b": -(2**7)}
    assert struct.calcsize(rows.CALLS.struct.format) == rows.CALLS.struct.size


def test_a_word_that_comes_again_has_the_same_code():
    journal = Journal()
    codes = [journal.words[text] for text in ("a", "b", "a", None, "b", "")]
    assert codes[0] == codes[2] != codes[1] == codes[4]
    assert codes[3] == rows.MISSING_4
    assert len({codes[0], codes[1], codes[5]}) == 3
    assert [journal.words.texts[codes[place]] for place in (0, 1, 5)] == ["a", "b", ""]


@given(st.lists(st.none() | st.text()))
def test_texts_of_their_own_lie_behind_their_lengths(texts):
    journal = Journal()
    places = [journal.text(text) for text in texts]
    for place, text in zip(places, texts, strict=True):
        if text is None:
            assert place == rows.MISSING
            continue
        length = int.from_bytes(journal.texts[place : place + 4], "little")
        assert journal.texts[place + 4 : place + 4 + length].decode() == text


def test_a_lone_surrogate_does_not_stop_the_journal():
    journal = Journal()
    assert journal.text("\ud800") == 0


def test_choices_are_stored_by_their_place_among_the_words():
    assert rows.CALLS.codes("outcome") == {
        "available": 0,
        "failed": 1,
        "denied": 2,
        "replayed": 3,
        "unfinished": 4,
    }
