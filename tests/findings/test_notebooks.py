"""Notebooks show what they conclude, and show it again when they are run again."""

import ast
import os
import re
import shutil
from functools import cache
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "notebooks"
TABLES = [import_module(f"findings.{path.stem}") for path in HERE.glob("conclusions_of_*.py")]
CONCLUSIONS = {name: told for table in TABLES for name, told in table.CONCLUSIONS.items()}
NAMES = sorted(CONCLUSIONS)
SHOWN = {"text/plain", "text/html", "image/png"}


@cache
def stored(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook):
    """What each cell of code shows but for pictures."""
    return [
        [
            output.get("text")
            or {kind: output.data[kind] for kind in output.data if "image" not in kind}
            for output in cell.outputs
        ]
        for cell in code(notebook)
    ]


def concluded(notebook):
    """The conclusion that the last cell of code shows."""
    [output] = code(notebook)[-1].outputs
    return ast.literal_eval(output.data["text/plain"])


def says(text, told):
    """Whether a text has these words, its numbers not as parts of others."""
    words = r"\s+".join(map(re.escape, told.split()))
    return re.search(rf"(?<![\w.,-]){words}(?!\w|[.,]\d)", text) is not None


def test_every_notebook_has_its_conclusion_asserted():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES
    assert len(NAMES) == sum(len(table.CONCLUSIONS) for table in TABLES)


def test_numbers_are_not_taken_for_parts_of_others():
    assert says("It takes 5.3\nminutes, or 17.", "5.3 minutes")
    assert says("It takes 5.3 minutes, or 17.", "17")
    assert not any(says("It takes 5.35 minutes, or 17.", told) for told in ("5.3", "7", "1", "35"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_reads_well_without_running(name):
    notebook = stored(name)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    assert [cell.execution_count for cell in code(notebook)] == [*range(1, len(code(notebook)) + 1)]
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {
        "execute_result",
        "display_data",
        "stream",
    }
    assert all(output.name == "stdout" for output in outputs if output.output_type == "stream")
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert set(kinds) <= SHOWN
    assert kinds.count("image/png") >= 2
    assert "<script" not in str(texts(notebook))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_machine_is_stored(name):
    notebook = stored(name)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not any(cell.metadata for cell in notebook.cells)
    shown = str(texts(notebook)) + "".join(cell.source for cell in notebook.cells)
    assert re.search(r"/(home|root|tmp|work|usr|Users)/|site-packages| at 0x", shown) is None


@pytest.mark.parametrize("name", NAMES)
def test_the_text_concludes_what_the_cells_found(name):
    told = CONCLUSIONS[name]
    assert concluded(stored(name)) == {key: value for key, (value, _) in told.items()}
    last = stored(name).cells[-1]
    assert last.source.startswith("## Conclusion")
    assert [words for _, words in told.values() if not says(last.source, words)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_the_same_when_it_is_run_again(name, tmp_path, monkeypatch):
    for folder in ("notebooks", "scenarios", "tests/data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    notebook = nbformat.read(tmp_path / "notebooks" / f"{name}.ipynb", as_version=4)
    where = {"metadata": {"path": str(tmp_path / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", timeout=120, resources=where).execute()
    assert texts(notebook) == texts(stored(name))
    assert concluded(notebook) == {key: value for key, (value, _) in CONCLUSIONS[name].items()}
