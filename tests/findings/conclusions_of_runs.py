"""What notebooks about single runs conclude: each value, and how their last text tells it."""

CONCLUSIONS = {
    "the-rules-by-hand": {
        "rows_on_the_page": (23, "23 rows"),
        "codes_on_the_page": (19, "19 different codes"),
        "rows_named_OperationDenied": (4, "in 4 of"),
        "rows_that_waiting_cures": (7, "cures 7 of"),
        "rows_that_it_does_not_cure": (16, "the other 16"),
        "calls_made": (11, "11 calls"),
        "calls_denied": (6, "6 of them were denied"),
        "faults_of_the_worst_call": (3, "3 faults"),
        "minutes_to_available": (5.3, "5.3 minutes"),
    },
}
