"""Build the knowledge base file from the folder of facts: `python scripts/build_kb.py FACTS_DIR [--names NAMES_DIR]`.

Reads actors.tsv, ambiguous_aliases.tsv, countries_natural_earth.tsv, places.jsonl.gz, wikidata_names.jsonl.gz,
geonames_to_qid.tsv.gz and our own tables in ontology/lexicon; writes src/khabar/data/kb.sqlite, the same bytes for the
same input. Every QID comes from one of these files, with its source. The steps are the modules of kb_build.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kb_build.actors import actors
from kb_build.additions import place_addition, seats
from kb_build.base import Base
from kb_build.offices import offices
from kb_build.output import OUT, write
from kb_build.places import places
from kb_build.spellings import spellings
from kb_build.states import countries, demonyms, forces
from kb_build.terms import lives
from kb_build.world import world


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path)
    parser.add_argument("--names", type=Path, help="folder of given names: refreshes ontology/lexicon/given_names.txt")
    args = parser.parse_args()
    b = Base(args.facts, args.names)
    countries(b)
    demonyms(b)
    actors(b)
    forces(b)
    places(b)
    world(b)
    for row in b.place_additions:
        place_addition(b, row)
    seats(b)
    offices(b)
    lives(b)
    spellings(b)
    entries, names = write(b, OUT)
    print(f"{entries} entries, {names} names, {OUT.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
