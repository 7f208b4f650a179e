"""Scenario files as tests: what must hold, and where two runs first part."""
