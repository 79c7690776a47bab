"""Trains the finder of unknown names: python scripts/train_finder.py NER_FOLDER OPEN_TEXT_FOLDER OUT.npz.

NER_FOLDER holds `train.tsv` and `dev.tsv` (token, ..., coarse tag; a blank line between sentences). Needs the extra
`train` (scikit-learn) and python-crfsuite. One process; about ten minutes.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pycrfsuite
from sklearn.cluster import MiniBatchKMeans

from khabar import mentions
from khabar.kb import KnowledgeBase
from khabar.mentions.unknown.chain import Chain
from khabar.mentions.unknown.features import Lexical, Word, around, dictionary, words
from khabar.mentions.unknown.finder import OFFSETS, at_offset
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.resources import folder
from khabar.text import normalise

Line = tuple[list[str], list[str]]  # written words, their labels
TYPES = {"PER": "PER", "GPE": "LOC", "LOC": "LOC", "ORG": "ORG", "FAC": "FAC", "NORP": "NORP"}
SWAPS = {
    "PER": ("Person",),
    "LOC": ("Settlement", "AdministrativeArea", "Country", "Place"),
    "ORG": ("Organization", "Government", "InternationalOrganization", "StateForce", "RebelGroup", "Militia",
            "PrivateMilitaryCompany", "ArmedForce", "MilitaryUnit", "MediaOutlet"),
}  # fmt: skip
CHUNK = 8  # sentences read as one text: the knowledge base decides by context


def read(path: Path, types: dict[str, str] = TYPES) -> list[Line]:
    """The sentences of a file in columns, labels as B-, I- of the types that are kept."""
    lines: list[Line] = [([], [])]
    last = ""
    for row in path.read_text(encoding="utf-8").split("\n"):
        cells = row.split("\t")
        if not row.strip():
            lines.append(([], []))
            last = ""
            continue
        mark, _, kind = cells[-1].partition("-")
        label = types.get(kind, "")
        lines[-1][0].append(cells[0])
        lines[-1][1].append((("I-" if mark == "I" and last == label else "B-") + label) if label else "O")
        last = label
    return [x for x in lines if x[0]]


def spans(labels: list[str]) -> list[tuple[int, int, str]]:
    """Begin, end and type of the names that the labels mark."""
    found, i = [], 0
    while i < len(labels):
        j = i + 1
        if labels[i] != "O":
            while j < len(labels) and labels[j] == "I-" + labels[i][2:]:
                j += 1
            found.append((i, j, labels[i][2:]))
        i = j
    return found


class Reader:
    """Reads sentences as khabar will see them, words beside their labels."""

    def __init__(self) -> None:
        self.kb, self.analyser = KnowledgeBase.open(), Analyser()

    def read(self, lines: list[Line], hide: list[set[int]] | None = None):
        """Sentences as lists of (word, what the dictionary says by token, label); `hide`: words it must not know."""
        for at in range(0, len(lines), CHUNK):
            part = lines[at : at + CHUNK]
            text = "\n".join(" ".join(tokens) for tokens, _ in part)
            where, masked = {}, []
            begin = 0
            for s, (tokens, _) in enumerate(part):
                for k, token in enumerate(tokens):
                    for c in range(begin, begin + len(token)):
                        where[c] = (s, k)
                    if hide and k in hide[at + s]:
                        masked.append((begin, begin + len(token)))
                    begin += len(token) + 1
            hits = self.kb.scan(normalise(text))
            if masked:
                hits = [h for h in hits if not any(b < h.end and h.begin < e for b, e in masked)]
            doc = self.analyser.read(Record(text, "train"), [(h.begin, h.end) for h in hits])
            found = mentions.find_mentions(doc, hits, self.kb)
            if masked:
                gone = {t.i for t in doc.tokens if any(b < t.end and t.begin < e for b, e in masked)}
                found = [m for m in found if not (gone & set(range(m.first, m.last)) and m.how == "name")]
            said = dictionary(found, len(doc.tokens))
            sentences: list[list[tuple[Word, int]]] = [[] for _ in part]
            for w in words(doc):
                s, k = where[doc.tokens[w.core].begin]
                sentences[s].append((w, k))
            for (_, labels), sentence in zip(part, sentences, strict=True):
                marked, seen = [], -1
                for _, k in sentence:
                    label = labels[k]
                    marked.append("I-" + label[2:] if k == seen and label != "O" else label)
                    seen = k
                yield [w for w, _ in sentence], said, marked, [k for _, k in sentence]


def features(lexical: Lexical, line: list[Word], said: list[str]) -> list[list[str]]:
    """All features of each word of a sentence, as the chain's weights are named."""
    found = [around(line, said, i) for i in range(len(line))]
    for offset in OFFSETS:
        for i in range(len(line)):
            if 0 <= i + offset < len(line):
                found[i] += [f"{offset}:{f}" for f in at_offset(lexical, line[i + offset], offset)]
    return found


def clusters(open_text: Path) -> dict[str, str]:
    """Words of free text in 64 and 512 clusters by the company they keep."""
    from train_vectors import sentences, vectors

    kept, table = vectors(sentences(open_text), 30_000, 2_000, 100)
    e = table.astype(np.float32)
    sizes = (64, 512)
    labels = [
        MiniBatchKMeans(k, batch_size=4096, n_init=1, max_iter=15, random_state=0).fit(e[:20_000]).predict(e)
        for k in sizes
    ]
    return {w: f"a{a} b{b}" for w, a, b in zip(kept, *labels, strict=True)}


