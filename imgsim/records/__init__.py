"""What happened, row by row: one row type per table, and the journal that collects them."""
