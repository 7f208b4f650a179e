"""A run without a horizon ends with the calendar, whatever is in progress."""

import imgsim
from imgsim import Scenario


def test_what_outlasts_the_calendar_is_unfinished():
    disk = {"kind": "system", "size": "40 GiB"}
    loop = {"closed-loop": {"clients": 1, "calls": 900}}
    run = imgsim.run(
        Scenario.from_mapping(
            {
                "imgsim": 1,
                "name": "long",
                "regions": {"r": {"snapshot_service": {"duration": "50000000d"}}},
                "instances": [{"id": "i-1", "region": "r", "disks": [disk]}],
                "load": {"ci": {"arrivals": loop, "mix": [{"instances": {"ids": ["i-1"]}}]}},
            }
        )
    )
    assert run.calls["outcome"].tolist()[-1] == "unfinished"
    assert 7900 < run.ended_at / 31_556_952e6 < 8000
