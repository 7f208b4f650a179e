"""Where two runs first part, by what, and what followed from it."""
