"""Measures of a finished run, a file for each topic; the catalogue finds them by name."""

from imgsim.results.measures.catalogue import CATALOGUE, Measures
from imgsim.results.measures.measured import Measured

__all__ = ["CATALOGUE", "Measured", "Measures"]
