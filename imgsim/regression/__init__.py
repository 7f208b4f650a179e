"""Scenario files as tests: what must hold in them, and what was measured before."""
