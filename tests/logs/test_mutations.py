"""Mutated events and answers end in calls, counts and clear messages, never in a traceback."""

import random

import pytest
from logs.mutations import mutated
from typer.testing import CliRunner

import imgsim
from imgsim.cli import app


def _import(folder, number):
    """Import a mutated file; return the exit code."""
    file, out = folder / f"{number}.json", folder / f"out-{number}"
    file.write_bytes(mutated(random.Random(number)))
    done = CliRunner().invoke(app, ["import", str(file), "--out", str(out), "--quiet"])
    assert done.exception is None or isinstance(done.exception, SystemExit), (number, done.exc_info)
    assert done.exit_code in (0, 2), number
    if done.exit_code == 2:
        assert "no CreateImage call" in done.stderr, (number, done.stderr)
        assert not out.exists()
    else:
        assert {path.name for path in out.iterdir()} == {
            "calls.parquet",
            "world.yaml",
            "scenario.yaml",
            "unread.csv",
        }
        if number % 10 == 0:
            run = imgsim.run(imgsim.load(out / "scenario.yaml"))
            assert run.recorded["calls"].sum() == len(run.calls) > 0
        for path in out.iterdir():
            path.unlink()
        out.rmdir()
    file.unlink()
    return done.exit_code


def test_300_mutations(tmp_path):
    codes = [_import(tmp_path, number) for number in range(300)]
    assert 60 < codes.count(0) < 280


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_10_000_mutations(tmp_path, part):
    codes = [_import(tmp_path, number) for number in range(part * 1000, part * 1000 + 1000)]
    assert 200 < codes.count(0) < 930
