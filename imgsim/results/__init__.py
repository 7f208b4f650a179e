"""Rows become tidy tables, tables become measures."""
