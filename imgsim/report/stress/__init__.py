"""The STRESS-DES checklist, filled as far as scenario, kind of study and provenance tell.

Items, numbers and titles are those of Monks, Currie, Onggo, Robinson, Kunc and Taylor,
"Strengthening the reporting of empirical simulation studies: Introducing the STRESS guidelines",
Journal of Simulation 13(1), 2019. What only the author can know is said to be open. A file for each
section.
"""

from imgsim.report.stress.checklist import SECTIONS, TITLES, Item, checklist
from imgsim.report.stress.subject import Kind, Subject

__all__ = ["SECTIONS", "TITLES", "Item", "Kind", "Subject", "checklist"]
