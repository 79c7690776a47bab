"""Learns small word vectors from free text: python scripts/train_vectors.py OPEN_TEXT_FOLDER OUT_FOLDER.

Positive pointwise mutual information of words within two words of each other, by side, reduced by SVD.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from khabar.model import Record
from khabar.nlp import Analyser
from khabar.nlp.pipeline import form


def sentences(folder: Path) -> list[list[str]]:
    """The forms of all sentences of the text, as the parser will see them."""
    analyser = Analyser()
    found = []
    for path in sorted(folder.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                document = analyser.read(Record(line.strip(), path.name))
                for s in document.sentences:
                    found.append([form(t.fold) for t in document.tokens[s.first : s.last]])
    return found


def vectors(text: list[list[str]], size: int, contexts: int, width: int) -> tuple[list[str], np.ndarray]:
    counts = collections.Counter(w for s in text for w in s)
    words = [w for w, n in counts.most_common(size) if n > 2]
    index = {w: i for i, w in enumerate(words)}
    ids: list[int] = []
    for s in text:
        ids.extend(index.get(w, -1) for w in s)
        ids.extend((-1, -1))
    a = np.array(ids, dtype=np.int32)
    blocks = []
    for shift in (-2, -1, 1, 2):
        word, near = (a[-shift:], a[:shift]) if shift < 0 else (a[:-shift], a[shift:])
        both = (word >= 0) & (near >= 0) & (near < contexts)
        ones = np.ones(int(both.sum()), np.float32)
        blocks.append(sp.coo_matrix((ones, (word[both], near[both])), shape=(len(words), contexts)).tocsr())
    m = sp.hstack(blocks).tocoo()
    rows = np.asarray(m.sum(1)).ravel()
    columns = np.asarray(m.sum(0)).ravel() ** 0.75
    pmi = np.log(m.data * columns.sum() / (rows[m.row] * columns[m.col] + 1e-9))
    positive = sp.coo_matrix((np.maximum(pmi, 0), (m.row, m.col)), shape=m.shape).tocsr()
    positive.eliminate_zeros()
    u, s, _ = randomized_svd(positive, width, n_iter=3, random_state=0)
    table = u * np.sqrt(s)
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-9
    return words, table.astype(np.float16)


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("open_text", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--size", type=int, default=20_000)
    args.add_argument("--contexts", type=int, default=2_000)
    args.add_argument("--width", type=int, default=80)
    a = args.parse_args()
    words, table = vectors(sentences(a.open_text), a.size, a.contexts, a.width)
    a.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(a.out / "vectors.npz", table=table)
    (a.out / "vectors.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
    index = {w: i for i, w in enumerate(words)}
    for probe in ("قصف", "قتلت", "وزير", "طرابلس", "اكد", "تركيا"):
        if probe in index:
            near = np.argsort(-(table.astype(np.float32) @ table[index[probe]].astype(np.float32)))[1:8]
            print(probe, " ".join(words[i] for i in near))
    print(table.shape)


if __name__ == "__main__":
    main()
