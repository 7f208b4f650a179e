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
    "one-night-of-golden-images": {
        "refused_percent_with_100": (96.9, "96.9 %"),
        "refused_percent_with_2800": (12.5, "12.5 %"),
        "images_on_the_first_night": (100, "there are 100 images on the first night"),
        "images_on_later_nights": (0, "none on the next seven"),
        "quota_needed": (3200, "a quota of 3200"),
        "refused_with_one_less": (1, "1 call is refused"),
        "quota_needed_when_kept_6d20h": (2800, "instead of 7 days does with 2800"),
        "last_image_minutes": (169.5, "169.5 minutes"),
        "last_image_minutes_low": (168.8, "168.8 to"),
        "last_image_minutes_high": (170.2, "to 170.2"),
        "last_image_minutes_second_night": (13, "after 13 minutes"),
    },
}
