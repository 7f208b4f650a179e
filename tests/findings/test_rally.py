import pytest
from findings.rally import SERIES, figures, measured, picture, simulated


def off(series, figure):
    """How far the simulated figure is off the measured one, as a share of it."""
    was, is_ = figures(measured(series)), figures(simulated(SERIES[series]))
    return is_[figure] / was[figure] - 1


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("figure", ["median", "throughput"])
def test_median_and_throughput_are_as_measured_within_5_percent(series, figure):
    assert abs(off(series, figure)) < 0.05


def test_p90_of_the_calibrated_series_is_as_measured_within_15_percent():
    assert abs(off("filesystem-30", "p90")) < 0.15


def test_p90_of_the_predicted_series_is_too_high_by_a_quarter():
    # The model keeps the spread of the 30 clients; that of the 40 was narrower.
    assert 0.15 < off("filesystem-40", "p90") < 0.35


def test_more_clients_get_no_more_images_each_just_waits_longer():
    found = {clients: figures(simulated(clients)) for clients in (20, 30, 40, 60)}
    for clients, figure in found.items():
        assert figure["throughput"] == pytest.approx(found[30]["throughput"], rel=0.02)
        assert figure["median"] / clients == pytest.approx(found[30]["median"] / 30, rel=0.03)


@pytest.mark.parametrize("series", SERIES)
def test_every_call_of_a_series_gets_its_image(series):
    rows = simulated(SERIES[series])
    assert not rows.isna().any(axis=None)
    assert rows.groupby("replication")["call"].agg(["size", "nunique"]).eq(200).all(axis=None)
    assert len(measured(series)) == 200
    assert (rows.groupby("replication")["create_s"].max() < rows["series_s"].min()).all()


def test_the_picture_is_drawn(tmp_path):
    picture(tmp_path / "rally.png", replications=2)
    assert (tmp_path / "rally.png").read_bytes().startswith(b"\x89PNG")
