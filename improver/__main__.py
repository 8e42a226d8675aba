"""Run the `improve` command: python -m improver."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the directory we were started in: its modules are the project's, and never run in here

from improver.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
