"""Why: what a rule says, what a call met, where the time of an image and of a run went.

::

    recorded (tables of a run) ──> parts, bottleneck ──> a text and its facts
          │                             ^
          └─> witness (the run again, watched) ──> circumstances of each rule
"""
