"""What clients do, in the direction in which it must work, with the same luck on both sides."""

from __future__ import annotations

from itertools import pairwise

import imgsim
from imgsim import Scenario


def measures(client, **changes):
    data = {
        "imgsim": 1,
        "name": "clients",
        "run": {"horizon": "1d"},
        "regions": {
            "r": {
                "image_quota": 40,
                "snapshot_service": {
                    "slots": 4,
                    "duration": {"lognormal": {"mean": "6m", "cv": 0.8}},
                    "failure": "5%",
                },
            }
        },
        "instances": [
            {
                "group": "g",
                "count": 40,
                "region": "r",
                "disks": [{"kind": "system", "size": "40 GiB"}],
            }
        ],
        "load": {
            "s": {
                "arrivals": {"poisson": {"rate": "30/h"}},
                "mix": [{"instances": {"group": "g"}}],
                "client": client,
                "delete": {"after": "1h"},
            }
        },
    }
    return imgsim.run(Scenario.from_mapping(data, changes)).measures


def falls(values):
    return all(before > after for before, after in pairwise(values))


ROOM = {"regions.r.image_quota": 10_000}


def test_the_longer_a_client_waits_the_fewer_orphans_it_leaves():
    runs = [
        measures({"timeout": wait, "poll": "10s"}, **ROOM) for wait in ("5m", "10m", "20m", "60m")
    ]
    assert falls([one["intents.timed_out"] for one in runs])
    assert falls([one["images_left"] for one in runs])


def test_the_more_often_a_client_polls_the_sooner_it_knows_and_the_more_it_asks():
    runs = [measures({"poll": poll}, **ROOM) for poll in ("5m", "1m", "5s")]
    assert falls([one["time_to_success.mean"] for one in runs])
    assert falls([-one["polls_per_success"] for one in runs])
    assert len({one["time_to_available.mean"] for one in runs}) == 1  # the service does not care


def test_a_client_that_does_not_see_failures_waits_for_nothing():
    seeing, blind = (
        measures({"timeout": "1h", "poll": "5s", "on_failure": what}, **ROOM)
        for what in ("notice", "ignore")
    )
    assert blind["polls_per_success"] > seeing["polls_per_success"]
    assert blind["intents.timed_out"] > seeing["intents.timed_out"] == 0
    assert blind["intents.succeeded"] == seeing["intents.succeeded"]


def test_the_longer_clients_go_on_asking_the_more_get_their_image_and_the_more_calls_are_denied():
    retries = [{}, *({"retry": {"wait": "5m", "attempts": n}} for n in (2, 6, 20))]
    runs = [measures(retry, **{"regions.r.image_quota": 30}) for retry in retries]
    assert falls([-one["intents.succeeded"] for one in runs])
    assert falls([-one["retry_amplification"] for one in runs])
    assert runs[0]["retry_amplification"] == 1


def test_with_tokens_no_lost_answer_makes_a_double_image():
    client = {"lost_answers": "20%", "retry": {"wait": "5s", "attempts": 9}}
    with_token, without = (
        measures(client | {"token": token}, **ROOM) for token in ("per-intent", "none")
    )
    assert with_token["double_images"] == 0 < without["double_images"]
    assert with_token["images_left"] < without["images_left"]


def test_cleaning_up_leaves_nothing_behind():
    runs = [
        measures({"timeout": "8m", "at_timeout": what}, **ROOM)
        for what in ("leave", "delete-image", "delete-image-and-snapshots")
    ]
    assert [one["images_left"] > 0 for one in runs] == [True, False, False]
    assert [one["snapshots_left"] > 0 for one in runs] == [True, True, False]
