"""From one run to a number with its confidence.

case            any f(parameters, replication) -> measures; `simulated` makes one of a scenario
|
runs            which replications are asked for, known to the ledger, still to be made
|   `--- ledger   SQLite: what was made, by the hash of what it depends on
|   `--- workers, execute   joblib: threads, processes, a Dask or Ray cluster; batches
|
sample -> estimates, differences, warmup    the statistics, each with its source
|
replicate, compare    look at the numbers, add replications until they suffice
"""
