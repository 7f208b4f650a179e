"""What notebooks about studies conclude: each value, and how their last text tells it."""

CONCLUSIONS = {
    "calibrate-and-predict": {
        "bandwidth_mib_s": (1018, "1018 MiB/s"),
        "noise_cv": (0.24, "0.24"),
        "bandwidth_known_to_percent": (3, "about 3 %"),
        "tempting_median_40_s": (26.4, "26.4 s"),
        "measured_median_40_s": (35.2, "35.2 s"),
        "predicted_median_40_s": (36.5, "36.5 s"),
        "median_difference": ("+3.7 %", "+3.7 % off"),
        "throughput_difference": ("-1.5 %", "-1.5 % off"),
        "p90_difference": ("+16.8 %", "+16.8 % too slow"),
        "does_not_fit": ("p90, s", "(p90, s)"),
    },
    "how-large-a-quota": {
        "single_run_answer": (150, "a quota of 150 does"),
        "unlucky_month_refused": ("13.2 %", "13.2 % of its calls refused"),
        "mean_refused_with_150": ("3.0 %", "On average it is 3.0 %"),
        "answer": (160, "less than 1 % refused on average is 160"),
        "end": ("solved", "The search is solved"),
        "months_made": (108, "108 months"),
        "bad_months_with_150": ("53 %", "53 % bad months"),
        "bad_months_with_160_at_most": ("17 %", "may still be 17 %"),
        "quota_when_tidied": (140, "then 140 does"),
        "calls_refused_when_tidied": (0, "0 calls were refused"),
    },
}
