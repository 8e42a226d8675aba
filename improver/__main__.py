"""Run the `improve` command: python -m improver."""

from improver.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
