"""How the command line writes seconds."""

import pytest

from imgsim.results.written import duration


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (None, "-"),
        (0, "0 s"),
        (0.85, "850 ms"),
        (12.34, "12.3 s"),
        (400, "6m 40s"),
        (93_600, "1d 2h"),
        (-0.85, "-850 ms"),
        (-12.34, "-12.3 s"),
        (-400, "-6m 40s"),
        (-1e-9, "0 s"),
    ],
)
def test_a_time_is_written_with_its_sign(seconds, written):
    assert duration(seconds) == written
