"""The command line: one small file per verb."""


def main() -> None:
    """Run the command line."""
