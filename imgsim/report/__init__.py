"""What a run or a study has found, as one file that can be mailed."""
