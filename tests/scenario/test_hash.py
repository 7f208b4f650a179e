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
