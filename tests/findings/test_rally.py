from functools import cache

import pytest
from findings.rally import fit, measured, picture

import imgsim
from imgsim.processes.service import ServiceSpec

SCENARIO = "scenarios/rally-filesystem.yaml"
CLIENTS = "load.glance.arrivals.closed-loop.clients"


def rows(storage):
    """Rows of the table by series and figure."""
    return fit(storage).table.set_index(["series", "figure"])


@cache
def simulated(clients, replications=20):
    """Median of create_s and images per second of the scenario, means over replications."""
    scenario = imgsim.load(SCENARIO, {CLIENTS: clients})
    runs = [imgsim.run(scenario, replication) for replication in range(replications)]
    assert all(len(run.images) == 200 for run in runs)
    lasted = [(run.images["deleted_at"].max() - scenario.start).total_seconds() for run in runs]
    return {
        "median": sum(run.calls["total_s"].median() for run in runs) / replications,
        "throughput": sum(200 / seconds for seconds in lasted) / replications,
    }


@pytest.mark.slow
def test_the_scenario_carries_the_fitted_service():
    block = fit("filesystem").block["snapshot_service"]
    region = {"r": {"snapshot_service": block}}
    fitted = imgsim.Scenario.from_mapping({"imgsim": 1, "name": "fitted", "regions": region})
    service = imgsim.load(SCENARIO).regions["measured-cloud"].snapshot_service
    assert isinstance(service, ServiceSpec)
    assert service == fitted.regions["r"].snapshot_service


@pytest.mark.slow
@pytest.mark.parametrize("clients", [30, 40])
@pytest.mark.parametrize("figure", ["median", "throughput"])
def test_the_scenario_predicts_what_the_fit_does(clients, figure):
    predicted = rows("filesystem").loc[(f"filesystem-{clients}", figure), "predicted"]
    assert simulated(clients)[figure] == pytest.approx(predicted, rel=0.02)


@pytest.mark.parametrize("clients", [30, 40])
def test_median_and_throughput_are_as_measured_within_5_percent(clients):
    was = measured("filesystem").query("concurrency == @clients")
    assert simulated(clients)["median"] == pytest.approx(was["create_s"].median(), rel=0.05)
    throughput = 200 / was["load_duration_s"].iloc[0]
    assert simulated(clients)["throughput"] == pytest.approx(throughput, rel=0.05)


@pytest.mark.slow
def test_30_clients_on_files_fit_and_predict_all_of_40_but_the_slow_tail():
    assert fit("filesystem").found.fits
    found = rows("filesystem")
    assert found["fitted"].groupby("series").all().to_dict() == {
        "filesystem-30": True,
        "filesystem-40": False,
    }
    assert found.index[~found["fits"]].tolist() == [("filesystem-40", "p90")]
    assert (found.drop(("filesystem-40", "p90"))["difference_percent"].abs() < 5).all()
    assert 10 < found.loc[("filesystem-40", "p90"), "difference_percent"] < 20


@pytest.mark.slow
def test_no_service_explains_5_and_10_clients_on_ceph():
    assert not fit("ceph").found.fits
    assert any("the model does not fit" in remark for remark in fit("ceph").remarks)
    found = rows("ceph")
    assert found.index[~found["fits"]].tolist() == [("ceph-10", "p90"), ("ceph-10", "throughput")]
    # What ten clients get is less, and less even, than what five do.
    assert found.loc[("ceph-10", "throughput"), "difference_percent"] > 10
    assert found.loc[("ceph-10", "p90"), "difference_percent"] < -15


def test_more_clients_get_no_more_images_each_just_waits_longer():
    found = {clients: simulated(clients) for clients in (20, 30, 40, 60)}
    for clients, figure in found.items():
        assert figure["throughput"] == pytest.approx(found[30]["throughput"], rel=0.02)
        assert figure["median"] / clients == pytest.approx(found[30]["median"] / 30, rel=0.03)


@pytest.mark.slow
def test_the_picture_is_drawn(tmp_path):
    picture(tmp_path / "rally.png")
    assert (tmp_path / "rally.png").read_bytes().startswith(b"\x89PNG")
