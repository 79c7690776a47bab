"""The share of the verbs in sentences about conflict that some table of the lexicon knows, and the commonest others.

    python benchmarks/coverage.py ARTICLES.jsonl[.gz] [--count 600] [--top 60] [--markdown]

An article is about a conflict when two of its mentions are armed forces, weapons or wars; of such articles every
sentence counts that has a mention of an actor, a place or a weapon and a finite verb. A verb is covered when a frame, a
light verb or a cue has its form; one of `plain_verbs.txt` (to be, to begin, to eat) tells nothing of a conflict, and
the second figure leaves it out. Nouns are counted where a light verb carries them and no frame has them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from throughput import sample

from khabar import entities, mentions
from khabar.extractor import RuleExtractor
from khabar.lexicon import Lexicon
from khabar.mentions.scan import FORCES
from khabar.model import Record, Token
from khabar.scene import Scene
from khabar.text import fold, normalise

WARLIKE = FORCES | {"Materiel", "Conflict"}
FINITE = ("past", "present")
PREFIXES = "يتنا"
PLAIN = Path(__file__).with_name("plain_verbs.txt")


@dataclass(slots=True)
class Counts:
    """Tokens by lemma: verbs that a table knows, verbs that none knows, nouns that a light verb carries."""

    sentences: int = 0
    known: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    carried: Counter[str] = field(default_factory=Counter)


def scenes(x: RuleExtractor, records: list[Record]) -> Iterator[Scene]:
    """The articles about conflicts, parsed where something is mentioned."""
    for record in records:
        hits = x.kb.scan(normalise(record.text))
        doc = x.analyser.read(record, [(h.begin, h.end) for h in hits])
        found = mentions.find_mentions(doc, hits, x.kb)
        if sum(m.cls in WARLIKE for m in found) < 2:
            continue
        doc = x.analyser.parse(doc, sorted({doc.tokens[m.first].sentence for m in found}))
        yield Scene(doc, entities.resolve(doc, found, x.kb), {}, {}, {})


def knows(lexicon: Lexicon, form: str) -> bool:
    """Whether a frame, a light verb or a cue has a finite form."""
    tables = (
        (s.form for s in lexicon.senses.get(form, ())),
        (f for _, f in lexicon.light.get(form, ())),
        (f for _, f in lexicon.cues.get(form, ())),
    )
    return any(f.shape in FINITE for forms in tables for f in forms)


def finite(t: Token) -> bool:
    """True for a word tagged as a finite verb, unless a present tense without its prefix shows the tag to be wrong."""
    return t.pos == "VERB" and ("Aspect=Imp" not in t.feats or t.fold[0] in PREFIXES)


def carried(scene: Scene, lexicon: Lexicon, i: int, hi: int) -> str:
    """The lemma of the noun right behind a light verb at `i`, with or without its preposition, that no frame has."""
    preps = {light.obj_prep for light, f in lexicon.light.get(scene.tokens[i].fold, ()) if f.shape in FINITE}
    for prep in preps:
        j = i + 1
        if prep and j < hi and scene.tokens[j].fold == prep:
            j += 1
        if j >= hi or j in scene.within or scene.tokens[j].pos != "NOUN" or (prep and j == i + 1):
            continue
        word = scene.tokens[j].fold.removeprefix("ال")
        if not any(w in t for w in (word, word.removesuffix("ا")) for t in (lexicon.senses, lexicon.phrases)):
            return scene.tokens[j].lemma
    return ""


def count(x: RuleExtractor, records: list[Record]) -> Counts:
    """The verbs and carried nouns of the articles about conflicts."""
    counts = Counts()
    for scene in scenes(x, records):
        for sentence in scene.sentences:
            span = range(sentence.first, sentence.last)
            verbs = [i for i in span if scene.is_verb(i) and finite(scene.tokens[i])]
            if not verbs or not any(i in scene.starts for i in span):
                continue
            counts.sentences += 1
            for i in verbs:
                t = scene.tokens[i]
                (counts.known if knows(x.lexicon, t.fold) else counts.unknown)[t.lemma] += 1
                if noun := carried(scene, x.lexicon, i, sentence.last):
                    counts.carried[noun] += 1
    return counts


def plain_verbs() -> frozenset[str]:
    """The folded lemmas of verbs that tell nothing of a conflict."""
    lines = PLAIN.read_text("utf-8").splitlines()
    return frozenset(fold(w) for line in lines if not line.startswith("#") for w in line.split())


def share(known: Counter[str], unknown: Counter[str]) -> str:
    """So many of so many, in per cent."""
    total = known.total() + unknown.total()
    return f"{100 * known.total() / total:.1f} % of {total:,}" if total else "no verb"


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("articles", type=Path)
    ap.add_argument("--count", type=int, default=600, help="so many articles of the file, always the same")
    ap.add_argument("--top", type=int, default=60, help="so many of the verbs and nouns that are not known")
    ap.add_argument("--markdown", action="store_true", help="the figures alone, as a table")
    args = ap.parse_args()
    if not args.articles.is_file():
        ap.error(f"{args.articles}: there is no such file; give one article a line, as JSON with a text")
    counts = count(RuleExtractor(), sample(args.articles, args.count))
    plain = plain_verbs()
    told = [Counter({k: n for k, n in c.items() if k not in plain}) for c in (counts.known, counts.unknown)]
    figures = {
        "sentences about conflicts": f"{counts.sentences:,}",
        "verbs that a table knows": share(counts.known, counts.unknown),
        "the same without plain verbs": share(*told),
    }
    if args.markdown:
        print("| figure | value |\n|---|---|")
        print("\n".join(f"| {name} | {value} |" for name, value in figures.items()))
        return 0
    print("\n".join(f"{name:<30} {value}" for name, value in figures.items()))
    for name, unknown in (("verbs not known", told[1]), ("nouns under light verbs not known", counts.carried)):
        print(f"\n{name}:", " ".join(f"{lemma} {n}" for lemma, n in unknown.most_common(args.top)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
