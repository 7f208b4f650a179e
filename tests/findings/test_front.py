"""The picture at the top of the README says what the search finds."""

import pytest
from findings.front import picture


@pytest.mark.slow
def test_the_front_picture_is_drawn_with_the_answer_that_it_tells(tmp_path):
    solution = picture(tmp_path / "front.png")
    assert (tmp_path / "front.png").read_bytes().startswith(b"\x89PNG")
    assert (solution.end, solution.answer) == ("solved", 155)
