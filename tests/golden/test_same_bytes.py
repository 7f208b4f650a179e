"""The same seed gives the same bytes, in any process and with whatever vector instructions."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import hashlib, io, json, sys
import imgsim
from imgsim import Scenario
from imgsim.records.rows import TABLES

scenario, seed, replication = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
scenario["run"]["seed"] = seed
run = imgsim.run(Scenario.from_mapping(scenario), replication)
digests = {}
for table in TABLES:
    data = io.BytesIO()
    run.tables[table.name].to_parquet(data)
    digests[table.name] = hashlib.sha256(data.getvalue()).hexdigest()
    digests[table.name + " raw"] = hashlib.sha256(
        bytes(getattr(run.tables.journal, table.name).data)
    ).hexdigest()
digests["measures"] = repr(dict(run.measures))
print(json.dumps(digests))
"""
SYSTEM = {"kind": "system", "size": "40 GiB", "used": "20 GiB"}
DATA = {"kind": "data", "size": "100 GiB", "used": "33 GiB"}
SCENARIO = {
    "imgsim": 1,
    "name": "bytes",
    "run": {"horizon": "24h", "warmup": "1h"},
    "regions": {
        "durations": {
            "image_quota": 30,
            "registration": {"gamma": {"mean": "20s", "cv": 0.5}},
            "snapshot_service": {
                "slots": 3,
                "duration": {"lognormal": {"mean": "6m", "cv": 0.4}},
                "failure": "3%",
            },
        },
        "bandwidth": {
            "image_quota": 50,
            "registration": {"uniform": {"low": "10s", "high": "30s"}},
            "snapshot_service": {
                "bandwidth": "300 MiB/s",
                "setup": {"exponential": {"mean": "30s"}},
                "noise": {"gamma": {"mean": 1.0, "cv": 0.3}},
            },
        },
    },
    "instances": [
        {"group": "a", "count": 8, "region": "durations", "disks": [SYSTEM, DATA]},
        {"group": "b", "count": 8, "region": "bandwidth", "disks": [SYSTEM, DATA]},
    ],
    "images": [
        {"region": "durations", "count": 5, "age": {"lognormal": {"median": "3d", "sigma": 1.0}}}
    ],
    "load": {
        "ci": {
            "arrivals": {"poisson": {"rate": "30/h"}},
            "mix": [
                {"instances": {"group": "a", "choose": "random"}, "name": "ci-{n}"},
                {"instances": {"group": "b"}, "weight": 2},
            ],
            "delete": {"after": {"exponential": {"mean": "1h"}}, "takes": "5s"},
        },
        "team": {
            "arrivals": {
                "closed-loop": {"clients": 4, "think": {"empirical": {"values": ["5m", "40m"]}}}
            },
            "mix": [{"instances": {"group": "b", "choose": "own"}}],
            "client": {"token": "per-intent"},
        },
    },
}


def digests(*, seed=1, replication=0, **environment):
    """Return the digest of each table of a run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(SCENARIO), str(seed), str(replication)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def first():
    return digests(PYTHONHASHSEED="0")


def vector_features():
    """Return the instruction sets that numpy would choose from on this machine."""
    from numpy._core import _multiarray_umath as umath

    return [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name)]


@pytest.mark.parametrize("hash_seed", ["1", "random"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(first, hash_seed):
    assert digests(PYTHONHASHSEED=hash_seed) == first


def test_numpy_without_its_vector_instructions_gives_the_same_bytes(first):
    features = vector_features()
    if not features:
        pytest.skip("numpy has nothing to choose from on this machine")
    check = "import numpy._core._multiarray_umath as u; print(u.__cpu_features__)"
    disabled = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    said = subprocess.run(
        [sys.executable, "-c", check], env=disabled, capture_output=True, text=True, check=True
    ).stdout
    assert not any(f"'{name}': True" in said for name in features)
    assert digests(NPY_DISABLE_CPU_FEATURES=" ".join(features)) == first


@pytest.mark.skipif(sys.platform != "linux", reason="tunables are those of glibc")
def test_the_mathematical_library_without_fused_operations_gives_the_same_bytes(first):
    tunables = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable"
    assert digests(GLIBC_TUNABLES=tunables) == first


def test_two_runs_in_one_process_give_the_same_bytes():
    import imgsim
    from imgsim import Scenario
    from imgsim.records.marks import DELETIONS
    from imgsim.records.rows import TABLES

    scenario = Scenario.from_mapping(SCENARIO)
    one, two = imgsim.run(scenario), imgsim.run(scenario)
    for table in (*TABLES, DELETIONS):
        mine, other = (getattr(run.tables.journal, table.name) for run in (one, two))
        assert bytes(mine.data) == bytes(other.data)
    assert len(one.calls) > 500
    outcomes = one.calls["outcome"].value_counts()
    assert (outcomes[["available", "failed", "denied"]] > 0).all()


@pytest.mark.parametrize("other", [{"seed": 2}, {"replication": 1}])
def test_another_seed_or_replication_gives_other_bytes(first, other):
    drawn = digests(PYTHONHASHSEED="0", **other)
    for table in ("intents", "calls", "snapshots", "images"):
        assert drawn[table] != first[table]
        assert drawn[f"{table} raw"] != first[f"{table} raw"]


def test_the_first_uniforms_of_a_purpose_are_these_wherever_one_draws_them():
    from imgsim.chance.streams import Chance

    assert [float(u).hex() for u in Chance(1, 0).uniforms("ci/arrival", 0, 4)] == [
        "0x1.ca628c44346fep-2",
        "0x1.999f98bd391ddp-1",
        "0x1.e95baf62f2786p-2",
        "0x1.9f70730782b5ap-2",
    ]
