"""Writes the tables of docs/quality.md anew, each with the command that it names.

    python benchmarks/quality.py docs/quality.md DEV=FOLDER ARTICLES=FILE.jsonl.gz

A table stands between `<!-- table: COMMAND -->` and `<!-- end -->`. COMMAND begins with khabar or python and prints
Markdown; $NAME in it is the path given as NAME=PATH. A table with a name that is not given stays as it is.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = re.compile(r"(<!-- table: (?P<command>.*?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)
PROGRAMS = {"khabar": [sys.executable, "-m", "khabar"], "python": [sys.executable]}


def arguments(command: str, paths: Mapping[str, str]) -> list[str] | None:
    """The words of a command with its paths filled in, or None when one is not given."""
    words = shlex.split(command)
    if any(word.startswith("$") and word[1:] not in paths for word in words):
        return None
    if words[0] not in PROGRAMS:
        sys.exit(
            f"quality.py: {words[0]!r} in {command!r} is neither khabar nor python; correct the table's first line"
        )
    return PROGRAMS[words[0]] + [paths[word[1:]] if word.startswith("$") else word for word in words[1:]]


def refresh(text: str, paths: Mapping[str, str]) -> str:
    """The text with its tables written anew."""

    def table(found: re.Match[str]) -> str:
        run = arguments(found["command"], paths)
        if run is None:
            return found[0]
        done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode or not done.stdout.strip():
            sys.exit(f"quality.py: {found['command']} failed: {(done.stderr.strip() or 'no message').splitlines()[-1]}")
        return f"{found[1]}\n{done.stdout.strip()}\n\n`{found['command']}`\n\n{found[4]}"

    return TABLE.sub(table, text)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("document", type=Path)
    ap.add_argument("paths", nargs="*", metavar="NAME=PATH")
    args = ap.parse_args()
    paths = {}
    for pair in args.paths:
        name, _, path = pair.partition("=")
        if not Path(path).exists():
            ap.error(f"{pair}: there is no such path; write NAME=PATH")
        paths[name] = str(Path(path).resolve())
    args.document.write_text(refresh(args.document.read_text("utf-8"), paths), "utf-8")


if __name__ == "__main__":
    main()
