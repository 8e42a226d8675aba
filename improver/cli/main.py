"""The `improve` command."""


def main() -> int:
    """Run the command and return its exit code."""
    return 0
