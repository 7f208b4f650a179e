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
}
