"""What happens over time, on SimPy: one activity a file.

Who hands what to whom::

    patterns ──> customers ──call──> world.ask ──> create_image ──> denied, replayed: a row
                     ^                                  │
                     │ over                          accepted
                     │                                  v
                  wishes <──────ended──────────────── imaging ──> registration ──> Available
              rows, deletion                          │    ^
                                           one a disk │    │ ended
                                                      v    │
                                               snapshotting: the disk's turn
                                                      │    ^
                                                enter │    │ end
                                                      v    │
                                               service: slot ──> duration, or set-up and transfer

instances, billing, uses: verbs that change the world around the calls, each with its row.
locks and status move instances by these verbs, service_faults disturbs the service.
retention deletes images, newest uses them, automatic makes snapshots that share turns and service.
charges has kept snapshots paid for (storage says what they hold), top_ups pays in.
"""
