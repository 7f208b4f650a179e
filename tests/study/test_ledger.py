"""The ledger: what is found again, who may write, and what it says when it cannot."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest
from study.cheap import fragile, slow

import imgsim
from imgsim import Case
from imgsim.study import ledger as ledgers
from imgsim.study.ledger import Ledger, LedgerError
from imgsim.study.replicate import StudyWarning


def replicate(case, path, n=6, **asked):
    return imgsim.replicate(case, n, jobs=1, ledger=path, progress=False, **asked)


def noted(folder):
    return len([*folder.iterdir()])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some" / "ledger.sqlite"


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "notes"
    folder.mkdir()
    return Case(slow, (1, 0, str(folder)), key="slow")


def rows(path):
    with sqlite3.connect(path) as file:
        return file.execute("SELECT replication, error, key FROM runs ORDER BY 1").fetchall()


def test_what_was_made_is_found_again_and_a_longer_study_makes_the_rest(case, path, tmp_path):
    first = replicate(case, path)
    again = replicate(case, path)
    longer = replicate(case, path, 9)
    assert noted(tmp_path / "notes") == 9
    assert first.replications.equals(again.replications)
    assert longer.replications[:6].equals(first.replications)
    assert longer.replications.equals(replicate(case, None, 9).replications)
    assert [row[0] for row in rows(path)] == list(range(9))


def test_a_case_without_a_key_is_never_recorded(path):
    replicate(Case(slow, (1, 0, None)), path)
    assert rows(path) == []


@pytest.mark.parametrize("other", [{"key": "other"}, {"reading": "other"}])
def test_another_key_or_reading_is_another_run(case, path, tmp_path, other):
    from dataclasses import replace

    replicate(case, path)
    replicate(replace(case, **other), path)
    assert noted(tmp_path / "notes") == 12


def test_equal_cases_are_run_once(case, tmp_path):
    from dataclasses import replace

    asked = {"margins": {"number": 1}, "n": 3, "jobs": 1, "progress": False}
    cases = {"one": case, "two": replace(case, name="again")}
    compared = imgsim.compare(cases, ledger=None, **asked)
    assert noted(tmp_path / "notes") == 3
    one, two = (study.replications for study in compared.studies)
    pd.testing.assert_frame_equal(one, two)
    without = replace(case, key=None)
    imgsim.compare({"one": without, "two": without}, ledger=None, **asked)
    assert noted(tmp_path / "notes") == 3 + 6


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_database_of_something_else_is_left_as_it_is(case, path, version):
    path.parent.mkdir()
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE mine (x)")
        file.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="a database of something else; name a ledger, or a file"):
        replicate(case, path)
    assert path.read_bytes() == before


def test_another_version_of_the_model_is_another_run(case, path, tmp_path, monkeypatch):
    from imgsim.study import case as cases

    replicate(case, path)
    monkeypatch.setattr(cases, "model_version", lambda: "another")
    monkeypatch.setattr("imgsim.study.execute.model_version", lambda: "another")
    replicate(case, path)
    assert noted(tmp_path / "notes") == 12


def test_the_version_of_the_model_is_that_of_the_source(monkeypatch, tmp_path):
    import shutil
    from pathlib import Path

    from imgsim.study.version import model_version

    copy = tmp_path / "imgsim"
    shutil.copytree(Path(imgsim.__file__).parent, copy)
    monkeypatch.setattr(imgsim, "__file__", str(copy / "__init__.py"))
    whole = model_version.__wrapped__
    before = whole()
    assert before == model_version()
    (copy / "study" / "looks.py").write_text("# shows nothing of a run\n")
    assert whole() == before
    (copy / "kinds.py").write_text("# another model\n")
    assert whole() != before


def test_a_failed_replication_is_a_row_and_is_tried_again(path):
    case = Case(fragile, None, key="fragile")
    study = replicate(case, path)
    assert [row[:2] for row in rows(path)][3] == (3, "ArithmeticError: three is too many")
    assert study.failures.to_dict("list") == {
        "replication": [3],
        "error": ["ArithmeticError: three is too many"],
    }
    with sqlite3.connect(path) as file:
        assert file.execute("UPDATE runs SET made_at = 'then'").rowcount == 6
    replicate(case, path)
    with sqlite3.connect(path) as file:
        tried = file.execute("SELECT replication FROM runs WHERE made_at <> 'then'").fetchall()
    assert tried == [(3,)]


def test_a_second_process_waits_and_says_for_whom(case, path):
    replicate(case, path, 2)
    program = (
        "import sys, time; from pathlib import Path\n"
        "from imgsim.study.ledger import Ledger\n"
        "with Ledger(Path(sys.argv[1]), print): print('in', flush=True); time.sleep(1.5)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "in\n"
        began = time.monotonic()
        with pytest.warns(StudyWarning, match=f"waiting for process {other.pid} on .*{path}"):
            study = replicate(case, path, 4)
        assert time.monotonic() - began > 0.5
        assert other.wait() == 0
    assert study.n == 4


def test_a_killed_writer_is_waited_for_no_longer(case, path):
    program = (
        "import sys, time; from pathlib import Path\n"
        "from imgsim.study.ledger import Ledger\n"
        "with Ledger(Path(sys.argv[1]), print): print('in', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        other.kill()
        other.wait()
        assert replicate(case, path, 3).n == 3


def test_a_reader_looks_on_while_a_study_runs(path):
    seen = []
    case = Case(slow, (1, 0.05, None), key="slow")
    worker = threading.Thread(target=replicate, args=(case, path, 20))
    worker.start()
    while worker.is_alive():
        if path.exists():
            with sqlite3.connect(path, timeout=10) as file:
                tables = file.execute("SELECT name FROM sqlite_master").fetchall()
                if tables:
                    seen.append(file.execute("SELECT count(*) FROM runs").fetchone()[0])
        time.sleep(0.05)
    worker.join()
    assert any(0 < number < 20 for number in seen), seen


def test_a_file_that_is_no_ledger_is_said_to_be_none(case, tmp_path):
    path = tmp_path / "x.sqlite"
    path.write_text("no database, but a text that is long enough to be taken for one" * 20)
    with pytest.raises(LedgerError, match=r"x\.sqlite: file is not a database; name a ledger"):
        replicate(case, path)


def test_a_ledger_of_another_format_is_left_alone(case, path):
    replicate(case, path)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 9")
    with pytest.raises(LedgerError, match="written by another version of imgsim"):
        replicate(case, path)


@pytest.mark.parametrize("place", ["/proc/ledger.sqlite", "/dev/null/ledger.sqlite"])
def test_a_folder_that_cannot_be_written_is_said_to_be_so(case, place):
    from pathlib import Path

    with pytest.raises(LedgerError, match=r"cannot be written .*; name a file that can"):
        replicate(case, Path(place))


def test_a_full_disk_keeps_what_was_recorded(path, monkeypatch, case, tmp_path):
    replicate(case, path, 3)
    prepared = Ledger._prepare

    def nearly_full(self):
        prepared(self)
        pages = self._file.execute("PRAGMA page_count").fetchone()[0]
        self._file.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(Ledger, "_prepare", nearly_full)
    with pytest.raises(LedgerError, match="disk is full; all that was recorded is kept, make room"):
        replicate(case, path, 500)
    monkeypatch.undo()
    kept = len(rows(path))
    assert kept >= 3
    before = noted(tmp_path / "notes")
    assert replicate(case, path, kept + 2).n == kept + 2
    assert noted(tmp_path / "notes") == before + 2


def test_where_nothing_can_be_locked_it_says_so(case, path, monkeypatch):
    monkeypatch.setattr(ledgers, "_PATIENCE", 0.4)
    path.parent.mkdir()
    with sqlite3.connect(f"{path}.lock", isolation_level=None) as blocked:
        blocked.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="this file system may lack locks"):
            replicate(case, path)


def test_results_are_the_same_bits_whether_found_or_made(path):
    case = Case(slow, (5, 0, None), key="bits")
    made = replicate(case, path, 12)
    found = replicate(case, path, 12)
    assert made.replications["number"].tolist() == found.replications["number"].tolist()
    assert made.summary.equals(found.summary)
