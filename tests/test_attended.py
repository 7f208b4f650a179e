import os
import subprocess
import sys

import pytest

IN_A_NOTEBOOK = """
import sys
sys.modules["ipykernel.zmqshell"] = sys
from imgsim.attended import bar
import tqdm.auto
tqdm.auto.tqdm = lambda **form: form["disable"]
print([bar(shown, total=1) for shown in (None, True, False)])
"""


@pytest.mark.parametrize(
    ("environment", "disabled"),
    [({}, "[False, False, True]"), ({"TQDM_DISABLE": "1"}, "[True, False, True]")],
)
def test_bars_of_notebooks_are_silenced_by_the_environment_unless_they_are_told_to_show(
    environment, disabled
):
    plain = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", IN_A_NOTEBOOK],
        capture_output=True, text=True, check=True, env=plain | environment,
    )  # fmt: skip
    assert done.stdout.strip() == disabled
