"""Builds a folder of gold documents, exports it, and scores the export: the figures of the README.

    python benchmarks/score.py GOLD_FOLDER [--errors all] [--json]

`benchmarks/gold` holds the annotation guide, the scorer and the stance documents, which were written for this project.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent / "gold"


def run(*arguments: str | Path) -> None:
    """Run a Python command of this interpreter and stop on failure."""
    subprocess.run([sys.executable, *map(str, arguments)], check=True)


def main() -> None:
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python benchmarks/score.py GOLD_FOLDER [--errors DOC|all] [--json]")
    with tempfile.TemporaryDirectory() as folder:
        records, store, export = (Path(folder) / name for name in ("gold.jsonl", "store", "gold.nq"))
        run(HERE / "gold.py", sys.argv[1], "--jsonl", records)
        run("-m", "khabar", "build", records, "--store", store, "--quiet")
        run("-m", "khabar", "export", store, "--format", "nquads", "-o", export)
        run(HERE / "score.py", sys.argv[1], export, *sys.argv[2:])


if __name__ == "__main__":
    main()
