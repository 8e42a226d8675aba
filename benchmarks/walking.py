"""One `ast` walk of every Python file below the folder named on the command line; prints its CPU seconds."""

import ast
import json
import sys
import time
from pathlib import Path


def walked(root: Path) -> dict[str, float]:
    """Parse and walk every file; return CPU seconds apart from the interpreter's start, and counts."""
    began = time.process_time()
    files = nodes = lines = 0
    for path in sorted(root.rglob("*.py")):
        data = path.read_bytes()
        for _ in ast.walk(ast.parse(data)):
            nodes += 1
        files += 1
        lines += data.count(b"\n")
    return {"walk": time.process_time() - began, "files": files, "nodes": nodes, "lines": lines}


if __name__ == "__main__":
    print(json.dumps(walked(Path(sys.argv[1]))))
