"""How long `improve --help` takes, beside an interpreter that does nothing; the target is 0.2 s."""

import sys
from pathlib import Path

from benchmarks.pairing import Command, in_turns, ratios, spread, table

ROUNDS = 21


def main() -> None:
    """Run both in turns and print wall seconds."""
    python = sys.executable
    commands = {
        "python -c pass": Command((python, "-c", "pass")),
        "improve --help": Command((str(Path(python).with_name("improve")), "--help")),
    }
    walls = {name: [cost.wall for cost in costs] for name, costs in in_turns(commands, ROUNDS).items()}
    bare, ours = walls.values()
    rows = [
        ("python -c pass", spread(bare), "", ""),
        ("improve --help", spread(ours), f"{spread(ratios(bare, ours), 1)} ×", "0.2 s"),
    ]
    print(table(("wall seconds", "min / median / max", "by the bare interpreter", "target"), rows))


if __name__ == "__main__":
    main()
