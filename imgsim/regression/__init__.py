"""Scenario files as tests.

files       which files are scenarios, told by their first 4 KiB
|
checked     a scenario file with the line of each of its expectations
|
trial       when to look at a file's numbers, and what is still open
|   `--- verdict   one expectation against one sample
|
suite       all files together: one ledger, the same workers
|
junit, plugin    for continuous integration; for pytest
"""
