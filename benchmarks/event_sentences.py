"""Measures how well assaults and protests are told from other sentences, and whether their sides are found.

Usage: python benchmarks/event_sentences.py FILE.jsonl... [--list found|missed] [--type ASSAULT|PROTEST]

FILE holds the Gold Standard Records for Arabic event data of the Open Event Data Alliance (labels MIT; the sentences
belong to their newspapers), a JSON object a line: `event_type` (ASSAULT or PROTEST), `label` (yes, easy no, difficult
no, ambiguous), `text`, and for the accepted ones `spans` (what each annotator marked) and `source_gold`,
`target_gold`, `verb_gold` (the words they all marked, in no order).

A sentence counts as found when khabar reads an event of the PLOVER category out of it: a ViolentEvent or one of its
subclasses for ASSAULT, a Protest for PROTEST. `happened` counts only events that are told as having happened or going
on, without hedge. `easy` leaves out the sentences that annotators found difficult. Ambiguous ones are left out
everywhere: they have no answer. The annotators judged what the sentence reports, so that violence which it mentions
in passing is often a "no"; precision is measured against that.

The sides are scored on the sentences that were found: of those whose source (target) all annotators agree on, the
share in which khabar gives an agent (target) that shares a word with it; and of the agents (targets) given, the share
that shares a word with what at least one annotator marked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.extractor import RuleExtractor
from khabar.model import Event, Extraction, Record
from khabar.text import fold

_CLASSES = {"ASSAULT": "ViolentEvent", "PROTEST": "Protest"}
_SIDES = {"source": ("agent", "participant"), "target": ("target", "participant")}
_CLITICS = ("", "و", "ف", "ب", "ل", "ال", "وال", "بال", "لل", "فال", "وب", "ول")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One annotated sentence and what was read out of it."""

    row: dict[str, object]
    kind: str
    label: str
    read: Extraction
    events: tuple[Event, ...]

    @property
    def happened(self) -> bool:
        """True when one of the events is told as having happened or going on, without hedge."""
        return any(e.stance.settled for e in self.events)

    def fillers(self, side: str) -> list[set[str]]:
        """The words of each entity that fills the side in one of the events."""
        entities = {e.id: e for e in self.read.entities}
        wanted = {r.filler for e in self.events for r in e.roles if r.name in _SIDES[side]}
        return [
            {w for m in entities[i].mentions for w in fold(self.read.record.text[m.begin : m.end]).split()}
            for i in sorted(wanted & entities.keys())
        ]


def rows(paths: Sequence[Path]) -> Iterator[dict[str, object]]:
    """The sentences of the files. Ends the program with one line on a file that cannot be read."""
    for path in paths:
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                if row["event_type"] in _CLASSES and row["label"] and row["text"]:
                    yield row
        except (OSError, ValueError, KeyError, TypeError) as error:
            sys.exit(f"{path}: cannot be read as annotated sentences ({error}); see --help for the format")


def judge(extractor: RuleExtractor, row: dict[str, object]) -> Judgement:
    read = extractor.extract(Record(str(row["text"]), str(row["id"])))
    kind = str(row["event_type"])
    events = tuple(e for e in read.events if extractor.ontology.is_a(e.cls, _CLASSES[kind]))
    return Judgement(row, kind, str(row["label"]), read, events)


def meet(one: set[str], two: set[str]) -> bool:
    """Tell whether two bags of folded words share one, proclitics and article aside."""
    return bool({c + w for w in one for c in _CLITICS} & two or {c + w for w in two for c in _CLITICS} & one)


def marked(judgement: Judgement, side: str) -> set[str]:
    """The words that at least one annotator marked for the side."""
    spans = judgement.row.get("spans") or []
    assert isinstance(spans, list)
    return {fold(w) for span in spans for w in span[f"{side}_actor"]}


def detection(name: str, judged: Sequence[Judgement], happened: bool) -> str:
    n = Counter((j.label == "yes", j.happened if happened else bool(j.events)) for j in judged)
    right, found, gold = n[True, True], n[True, True] + n[False, True], n[True, True] + n[True, False]
    precision, recall = right / max(1, found), right / max(1, gold)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    counts = f"yes {gold:4}  found {found:4}  of {len(judged):5}"
    return f"{name:26} P {precision:.2f}  R {recall:.2f}  F1 {f1:.2f}  {counts}"


def sides(judged: Sequence[Judgement], side: str) -> str:
    agreed = [j for j in judged if str(j.row.get(f"{side}_gold") or "").strip()]
    hit = sum(any(meet(f, set(fold(str(j.row[f"{side}_gold"])).split())) for f in j.fillers(side)) for j in agreed)
    given = [(j, f) for j in judged for f in j.fillers(side)]
    right = sum(meet(f, marked(j, side)) for j, f in given)
    return (
        f"  {side:24} found {hit:3} of {len(agreed):3} ({hit / max(1, len(agreed)):.2f})"
        f"   right {right:3} of {len(given):3} given ({right / max(1, len(given)):.2f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--type", choices=list(_CLASSES))
    parser.add_argument("--list", choices=["found", "missed"], help="list wrongly found, or missed, sentences")
    arguments = parser.parse_args()
    extractor = RuleExtractor()
    wanted = [arguments.type] if arguments.type else list(_CLASSES)
    judged = [judge(extractor, r) for r in rows(arguments.files) if r["event_type"] in wanted]
    for kind in wanted:
        sure = [j for j in judged if j.kind == kind and j.label != "ambiguous"]
        easy = [j for j in sure if j.label != "difficult no"]
        print(detection(kind, sure, happened=False))
        print(detection(f"{kind} happened", sure, happened=True))
        print(detection(f"{kind} easy", easy, happened=False))
        print(detection(f"{kind} easy, happened", easy, happened=True))
        right = [j for j in sure if j.label == "yes" and j.events]
        print("\n".join(sides(right, side) for side in _SIDES))
        if arguments.list:
            for j in sure:
                if (j.label == "yes") != bool(j.events) and bool(j.events) == (arguments.list == "found"):
                    names = [(e.cls, j.read.record.text[e.begin : e.end]) for e in j.events]
                    print(f"{j.row['id']} {j.label} {j.row.get('verb_gold', '')!r} {names}: {j.row['text']}")


if __name__ == "__main__":
    main()
