"""What grows in a scenario leaves the luck of what was there alone."""

from imgsim import Scenario, Simulation, run


def nightly(count):
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "grow",
            "run": {"horizon": "3d"},
            "regions": {
                "r": {
                    "registration": "1s",
                    "snapshot_service": {"duration": {"lognormal": {"mean": "5m", "cv": 0.5}}},
                }
            },
            "instances": [
                {
                    "group": "g",
                    "count": count,
                    "region": "r",
                    "disks": [
                        {"kind": "data", "size": "1 GiB"},
                        {"kind": "system", "size": "2 GiB"},
                    ],
                }
            ],
            "load": {
                "s": {
                    "arrivals": {"cron": {"schedule": "0 2 * * *"}},
                    "mix": [{"instances": {"group": "g", "choose": "each"}}],
                }
            },
        }
    )


def times_of_the_first(count):
    calls = run(nightly(count)).calls
    return calls[calls["source"] == "g-1"]["total_s"].tolist()


def test_a_group_that_grows_from_one_on_leaves_the_first_its_luck():
    assert times_of_the_first(1) == times_of_the_first(2) == times_of_the_first(5)


def test_the_system_disk_is_the_first_wherever_it_stands():
    sim = Simulation(nightly(1))
    assert [disk.kind for disk in sim.cloud.instances["g-1"].disks] == ["system", "data"]
    assert sim.cloud.disks["g-1-disk-1"].size == 2
