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
    "your-own-process-and-measure": {
        "refused_with_clock": ("6.9 %", "6.9 % of calls are refused for the quota"),
        "refused_with_janitor": ("0.4 %", "brings that to 0.4 %"),
        "lockout_with_clock_min": (10.5, "lasts 10.5 minutes on average"),
        "lockout_with_janitor_min": (2.5, "0.4 % and 2.5 minutes"),
        "age_with_janitor_min": (66, "66 minutes in the median"),
        "age_is": ("worse", "worse by more than the five minutes"),
        "refused_when_it_keeps_30": ("0.0 %", "With 30 it refuses 0.0 %"),
        "refused_when_it_keeps_38": ("24.9 %", "with 38 already 24.9 %"),
    },
}
