from fractions import Fraction

import pytest

from imgsim.scenario.file import ScenarioError, from_mapping
from imgsim.scenario.quantities import parse_range
from imgsim.study.case import Case
from imgsim.study.points import at
from imgsim.units import UnitError

WORLD = {"imgsim": 1, "name": "w", "regions": {"r": {"snapshot_service": {"duration": "5m"}}}}


@pytest.mark.parametrize(
    ("low", "high", "middle"),
    [
        (1, 100, 50),
        (0.5, 2, 1.25),
        ("1m", "2h", "1h30s"),
        ("10 GiB", "1 TiB", "517 GiB"),
        ("512 MiB", "10 GiB", "5376 MiB"),
        ("50 MiB/s", "1 GiB/s", "537 MiB/s"),
        ("10/h", "2/min", "65/h"),
        ("1%", "5%", "3%"),
        ("1%/d", "5%/d", "3%/d"),
        ("1 CNY", "200 CNY", "100.5 CNY"),
        ("0.1 CNY/GiB/month", "0.2 CNY/GiB/month", "0.15 CNY/GiB/month"),
    ],
)
def test_a_range_has_its_ends_and_its_middle(low, high, middle):
    range_ = parse_range(low, high)
    assert range_.between(0.5) == middle
    for share, end in ((0, low), (1, high)):
        assert range_.parse(range_.between(share)) == range_.parse(end)


def test_the_middle_of_a_logarithmic_scale_is_the_geometric_mean():
    assert parse_range("1m", "1h40m").between(0.5, log=True) == "10m"
    assert parse_range(1, 100).between(0.5, log=True) == 10


def test_values_between_are_rounded_to_what_a_person_would_write():
    assert parse_range("1m", "2m").between(1 / 3) == "1m20s"
    assert parse_range("1m", "2m").between(0.123456789) == "1m7.407s"
    assert parse_range(0.0, 1.0).between(1 / 3) == 0.333333


@pytest.mark.parametrize(
    ("low", "high", "what"),
    [
        (1, 1, "must be below"),
        ("2h", "1h", "must be below"),
        ("1m", "2 GiB", "not both durations"),
        ("1m", 5, "not both durations"),
        ("soon", "2h", "is no quantity"),
        (1, "2h", "not a plain number"),
    ],
)
def test_a_range_that_is_none_is_told(low, high, what):
    with pytest.raises(UnitError, match=what):
        parse_range(low, high)


def test_only_whole_ends_make_whole_numbers():
    assert parse_range(1, 3).is_whole
    assert not parse_range(1, 2.5).is_whole
    assert parse_range(1, 3).write(Fraction(2)) == 2


def test_a_scenario_at_a_point_has_the_values_set_and_nothing_else():
    base = from_mapping(WORLD)
    other = at(base, {"regions.r.image_quota": 7, "regions.r.snapshot_service": {"duration": "1m"}})
    assert other.regions["r"].image_quota == 7
    assert other == from_mapping(
        {**WORLD, "regions": {"r": {"image_quota": 7, "snapshot_service": {"duration": "1m"}}}}
    )
    with pytest.raises(ScenarioError, match=r"did you mean image_quota\?"):
        base.what_if({"regions.r.image_qouta": 7})


def test_a_case_at_a_point_is_another_case_for_the_ledger():
    case = Case(max, {"x": 1, "y": 2}, key="k")
    other = at(case, {"y": 3})
    assert other.parameters == {"x": 1, "y": 3}
    assert other.run_key(0) != case.run_key(0)
    assert other.run_key(0) == at(case, {"y": 3}).run_key(0)
    with pytest.raises(ValueError, match="no parameter 'z'; there are x, y"):
        at(case, {"z": 3})
