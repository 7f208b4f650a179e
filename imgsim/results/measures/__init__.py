"""Measures of a finished run, a file for each topic; the catalogue finds them by name."""

from imgsim.results.measures.catalogue import CATALOGUE, Measures, about, fault_of_name, kind_of
from imgsim.results.measures.measured import Kind, Measured, Share

__all__ = [
    "CATALOGUE",
    "Kind",
    "Measured",
    "Measures",
    "Share",
    "about",
    "fault_of_name",
    "kind_of",
]
