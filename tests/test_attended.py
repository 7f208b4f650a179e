import sys
from types import ModuleType

import pytest

from imgsim.attended import bar, unattended


@pytest.fixture(autouse=True)
def notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", ModuleType("a notebook"))
    monkeypatch.delenv("TQDM_DISABLE", raising=False)


def shows(shown=None):
    with bar(shown, total=1) as made:
        return not made.disable


def test_a_notebook_has_a_bar_unless_the_environment_or_the_caller_says_no(monkeypatch):
    assert shows()
    assert not shows(shown=False)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    assert not shows()
    assert shows(shown=True)


def test_what_is_unattended_has_none():
    with unattended():
        assert not shows()
