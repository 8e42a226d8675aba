"""The disk by itself: how long a write of one page and its fsync take, as one line of JSON."""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

PAGE = 4096
WRITES = 300


def main() -> None:
    """Append pages to a file, each synced before the next."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, required=True)
    directory = parser.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "pages"
    took: list[float] = []
    with path.open("wb", buffering=0) as file:
        for _ in range(WRITES):
            file.write(b"x" * PAGE)
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    path.unlink()
    print(json.dumps({"median": statistics.median(took), "p99": statistics.quantiles(took, n=100)[-1]}))


if __name__ == "__main__":
    main()
