"""How much of a perfect answer passes: the annotation itself, told as a language model would tell it.

    python benchmarks/llm.py GOLD [--naive]

GOLD is a folder of annotated texts (docs/annotation.md). What a model's claims lose on their way into the graph (quotes
that cannot be placed, names that khabar reads otherwise, stances that its cues weaken) no model can win back: the
figures are a bound for every model, and not those of any. --naive takes all for plain facts in the text's own voice:
how many of the denials, plans and hedges do the cues catch then?
"""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from khabar.evaluate.align import align
from khabar.evaluate.gold import GoldDocument, read_gold
from khabar.evaluate.graph import open_graph
from khabar.evaluate.report import report
from khabar.extractor import RuleExtractor
from khabar.llm import answer
from khabar.llm.checking import Checker
from khabar.llm.prompt import EVIDENCE_LIMIT
from khabar.model import Record, Stance
from khabar.rdf import to_rdf
from khabar.store import Store


def told(stance: Stance) -> dict[str, str]:
    return {
        "modality": stance.modality,
        "polarity": stance.polarity,
        "certainty": stance.certainty,
        "source": stance.source or "",
    }


def sentence(text: str, begin: int, end: int) -> str:
    """The words of the sentence around a span, cut to the limit."""
    stops = [m.end() for m in re.finditer(r"[.!؟?](?=\s)|\n", text)]
    first = max([s for s in stops if s <= begin], default=0)
    last = min([s for s in stops if s >= end], default=len(text))
    first, last = max(first, end - EVIDENCE_LIMIT // 2), min(last, begin + EVIDENCE_LIMIT // 2)
    while first < begin and first and not text[first - 1].isspace():
        first += 1
    while last > end and last < len(text) and not text[last].isspace():
        last -= 1
    return text[first:last].strip()


def perfect(one: GoldDocument) -> str:
    """What a model would say that had read the annotation."""
    words = lambda span: one.text[slice(*span)]  # noqa: E731
    entities = [
        {"id": e.id, "quote": max((words(s) for s in e.spans), key=len), "class": e.cls}
        for e in one.entities
        if e.spans
    ]
    events = [
        {
            "id": e.id,
            "class": e.cls,
            "trigger": words(e.span),
            "evidence": sentence(one.text, *e.span),
            **told(e.stance),
            "roles": [{"role": role, "filler": filler} for role, filler in e.roles],
        }
        for e in one.events
    ]
    names = {w for e in one.entities for s in e.spans for w in words(s).split()}
    relations = []
    for r in one.relations:
        evidence = words(r.span)
        free = [w for w in evidence.split() if w not in names and len(w) > 2] or evidence.split()
        ends = {"subject": r.subject, "relation": r.predicate, "object": r.object}
        relations.append({**ends, "trigger": free[0].strip('،.؛:"«»()'), "evidence": evidence, **told(r.stance)})
    return json.dumps({"entities": entities, "events": events, "relations": relations})


def blind(one: GoldDocument) -> GoldDocument:
    """The annotation without its stances."""
    events = tuple(replace(e, stance=Stance()) for e in one.events)
    return replace(one, events=events, relations=tuple(replace(r, stance=Stance("Ongoing")) for r in one.relations))


def main(path: Path, *, naive: bool) -> None:
    read, rules = read_gold(path), RuleExtractor()
    if read.problems:
        sys.exit(read.problems[0])
    gold = read.documents
    dropped: Counter[str] = Counter()
    softened, claims = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        with Store.open(Path(folder) / "store", write=True, create=True) as store:
            for one in gold:
                page = rules.page(Record(one.text, one.id, id=one.id, date=one.date))
                checker = Checker(page, rules, "llm:perfect", dropped)
                said = answer.read(perfect(blind(one) if naive else one), dropped)
                store.replace(to_rdf(checker.extraction([((0, len(one.text)), said)]), rules.kb, rules.ontology))
                softened, claims = softened + checker.softened, claims + len(one.events) + len(one.relations)
        with open_graph(Path(folder) / "store") as graph:
            shown = report([align(one, graph.document(one.id)) for one in gold], graph.unbacked(), by=None, errors=None)
    for line in shown.lines("text"):
        print(line)
    print(f"{claims} claims; weakened by cues: {softened}; dropped: {dict((+dropped).most_common())}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--naive", action="store_true")
    arguments = parser.parse_args()
    main(arguments.gold, naive=arguments.naive)
