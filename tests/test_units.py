from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsim import units
from imgsim.units import UnitError


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("90s", 90_000_000),
        ("1h30m", 5_400_000_000),
        ("1h 30m", 5_400_000_000),
        ("5m", 300_000_000),
        ("5min", 300_000_000),
        ("250ms", 250_000),
        ("7us", 7),
        ("2.5d", 216_000_000_000),
        ("1w", 604_800_000_000),
        ("0s", 0),
    ],
)
def test_durations_are_read_to_the_microsecond(text, microseconds):
    assert units.parse_duration(text) == microseconds


@pytest.mark.parametrize(
    "text", ["", " ", "5", "m5", "5 metres", "-5m", "1h1h", "1e3s", "5m!", "٣s"]
)
def test_what_is_no_duration_is_told_what_would_be(text):
    with pytest.raises(UnitError, match="90s"):
        units.parse_duration(text)


def test_a_fraction_of_a_microsecond_is_refused():
    with pytest.raises(UnitError, match="whole number of microseconds"):
        units.parse_duration("0.5us")


@pytest.mark.parametrize("number", [5, 5.0, 0])
@pytest.mark.parametrize(
    "parse",
    [
        units.parse_duration,
        units.parse_gib,
        units.parse_bytes,
        units.parse_data_rate,
        units.parse_money,
        units.parse_price,
        units.parse_rate,
        units.parse_share,
        units.parse_share_rate,
    ],
)
def test_a_bare_number_has_no_unit(parse, number):
    with pytest.raises(UnitError, match="has no unit; write"):
        parse(number)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (units.parse_gib, "40 GiB", 40),
        (units.parse_gib, "2TiB", 2048),
        (units.parse_bytes, "512 MiB", 1 << 29),
        (units.parse_bytes, "1.5 GiB", 3 << 29),
        (units.parse_data_rate, "100 MiB/s", 100 << 20),
        (units.parse_money, "200 CNY", 200_000_000),
        (units.parse_money, "-0.01 CNY", -10_000),
        (units.parse_price, "0.12 CNY/GiB/month", Fraction(120_000, 720)),
        (units.parse_price, "0.24 CNY / GiB / d", 10_000),
        (units.parse_price, "1CNY/GiB/h", 1_000_000),
        (units.parse_rate, "30/h", Fraction(30, 3600)),
        (units.parse_rate, "0.5/s", Fraction(1, 2)),
        (units.parse_share, "1%", Fraction(1, 100)),
        (units.parse_share, "0.5%", Fraction(1, 200)),
        (units.parse_share_rate, "2%/d", Fraction(2, 100 * 86_400)),
        (units.parse_count, 0, 0),
        (units.parse_limit, "unlimited", None),
        (units.parse_flag, True, True),
        (units.parse_number, 0.3, 0.3),
        (units.parse_instant, "2018-01-10T03:04:05Z", datetime(2018, 1, 10, 3, 4, 5, tzinfo=UTC)),
        (units.parse_instant, "2018-01-10", datetime(2018, 1, 10, tzinfo=UTC)),
        (
            units.parse_instant,
            "2018-01-10T08:00:00+08:00",
            datetime(2018, 1, 10, tzinfo=UTC),
        ),
    ],
)
def test_quantities_are_read_exactly(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (units.parse_gib, "512 MiB"),
        (units.parse_gib, "40 GB"),
        (units.parse_gib, "-1 GiB"),
        (units.parse_data_rate, "100 MiB"),
        (units.parse_data_rate, "100 MiB/h"),
        (units.parse_money, "200 USD"),
        (units.parse_money, "0.0000001 CNY"),
        (units.parse_price, "0.12 CNY/GiB/y"),
        (units.parse_price, "-1 CNY/GiB/h"),
        (units.parse_price, "1.001 CNY/GiB/h"),
        (units.parse_rate, "30"),
        (units.parse_rate, "2%/d"),
        (units.parse_share, "101%"),
        (units.parse_share, "-1%"),
        (units.parse_share_rate, "2/d"),
        (units.parse_count, -1),
        (units.parse_count, True),
        (units.parse_count, 1.0),
        (units.parse_limit, -1),
        (units.parse_flag, "yes"),
        (units.parse_number, float("nan")),
        (units.parse_number, float("inf")),
        (units.parse_number, "1"),
        (units.parse_number, True),
        (units.parse_instant, "1969-12-31"),
        (units.parse_instant, "9999-01-01"),
        (units.parse_instant, 2018),
        (units.parse_instant, "soon"),
        (units.parse_bytes, "9999999999999 TiB"),
        (units.parse_bytes, "1" * 200 + " GiB"),
    ],
)
def test_other_things_are_refused(parse, value):
    with pytest.raises(UnitError):
        parse(value)


@given(st.integers(0, units.LARGEST))
def test_durations_survive_writing_and_reading(value):
    assert units.parse_duration(units.format_duration(value)) == value


@given(st.integers(0, units.LARGEST))
def test_sizes_and_rates_of_data_survive(value):
    assert units.parse_bytes(units.format_bytes(value)) == value
    assert units.parse_data_rate(units.format_data_rate(value)) == value


@given(st.integers(-units.LARGEST, units.LARGEST))
def test_money_survives(value):
    assert units.parse_money(units.format_money(value)) == value


@pytest.mark.parametrize(
    ("read", "written"),
    [("3/h", "3/h"), ("30/h", "30/h"), ("120/h", "2/min"), ("0.5/s", "0.5/s"), ("7/w", "1/d")],
)
def test_a_rate_is_written_by_its_shortest_unit(read, written):
    assert units.format_rate(units.parse_rate(read)) == written


@given(
    st.decimals(0, 10**6, places=4, allow_nan=False),
    st.sampled_from(["us", "ms", "s", "min", "h", "d", "w"]),
)
def test_rates_survive(number, unit):
    text = f"{number}/{unit}"
    assert units.parse_rate(units.format_rate(units.parse_rate(text))) == units.parse_rate(text)
    share = units.parse_share_rate(f"{number}%/{unit}")
    assert units.parse_share_rate(units.format_share_rate(share)) == share


@given(st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31)))
def test_instants_survive(instant):
    aware = instant.replace(tzinfo=UTC)
    assert units.parse_instant(units.format_instant(aware)) == aware
