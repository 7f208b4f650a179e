"""A finished run: its tables and measures, the laws that must hold, and what it tells a planner."""
