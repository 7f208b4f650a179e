"""What a run depends on: data files count by their content, wherever they are named."""

from imgsim import Scenario


def scenario(path):
    law = {"truncated": {"of": {"empirical": {"file": str(path), "column": "s"}}, "high": "1h"}}
    return Scenario.from_mapping(
        {
            "imgsim": 1,
            "name": "hash",
            "regions": {"r": {"snapshot_service": {"duration": law}}},
        }
    )


def test_a_measured_column_counts_by_its_content(tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("s\n1\n2\n")
    second.write_text("s\n1\n2\n")
    assert scenario(first).hash == scenario(second).hash
    before = scenario(first).hash
    first.write_text("s\n1\n3\n")
    assert scenario(first).hash != before


def test_how_often_it_is_run_and_what_is_cut_does_not_count():
    said = {
        "imgsim": 1,
        "name": "hash",
        "run": {"horizon": "9h"},
        "regions": {"r": {"snapshot_service": {"duration": "1m"}}},
    }

    def hashed(**run):
        return Scenario.from_mapping(said | {"run": said["run"] | run}).hash

    plain = hashed()
    assert hashed(replications=30, confidence="99%", warmup="1h") == plain
    assert hashed(replications={"until": {"rejection_rate": "5%"}}) == plain
    for changed in ({"seed": 2}, {"kind": "steady-state"}, {"drain": "1h"}, {"horizon": "8h"}):
        assert hashed(**changed) != plain
