"""From the user's own log to the blocks of a scenario.

durations -> candidates    which distribution, with intervals, and whether it fits at all
arrivals                   which load pattern
service                    setup, bandwidth, cap and noise of the snapshot service, by simulating

Each says when nothing fits, and gives the YAML block that a scenario takes.
"""