def names_of_kb(seed: int) -> dict[str, list[list[str]]]:
    """Arabic names of the knowledge base by type; settlements by their size, the rest alike."""
    db = sqlite3.connect(folder("data") / "kb.sqlite")
    found: dict[str, list[list[str]]] = defaultdict(list)
    for kind, classes in SWAPS.items():
        for cls in classes:
            rows = db.execute("SELECT name_ar, coalesce(population, 0) FROM entry WHERE cls = ?", (cls,)).fetchall()
            if cls == "Settlement":
                rows = sorted(rows, key=lambda r: -r[1])[:3000]
            found[kind] += [r[0].split() for r in rows if r[0] and len(r[0].split()) < 7]
    return found


def swapped(lines: list[Line], share: float, seed: int) -> tuple[list[Line], list[set[int]]]:
    """Copies of sentences with their names changed for others, half of which the dictionary is not to know."""
    rng = random.Random(seed)
    pool = names_of_kb(seed)
    lone = {w for tokens, _ in lines for w in tokens}
    new, hide = [], []
    for tokens, labels in lines:
        named = [x for x in spans(labels) if x[2] in pool]
        if not named or rng.random() > share:
            continue
        out, marks, hidden, at = [], [], set(), 0
        for i, j, kind in named:
            out += tokens[at:i]
            marks += labels[at:i]
            at = i
            if kind in ("PER", "ORG") and rng.random() < 0.7:
                name = list(rng.choice(pool[kind]))
                if clitic := _clitic(tokens[i], lone):
                    name[0] = ("لل" + name[0][2:]) if clitic == "ل" and name[0].startswith("ال") else clitic + name[0]
                if rng.random() < 0.6:
                    hidden |= set(range(len(out), len(out) + len(name)))
                out += name
                marks += ["B-" + kind] + ["I-" + kind] * (len(name) - 1)
                at = j
        out += tokens[at:]
        marks += labels[at:]
        new.append((out, marks))
        hide.append(hidden)
    return new, hide


def _clitic(word: str, lone: set[str]) -> str:
    """The proclitic that a written word begins with, where the rest is a word of the text too."""
    if word.startswith("وال") or (word[0] in "وبلف" and len(word) > 4 and word[1:] in lone):
        return word[0]
    return "ل" if word.startswith("لل") else ""


def chain_of(path: str, table: dict[str, str], floor: float) -> Chain:
    """The weights that CRFsuite learnt, small ones left out."""
    tagger = pycrfsuite.Tagger()
    tagger.open(path)
    info = tagger.info()
    labels = sorted(info.labels, key=lambda x: (x != "O", x))
    column = {x: k for k, x in enumerate(labels)}
    rows: dict[str, int] = {}
    values: list[tuple[int, int, float]] = []
    for (name, label), weight in sorted(info.state_features.items()):
        if abs(weight) >= floor and "\n" not in name:
            values.append((rows.setdefault(name, len(rows)), column[label], weight))
    weights = np.zeros((len(rows), len(labels)), np.float32)
    for r, c, v in values:
        weights[r, c] = v
    moves = np.zeros((len(labels), len(labels)), np.float32)
    for a in labels:
        for b in labels:
            moves[column[a], column[b]] = info.transitions.get((a, b), 0.0)
            if b[0] == "I" and a[1:] != b[1:]:
                moves[column[a], column[b]] = -50.0
    return Chain(tuple(labels), rows, np.clip(weights, -6, 6), moves, table)


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("ner", type=Path)
    ap.add_argument("open_text", type=Path)
    ap.add_argument("out", type=Path)
    ap.add_argument("--swap", type=float, default=0.3, help="share of training sentences copied with other names")
    ap.add_argument("--c1", type=float, default=0.06)
    ap.add_argument("--c2", type=float, default=0.02)
    ap.add_argument("--rounds", type=int, default=80)
    ap.add_argument("--floor", type=float, default=0.02)
    ap.add_argument("--silver", type=Path, help="more sentences in columns, labelled by a teacher")
    ap.add_argument("--clusters", type=Path, help="keep the clusters here, or read them")
    args = ap.parse_args()
    start = time.time()
    if args.clusters and args.clusters.exists():
        table = dict(x.split("\t") for x in args.clusters.read_text(encoding="utf-8").split("\n") if x)
    else:
        table = clusters(args.open_text)
        if args.clusters:
            args.clusters.write_text("\n".join(f"{w}\t{c}" for w, c in table.items()), encoding="utf-8")
    print(f"{len(table)} words in clusters, {time.time() - start:.0f} s", flush=True)
    lexical, reader = Lexical(table), Reader()
    trainer = pycrfsuite.Trainer(verbose=False)
    gold = read(args.ner / "train.tsv")
    more, hide = swapped(gold, args.swap, 1) if args.swap else ([], [])
    silver = read(args.silver, {k: k for k in ("PER", "LOC", "ORG", "FAC", "NORP")}) if args.silver else []
    count = 0
    for lines, hidden in ((gold, None), (more, hide), (silver, None)):
        for line, said, labels, _ in reader.read(lines, hidden):
            trainer.append(features(lexical, line, said), labels)
            count += 1
    print(f"{count} sentences, {time.time() - start:.0f} s", flush=True)
    trainer.set_params(
        {"c1": args.c1, "c2": args.c2, "max_iterations": args.rounds, "feature.possible_transitions": True}
    )
    with tempfile.TemporaryDirectory() as place:
        path = str(Path(place) / "model")
        trainer.train(path)
        chain = chain_of(path, table, args.floor)
    chain.save(args.out)
    size = args.out.stat().st_size / 1e6
    print(f"{len(chain.rows)} features, {size:.1f} MB, {time.time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
