"""The floors of the house hold."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_rooms_import_only_from_lower_floors():
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


def _imported_by(code: str) -> set[str]:
    names = ["numpy", "pandas", "matplotlib", "scipy", "pydantic", "simpy", "pyarrow", "ruamel"]
    program = f"import sys\n{code}\nprint([n for n in {names} if n in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(eval(found.stdout.splitlines()[-1]))


def test_import_imgsim_imports_nothing_heavy():
    assert _imported_by("import imgsim") == set()


def test_help_imports_nothing_heavy():
    code = (
        "from imgsim.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit as end: assert end.code in (0, None), end.code"
    )
    assert _imported_by(code) == set()


def test_the_witness_sees_an_import():
    assert "numpy" in _imported_by("import imgsim; imgsim.Simulation")


def test_public_names_are_what_they_were():
    import imgsim

    assert sorted(imgsim.__all__) == [
        "Case",
        "CreateImageRequest",
        "RULEBOOK",
        "Run",
        "Scenario",
        "ScenarioError",
        "Simulation",
        "compare",
        "diff",
        "explain",
        "fit_arrivals",
        "fit_durations",
        "fit_service",
        "load",
        "replicate",
        "run",
        "solve",
        "sweep",
        "warmup",
        "write_report",
    ]
    for name in imgsim.__all__:
        assert getattr(imgsim, name).__doc__ if name != "RULEBOOK" else imgsim.RULEBOOK


def test_load_is_a_function_whatever_was_imported_before():
    import importlib

    import imgsim

    for room in sorted(path.parent.name for path in (ROOT / "imgsim").glob("*/__init__.py")):
        importlib.import_module(f"imgsim.{room}")
        assert room not in imgsim.__all__
    assert callable(imgsim.load)


def test_files_stay_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "imgsim").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 250
    }
    assert long == {}
