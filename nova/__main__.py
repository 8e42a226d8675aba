"""Run the `nova` command: python -m nova."""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # the directory we were started in: its modules are not ours, and never run in here

from nova.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
