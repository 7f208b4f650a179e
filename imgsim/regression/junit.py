"""The report that continuous integration reads: JUnit's XML."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from imgsim.regression.claim import Claim, Verdict
from imgsim.regression.lines import is_error, line
from imgsim.regression.trial import Trial
from imgsim.scenario.words import plain


def report(trials: Sequence[Trial], *, strict: bool) -> bytes:
    """Return a test suite a file and a test case a claim; what is undecided is an error.

    What does not hold and is no error stands in the output of a test case that passed.
    """
    root = ET.Element("testsuites", name="imgsim")
    for trial in trials:
        suite = ET.SubElement(root, "testsuite", name=plain(str(trial.checked.path)))
        for claim, verdict in trial.verdicts:
            _case(suite, trial, claim, verdict, strict=strict)
        for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(len(suite.findall(f"*/{kind}"))))
        suite.set("tests", str(len(suite)))
        suite.set("time", f"{trial.seconds:.3f}")
    ET.indent(root)
    told: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return told


def _case(suite: ET.Element, trial: Trial, claim: Claim, verdict: Verdict, *, strict: bool) -> None:
    case = ET.SubElement(suite, "testcase", name=plain(claim.name), time="0")
    case.set("classname", plain(trial.checked.scenario.name))
    case.set("file", plain(claim.place.source))
    if claim.place.line is not None:
        case.set("line", str(claim.place.line))
    told = plain(f"{line(claim, verdict)}, seed {trial.checked.scenario.run.seed}")
    if verdict.status == "skipped":
        ET.SubElement(case, "skipped", message=told)
    elif is_error(claim, verdict, strict=strict):
        kind = "failure" if verdict.status == "failed" else "error"
        ET.SubElement(case, kind, message=told, type=verdict.status)
    else:
        ET.SubElement(case, "system-out").text = told
