"""What a report says, and the one file of HTML that says it: no scripts, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from imgsim.report.pictures import Picture
from imgsim.report.provenance import Provenance
from imgsim.report.readings import Parameter, Reading, in_force, parameters
from imgsim.report.stress import SECTIONS, Item, Subject, checklist
from imgsim.report.stress.experiment import estimation
from imgsim.shown import Shown, Table

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class Page:
    """All that a report says, from the question to what it takes to make the numbers again.

    ``answer`` is a sentence, ``facts`` a line on what was simulated; ``figures`` are the paragraphs
    and tables of a result, ``sure`` sentences on how far it can be trusted. ``scenario`` is YAML;
    ``others`` tells of each further case what differs from it.
    """

    title: str
    question: str
    answer: str
    facts: str
    figures: Sequence[str | Table]
    pictures: Sequence[Picture]
    sure: Sequence[str]
    scenario: str
    others: Mapping[str, str]
    readings: Sequence[Reading]
    parameters: Sequence[Parameter]
    stress: Sequence[Item]
    provenance: Provenance

    @classmethod
    def of(
        cls,
        subject: Subject,
        answer: str,
        facts: str,
        shown: Shown,
        pictures: Sequence[Picture] = (),
        warnings: Sequence[str] = (),
    ) -> Page:
        """Return the report of what was made, with the figures that it shows of itself.

        ``warnings`` are told beside how the numbers were estimated.
        """
        from imgsim.scenario.file import dump

        scenario = subject.scenario
        return cls(
            title=scenario.name,
            question=" ".join(scenario.description.split()),
            answer=answer,
            facts=facts,
            figures=shown.blocks,
            pictures=pictures,
            sure=(*warnings, *estimation(subject)),
            scenario=dump(scenario),
            others=subject.others,
            readings=in_force(scenario),
            parameters=parameters(scenario),
            stress=checklist(subject),
            provenance=subject.provenance,
        )


def html(page: Page) -> str:
    """Return the report as one file: the same bytes for the same page."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"spoken": _spoken, "breakable": _breakable}
    template = files("imgsim.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(page=page, sections=SECTIONS)


def _spoken(text: str) -> str:
    """Return the text of a docstring without the marks of code."""
    return text.replace("``", "")


def _breakable(name: str) -> Markup:
    """Return a name that may go on in the next line behind each of its parts."""
    from markupsafe import Markup, escape

    marked = escape(name).replace("_", "_\0").replace(".", ".\0")
    return marked.replace("\0", Markup("<wbr>"))
