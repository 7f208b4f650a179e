"""Weibull, triangular, mixed, truncated and recorded values; scipy and quadrature are witnesses."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from pyarrow import parquet
from scipy import integrate, optimize, stats

from imgsim import Scenario, ScenarioError, load
from imgsim.chance.distributions import (
    DISTRIBUTIONS,
    Column,
    Component,
    Constant,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Mixture,
    Triangular,
    Truncated,
    Uniform,
    Weibull,
)
from imgsim.chance.streams import Chance, rounded
from imgsim.scenario.file import schema

SHARES = np.concatenate([[1e-9, 1e-4], np.linspace(0.005, 0.995, 199), [0.9999, 1 - 1e-9]])
SIGMA = math.sqrt(math.log(1 + 0.6**2))
SEEN = (3.0, 1.0, 2.0, 2.0, 7.0)


def mixed(*parts):
    return Mixture(tuple(Component(weight, of) for weight, of in parts))


TWO = mixed((0.7, Lognormal(mean=6.0, cv=0.6)), (0.3, Gamma(30.0, 0.5)))
TWO_WITNESSES = (
    (0.7, stats.lognorm(SIGMA, scale=6 / math.sqrt(1 + 0.6**2))),
    (0.3, stats.gamma(4, scale=7.5)),
)


def two_cdf(x):
    return sum(share * witness.cdf(x) for share, witness in TWO_WITNESSES)


SIMPLE = [
    pytest.param(Uniform(2.0, 5.0), stats.uniform(2, 3), id="uniform"),
    pytest.param(Exponential(7.0), stats.expon(scale=7), id="exponential"),
    pytest.param(Lognormal(mean=6.0, cv=0.6), TWO_WITNESSES[0][1], id="lognormal"),
    pytest.param(Gamma(6.0, 2.0), stats.gamma(0.25, scale=24), id="gamma"),
    pytest.param(Weibull(1.0, 7.0), stats.expon(scale=7), id="weibull, exponential"),
    pytest.param(Weibull(0.5, 3.0), stats.weibull_min(0.5, scale=3), id="weibull, settling in"),
    pytest.param(Weibull(4.2, 3.0), stats.weibull_min(4.2, scale=3), id="weibull, wearing out"),
    pytest.param(Triangular(2.0, 3.0, 7.0), stats.triang(0.2, 2, 5), id="triangular"),
    pytest.param(Triangular(2.0, 2.0, 7.0), stats.triang(0, 2, 5), id="triangular, falling"),
    pytest.param(Triangular(2.0, 7.0, 7.0), stats.triang(1, 2, 5), id="triangular, rising"),
    pytest.param(
        Truncated(Exponential(7.0), high=21.0), stats.truncexpon(3, scale=7), id="truncated above"
    ),
    pytest.param(
        Truncated(Exponential(7.0), low=3.0), stats.expon(loc=3, scale=7), id="truncated below"
    ),
    pytest.param(
        Truncated(Weibull(2.0, 7.0), 3.0, 14.0),
        stats.truncweibull_min(2, 3 / 7, 2, scale=7),
        id="truncated on both sides",
    ),
]
SMOOTH = [param.values[0] for param in SIMPLE] + [
    TWO,
    Truncated(TWO, 4.0, 60.0),
    mixed((2, Truncated(TWO, high=9.0)), (1, Uniform(5.0, 80.0))),
]
STEPS = [
    Constant(4.0),
    Empirical(SEEN),
    Truncated(Empirical(SEEN), 2.0, 3.0),
    Truncated(Constant(4.0), 4.0, 4.0),
    mixed((1, Constant(4.0)), (1, Constant(2.0)), (2, Empirical(SEEN))),
    Lognormal(median=4.0, sigma=0.0),
    Uniform(4.0, 4.0),
    Triangular(4.0, 4.0, 4.0),
]
ALL = SMOOTH + STEPS + [mixed((0.3, Constant(5.0)), (0.7, Exponential(4.0)))]


@pytest.mark.parametrize(("law", "witness"), SIMPLE)
def test_quantiles_mean_and_probabilities_are_those_of_the_witness(law, witness):
    # A float near 1 tells the share above it, of what is left inside, to seven digits.
    tolerance = 1e-8 if isinstance(law, Truncated) else 1e-9
    np.testing.assert_allclose(law.quantile(SHARES), witness.ppf(SHARES), rtol=tolerance)
    assert law.average == pytest.approx(witness.mean(), rel=1e-9)
    points = np.linspace(0, 30, 301)
    np.testing.assert_allclose(law.cdf(points), witness.cdf(points), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("law", SMOOTH, ids=repr)
def test_the_probability_of_a_quantile_or_less_is_its_share(law):
    np.testing.assert_allclose(law.cdf(law.quantile(SHARES)), SHARES, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("law", SMOOTH, ids=repr)
def test_the_mean_is_the_integral_of_the_probability_of_more(law):
    edges = [0.0, *(float(law.quantile(np.array(u))) for u in (0.01, 0.5, 0.99, 0.999999))]
    areas = [
        integrate.quad(lambda x: 1 - float(law.cdf(np.array(x))), a, b, limit=200, epsrel=1e-11)[0]
        for a, b in zip(edges, [*edges[1:], math.inf], strict=True)
    ]
    assert law.average == pytest.approx(math.fsum(areas), rel=1e-7)


@pytest.mark.parametrize("law", ALL, ids=repr)
@pytest.mark.parametrize("share", [0.03, 0.4, 0.77])
def test_the_mean_up_to_a_value_is_the_integral_up_to_it(law, share):
    # E[X; X <= x] = x F(x) - the integral of F from 0 to x.
    x = float(law.quantile(np.array(share))) * 1.01
    steps = sorted({*(v for v in (*SEEN, 4.0, 5.0, 60.0, 80.0) if v < x), 0.0, x})
    under = sum(
        integrate.quad(lambda y: float(law.cdf(np.array(y))), a, math.nextafter(b, 0), limit=200)[0]
        for a, b in pairwise(steps)
    )
    expected = x * float(law.cdf(np.array(x))) - under
    assert float(law.mean_to(np.array(x))) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("law", ALL, ids=repr)
def test_nothing_lies_below_zero_and_all_below_infinity(law):
    ends = np.array([-math.inf, -1.0, -5e-324, math.inf])
    assert law.cdf(ends).tolist() == [0.0, 0.0, 0.0, pytest.approx(1.0, abs=1e-15)]
    assert law.mean_to(ends).tolist() == [0.0, 0.0, 0.0, pytest.approx(law.average, rel=1e-12)]


@pytest.mark.parametrize("law", ALL, ids=repr)
def test_draws_follow_the_stated_probabilities_by_kolmogorov_and_smirnov(law):
    draws = law.quantile(Chance(6, 0).uniforms("x", 0, 10_000))
    _, counts = np.unique(draws, return_counts=True)
    at = np.unique(draws)
    # Both sides of each step, so that distributions with atoms are tested too.
    after, before = np.cumsum(counts) / 10_000, (np.cumsum(counts) - counts) / 10_000
    gaps = [after - law.cdf(at), before - law.cdf(np.nextafter(at, -math.inf))]
    assert np.abs(gaps).max() < stats.kstwo(10_000).ppf(0.999)
    assert abs(draws.mean() - law.average) <= 4 * draws.std() / 100 + 1e-12


@pytest.mark.parametrize("law", ALL, ids=repr)
def test_quantiles_come_in_the_shape_of_the_shares_and_never_fall(law):
    assert np.shape(law.quantile(np.array(0.5))) == ()
    assert law.quantile(SHARES[:6].reshape(2, 3)).shape == (2, 3)
    assert (np.diff(law.quantile(SHARES)) >= 0).all()
    one_by_one = [float(law.quantile(np.array(share))) for share in SHARES[:40]]
    assert law.quantile(SHARES[:40]).tolist() == one_by_one


def test_a_mixture_inverts_the_weighted_probabilities_to_the_last_bits():
    for share in (1e-6, 0.1, 0.5, 0.7, 0.93, 1 - 1e-6):
        root = optimize.brentq(lambda x, u=share: two_cdf(x) - u, 1e-9, 1e4, xtol=1e-13, rtol=1e-14)
        drawn = float(TWO.quantile(np.array(share)))
        assert drawn == pytest.approx(root, rel=1e-9)
        # The smallest float whose probability reaches the share.
        assert TWO.cdf(np.array(drawn)) >= share > TWO.cdf(np.array(math.nextafter(drawn, 0)))
    assert TWO.average == pytest.approx(0.7 * 6 + 0.3 * 30, rel=1e-14)


def test_a_mixture_of_constants_gives_each_as_often_as_its_weight():
    law = mixed((3, Constant(300_000_000)), (1, Constant(0)), (0, Constant(7)))
    assert law.quantile(np.array([0.01, 0.2499, 0.2501, 0.99])).tolist() == [0, 0, 3e8, 3e8]
    assert law.average == 225_000_000


def test_a_mixture_of_one_is_that_one():
    microseconds = Lognormal(mean=300_000_000, cv=0.6)
    alone = mixed((5, microseconds))
    assert rounded(alone.quantile(SHARES)) == rounded(microseconds.quantile(SHARES))


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.floats(0.01, 0.99))
def test_a_mixture_lies_between_its_parts(share, weight):
    u = np.array(share)
    parts = [Exponential(3.0), Weibull(2.0, 40.0)]
    drawn = float(mixed((weight, parts[0]), (1 - weight, parts[1])).quantile(u))
    low, high = sorted(float(part.quantile(u)) for part in parts)
    assert low <= drawn <= high


def test_a_value_at_the_bound_lies_inside():
    law = Truncated(Empirical(SEEN), 2.0, 3.0)
    drawn = law.quantile(Chance(1, 0).uniforms("x", 0, 3000))
    assert set(drawn) == {2.0, 3.0}
    assert law.average == pytest.approx(7 / 3, rel=1e-15)


@given(
    st.floats(0, 1, exclude_min=True, exclude_max=True).filter(lambda u: u < 1 - 2**-54),
    st.floats(0, 30),
    st.floats(0.1, 30),
)
def test_truncated_draws_stay_inside_the_bounds(share, low, width):
    law = Truncated(Exponential(7.0), low, low + width)
    assert low <= float(law.quantile(np.array(share))) <= low + width


def test_the_tail_of_a_truncated_one_stays_finite():
    law = Truncated(Exponential(1.0), low=13.0)
    assert math.isfinite(float(law.quantile(np.array(1 - 2.0**-53))))
    assert law.average == pytest.approx(14, rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "fields", "what"),
    [
        ("weibull", {"shape": 0, "scale": 1}, "shape must lie between 0.1 and 1000"),
        ("weibull", {"shape": 1, "scale": 0}, "scale must be above 0"),
        ("triangular", {"low": 2, "mode": 1, "high": 3}, "low must be 0 or more, and at most mode"),
        ("triangular", {"low": 1, "mode": 4, "high": 3}, "mode must be at most high"),
        ("triangular", {"low": -1, "mode": 4, "high": 5}, "low must be 0 or more"),
        ("empirical", {}, "give values, or file and column"),
        ("empirical", {"file": Path("x")}, "give values, or file and column"),
        ("empirical", {"column": Column("x")}, "give values, or file and column"),
        ("empirical", {"values": (1,), "column": Column("x")}, "give values, or file and column"),
        (
            "empirical",
            {"values": (1,), "file": Path("x"), "column": Column("x")},
            "give values, or file and column",
        ),
        ("mixture", {"components": ()}, "components must not be empty"),
        ("mixture", {"components": (Component(0, Constant(1)),)}, "a weight must be above 0"),
        ("truncated", {"of": Constant(1)}, "give low, high, or both"),
        ("truncated", {"of": Constant(1), "low": 2, "high": 1}, "low must be 0 or more, and at"),
        ("truncated", {"of": Constant(1), "low": -2}, "low must be 0 or more"),
        ("truncated", {"of": Constant(1), "low": 2}, "less than a millionth of the probability"),
        ("truncated", {"of": Exponential(1), "low": 14}, "less than a millionth of the prob"),
    ],
)
def test_parameters_that_make_no_distribution_are_refused(kind, fields, what):
    with pytest.raises(ValueError, match=f"^{what}|; {what}"):
        DISTRIBUTIONS[kind](**fields)


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ValueError, match="weight must not be negative"):
        Component(-1, Constant(1))


# In scenario files.

WORLD = {
    "imgsim": 1,
    "name": "small",
    "run": {"horizon": "1h"},
    "regions": {"r": {"snapshot_service": {"duration": "5m"}}},
}


def world(**service):
    data = json.loads(json.dumps(WORLD))
    data["regions"]["r"]["snapshot_service"].update(service)
    return data


def read(**service):
    return Scenario.from_mapping(world(**service)).regions["r"].snapshot_service


def noise(written):
    data = world(bandwidth="1 GiB/s", noise=written)
    del data["regions"]["r"]["snapshot_service"]["duration"]
    return Scenario.from_mapping(data).regions["r"].snapshot_service.noise


def fault(**service):
    with pytest.raises(ScenarioError) as caught:
        read(**service)
    assert len(caught.value.messages) == 1
    return caught.value.messages[0].removeprefix("scenario: regions.r.snapshot_service.")


NESTED = {
    "mixture": {
        "components": [
            {
                "weight": 0.7,
                "of": {"truncated": {"of": {"exponential": {"mean": "5m"}}, "low": "1m"}},
            },
            {"weight": 0.3, "of": {"mixture": {"components": [{"weight": 1.0, "of": "2h"}]}}},
        ]
    }
}
WRITTEN = [
    {"weibull": {"shape": 1.5, "scale": "5m"}},
    {"triangular": {"low": "1m", "mode": "2m30s", "high": "1h"}},
    {"truncated": {"of": {"lognormal": {"mean": "5m", "cv": 0.7}}, "high": "1h"}},
    NESTED,
]


@pytest.fixture(scope="module")
def validate():
    described = schema()
    return validator_for(described)(described).validate


@pytest.mark.parametrize("written", WRITTEN, ids=lambda written: next(iter(written)))
def test_every_kind_is_read_written_and_described(written, validate):
    scenario = Scenario.from_mapping(world(duration=written))
    assert Scenario.from_mapping(scenario.plain()) == scenario
    assert scenario.plain() == Scenario.from_mapping(scenario.plain()).plain()
    validate(world(duration=written))
    validate(scenario.plain())
    for side in written.values():
        with pytest.raises(ValidationError):
            validate(world(duration={next(iter(written)): side | {"x": 1}}))


def test_nested_kinds_are_counted_in_the_unit_of_the_field():
    law = read(duration=NESTED).duration
    assert law.components[0].of == Truncated(Exponential(300_000_000), low=60_000_000)
    assert law.components[1].of == mixed((1.0, Constant(7_200_000_000)))
    factor = noise({"truncated": {"of": {"uniform": {"low": 0, "high": 9}}, "high": 2}})
    assert factor == Truncated(Uniform(0.0, 9.0), high=2.0)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (
            {"truncated": {"of": {"lognormal": {"mean": "5m", "cv": -1}}, "high": "1h"}},
            "truncated.of.lognormal: cv or sigma must not be negative",
        ),
        (
            {"truncated": {"of": {"lognormal": {"mean": "5m", "cvv": 1}}, "high": "1h"}},
            "truncated.of.lognormal.cvv: unknown key; did you mean cv?",
        ),
        (
            {"truncated": {"of": {"lognormal": {"mean": "5m", "cv": "x"}}, "high": "1h"}},
            "truncated.of.lognormal.cv: 'x' is not a plain number; write for example 0.3",
        ),
        (
            {"truncated": {"of": {"lognormal": {"mean": 5, "cv": 1}}, "high": "1h"}},
            "truncated.of.lognormal.mean: the number 5 has no unit; write a duration such as 90s, "
            "5m, 1h30m or 7d",
        ),
        (
            {"truncated": {"of": {"lognorml": {}}, "high": "1h"}},
            "truncated.of.lognorml: unknown key; did you mean lognormal?",
        ),
        (
            {"mixture": {"components": [{"weight": 1, "of": {"constnt": 1}}]}},
            "mixture.components[0].of.constnt: unknown key; did you mean constant?",
        ),
        (
            {"mixture": {"components": [{"weigth": 1, "weight": 1, "of": "5m"}]}},
            "mixture.components[0].weigth: unknown key; did you mean weight?",
        ),
        (
            {"mixture": {"components": [{"weight": 1, "of": "5m"}, {"weight": -1, "of": "5m"}]}},
            "mixture.components[1]: weight must not be negative",
        ),
        (
            {"truncated": {"of": "5m", "low": "6m"}},
            "truncated: less than a millionth of the probability lies inside; low and high must "
            "enclose more",
        ),
    ],
)
def test_a_fault_deep_inside_is_told_with_its_path(written, what):
    assert fault(duration=written) == f"duration.{what}"


# Values of a data file.


def csv(tmp_path, text):
    path = tmp_path / "seen.csv"
    path.write_text(text, encoding="utf-8")
    return path


def seconds(path, column="s"):
    return read(duration={"empirical": {"file": str(path), "column": column}}).duration


def file_fault(path, column="s"):
    told = fault(duration={"empirical": {"file": str(path), "column": column}})
    return told.removeprefix("duration.empirical: ").replace(str(path), path.name)


SHOULD = "every row must hold a finite number of seconds, 0 or more"


def test_a_column_of_durations_holds_seconds_and_one_of_numbers_numbers(tmp_path):
    path = csv(tmp_path, "who,s\na, 0.5\nb,4\nc,1e-1 \nd,0.0000014\n")
    law = seconds(path)
    assert rounded(law.quantile(np.array([0.1, 0.3, 0.6, 0.9]))) == [1, 100_000, 500_000, 4_000_000]
    assert law.average == pytest.approx(4_600_001.4 / 4, rel=1e-15)
    path = csv(tmp_path, "who,f\na,0.5\nb,1.5\n")
    factor = noise({"empirical": {"file": str(path), "column": "f"}})
    assert factor.quantile(np.array([0.2, 0.8])).tolist() == [0.5, 1.5]
    assert factor.average == 1.0


def test_the_same_values_written_and_in_a_file_are_the_same_distribution(tmp_path):
    law = seconds(csv(tmp_path, "s\n60\n90\n30\n"))
    written = Empirical((60_000_000, 90_000_000, 30_000_000))
    assert law.quantile(SHARES).tolist() == written.quantile(SHARES).tolist()
    truncated = {"of": {"empirical": {"file": str(tmp_path / "seen.csv"), "column": "s"}}}
    law = read(duration={"truncated": truncated | {"low": "60s"}}).duration
    assert law.average == pytest.approx(75_000_000, rel=1e-15)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2, 4], pa.int32()),
        pa.array([2, 4], pa.float32()),
        pa.array([Decimal("2.00"), Decimal("4.00")]),
    ],
    ids=lambda column: str(column.type),
)
def test_parquet_columns_of_every_type_of_number_are_read(tmp_path, column):
    parquet.write_table(pa.table({"s": column, "t": ["x", "y"]}), tmp_path / "seen.parquet")
    assert seconds(tmp_path / "seen.parquet").quantile(np.array([0.1, 0.9])).tolist() == [2e6, 4e6]


def test_the_path_is_relative_to_the_scenario_file(tmp_path, validate):
    csv(tmp_path, "s\n60\n")
    duration = "{empirical: {file: seen.csv, column: s}}"
    text = f"imgsim: 1\nname: x\nregions: {{r: {{snapshot_service: {{duration: {duration}}}}}}}\n"
    (tmp_path / "s.yaml").write_text(text)
    scenario = load(tmp_path / "s.yaml")
    law = scenario.regions["r"].snapshot_service.duration
    assert law == Empirical(file=tmp_path / "seen.csv", column=Column("s", 1_000_000))
    said = scenario.plain()["regions"]["r"]["snapshot_service"]["duration"]
    assert said == {"empirical": {"file": str(tmp_path / "seen.csv"), "column": "s"}}
    assert Scenario.from_mapping(scenario.plain()) == scenario
    validate(scenario.plain())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a,b\n1,2\n", "seen.csv has no column 's'; its columns are a, b"),
        ("s,s\n1,2\n", "seen.csv has the column 's' twice"),
        ("s\n", "the column 's' in seen.csv has no rows"),
        ("s\n1\nfast\nslow\n", f"row 2 of the column 's' in seen.csv holds 'fast'; {SHOULD}"),
        ("s\n1\n5m\n", f"row 2 of the column 's' in seen.csv holds '5m'; {SHOULD}"),
        ("s,t\n1,1\n,2\n", f"row 2 of the column 's' in seen.csv is empty; {SHOULD}"),
        ("s\n1\n\n2\n", f"row 2 of the column 's' in seen.csv is empty; {SHOULD}"),
        ("s\n1\n2\nnan\n", f"row 3 of the column 's' in seen.csv holds 'nan'; {SHOULD}"),
        ("s\ninf\n", f"row 1 of the column 's' in seen.csv holds 'inf'; {SHOULD}"),
        ("s\n1e999\n", f"row 1 of the column 's' in seen.csv holds '1e999'; {SHOULD}"),
        ("s\n1\n-0.5\n", f"row 2 of the column 's' in seen.csv holds '-0.5'; {SHOULD}"),
        ("", "seen.csv cannot be read: Empty CSV file"),
        (
            "s,t\n1,2\n3\n",
            "seen.csv cannot be read: CSV parse error: Row #3: Expected 2 columns, got 1: 3",
        ),
    ],
)
def test_a_faulty_file_is_told_by_file_column_and_row(tmp_path, text, what):
    assert file_fault(csv(tmp_path, text)) == what


@pytest.mark.parametrize(
    ("column", "what"),
    [
        (
            pa.array(["1"]),
            "the column 's' in seen.parquet holds values of type string, not numbers",
        ),
        (pa.array([True]), "the column 's' in seen.parquet holds values of type bool, not numbers"),
        (
            pa.array([1, 2], pa.duration("s")),
            "the column 's' in seen.parquet holds values of type duration[s], not numbers",
        ),
        (pa.array([1.0, None]), f"row 2 of the column 's' in seen.parquet is empty; {SHOULD}"),
        (pa.nulls(2), f"row 1 of the column 's' in seen.parquet is empty; {SHOULD}"),
        (
            pa.array([1.0, math.nan]),
            f"row 2 of the column 's' in seen.parquet holds 'nan'; {SHOULD}",
        ),
        (pa.array([-1]), f"row 1 of the column 's' in seen.parquet holds '-1'; {SHOULD}"),
        (pa.array([], pa.float64()), "the column 's' in seen.parquet has no rows"),
    ],
    ids=str,
)
def test_a_faulty_parquet_file_is_told_so_too(tmp_path, column, what):
    path = tmp_path / "seen.parquet"
    parquet.write_table(pa.table({"s": column}), path)
    assert file_fault(path) == what


def test_a_parquet_file_that_is_none_is_told(tmp_path):
    path = tmp_path / "seen.parquet"
    path.write_text("s\n1\n")
    assert file_fault(path).startswith("seen.parquet cannot be read: Parquet")


def test_a_file_that_is_not_there_and_a_column_that_is_no_text_are_told(tmp_path):
    law = {"file": str(tmp_path / "no.csv"), "column": "s"}
    assert fault(duration={"empirical": law}).endswith(f"there is no file {tmp_path / 'no.csv'}")
    law = {"file": str(csv(tmp_path, "3\n1\n")), "column": 3}
    assert fault(duration={"empirical": law}).startswith(
        "duration.empirical.column: must be a text"
    )


def test_a_run_draws_from_the_file_and_only_from_it(tmp_path):
    import imgsim

    path = csv(tmp_path, "s\n61\n97\n")
    data = world(duration={"empirical": {"file": str(path), "column": "s"}})
    disk = {"kind": "system", "size": "40 GiB"}
    data["instances"] = [{"group": "g", "count": 5, "region": "r", "disks": [disk]}]
    arrivals = {"poisson": {"rate": "40/h"}}
    data["load"] = {"ci": {"arrivals": arrivals, "mix": [{"instances": {"group": "g"}}]}}
    made = imgsim.run(Scenario.from_mapping(data)).snapshots
    assert set((made["ended_at"] - made["began_at"]).dt.total_seconds()) == {61.0, 97.0}
