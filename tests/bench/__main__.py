"""`make bench`: every figure that has a goal, each beside its floor measured in the same run."""

import subprocess
import sys

PARTS = {
    "Reads": "tests.bench.reads",
    "Finding": "tests.bench.finding",
    "Declarations": "tests.bench.declarations",
    "Documents": "tests.bench.pdf",
    "Live editing": "tests.bench.live",
}


def main() -> int:
    """Each part in a process of its own, so that none inherits another's memory; 1 where one could not be run."""
    wanted = sys.argv[1:] or list(PARTS)
    failed = []
    for title, module in PARTS.items():
        if title not in wanted:
            continue
        print(f"\n## {title}\n", flush=True)
        if subprocess.run([sys.executable, "-m", module]).returncode:
            failed.append(title)
    if failed:
        print(f"\nCould not be measured: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
