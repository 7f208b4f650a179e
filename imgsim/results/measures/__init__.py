"""Measures of a finished run, a file for each topic; the catalogue finds them by name."""

from imgsim.results.measures.catalogue import CATALOGUE, Measures, about, fault_of_name, is_time
from imgsim.results.measures.measured import Measured, Share

__all__ = ["CATALOGUE", "Measured", "Measures", "Share", "about", "fault_of_name", "is_time"]
