"""Trains the clitic segmenter: python scripts/train_segmenter.py UD_SPLIT_FOLDER OPEN_TEXT_FOLDER OUT.json.gz."""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import math
import random
import re
from pathlib import Path

import wordfreq
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from khabar.nlp.segment import Cut, Segmenter, plain, readings
from khabar.text import normalise

ARABIC = re.compile("[\u0621-\u064a]+$")
WORD = re.compile("[\u0621-\u064a]+")
# Words of closed classes whose reading does not depend on their frequency.
FIXED = Path(__file__).with_name("segmenter_fixed.tsv")
_ALL = "ه ها هم هما هن نا"
PARADIGMS = {
    **dict.fromkeys(("ب", "ل", "من", "عن", "مع", "في", "علي", "إلي", "الي", "لدي", "بين", "عند", "حول", "ضد"), _ALL),
    **dict.fromkeys(("إن", "أن", "ان", "لكن", "كأن", "لعل"), _ALL + " ني ي"),
    **dict.fromkeys(("بعد", "قبل", "خلف", "أمام", "تحت", "فوق", "دون", "خلال", "منذ", "نحو", "تجاه", "غير"), _ALL),
}


def frequencies(open_text: Path, size: int) -> dict[str, float]:
    """Log counts per hundred million words: wordfreq, and our own counts where it has none."""
    own: collections.Counter[str] = collections.Counter()
    for path in sorted(open_text.glob("*.txt.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                own.update(plain(w) for w in WORD.findall(normalise(line).text))
    total = sum(own.values())
    merged: collections.Counter[str] = collections.Counter()
    for word, share in wordfreq.get_frequency_dict("ar", wordlist="large").items():
        for piece in WORD.findall(word):
            if piece == word:
                merged[plain(word)] += share * 1e8
    for word, n in own.items():
        if n > 1:
            merged[word] = max(merged[word], n / total * 1e8 * 0.5)
    return {w: math.log(n) for w, n in merged.most_common(size) if n > 1}


def gold(path: Path) -> list[tuple[str, ...]]:
    """Written words of a CoNLL-U file, each as its pieces; punctuation and figures are left out."""
    words: list[tuple[str, ...]] = []
    run: list[str] = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        columns = line.split("\t")
        if len(columns) < 10 or not columns[0].isdigit():
            if run:
                words.append(tuple(run))
            run = []
            continue
        form = normalise(columns[1]).text
        if ARABIC.match(form):
            run.append(form)
        elif run:
            words.append(tuple(run))
            run = []
        if "SpaceAfter=No" not in columns[9] and run:
            words.append(tuple(run))
            run = []
    return words


def pieces(cut: Cut) -> tuple[str, ...]:
    return (*cut.pro, cut.stem, *([cut.enc] if cut.enc else []))


def loose(word: tuple[str, ...]) -> tuple[str, ...]:
    """The same word as careless newspapers write it: ه for a final ة."""
    return (*word[:-1], word[-1][:-1] + "ه") if word[-1].endswith("ة") else word


def accuracy(model: Segmenter, words: list[tuple[str, ...]]) -> tuple[dict[str, float], collections.Counter[str]]:
    right = parts = parts_right = false = 0
    wrong: collections.Counter[str] = collections.Counter()
    for word in words:
        guess = pieces(model.cut("".join(word)))
        good = guess == word
        right += good
        if len(word) > 1:
            parts += 1
            parts_right += good
        elif not good:
            false += 1
        if not good:
            wrong["+".join(word) + " ~ " + "+".join(guess)] += 1
    return {
        "words": round(100 * right / len(words), 2),
        "words with clitics": round(100 * parts_right / parts, 2),
        "false splits": round(100 * false / (len(words) - parts), 2),
    }, wrong


def fixed() -> list[list[object]]:
    """Rows of the table of fixed readings: proclitics, stem, pronoun."""
    rows = []
    for line in FIXED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for form in line.split():
                pro, stem, enc = (form if form.count("+") == 2 else f"+{form}+").split("+")
                rows.append([list(pro), stem, enc])
    # Pronouns after function words: these are closed sets.
    for stem, pronouns in PARADIGMS.items():
        rows.extend([[], stem, enc] for enc in pronouns.split())
        if stem in ("أن", "ان"):
            rows.extend([[pre], stem, enc] for pre in "بل" for enc in pronouns.split())
    # Later rows win: a listed word is never overruled by a shorter one with a conjunction in front.
    return [[[front, *pro], stem, enc] for front in "وف" for pro, stem, enc in rows] + rows


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("split", type=Path)
    args.add_argument("open_text", type=Path)
    args.add_argument("out", type=Path)
    args.add_argument("--size", type=int, default=160_000)
    a = args.parse_args()
    random.seed(0)
    counts = frequencies(a.open_text, a.size)
    model = Segmenter(counts, {})
    rows, labels = [], []
    train = gold(a.split / "train.conllu")
    for word in train + [loose(w) for w in train if w[-1].endswith("ة") and random.random() < 0.1]:
        written = "".join(word)
        cuts = list(readings(written))
        if not any(pieces(c) == word for c in cuts):
            continue
        for cut in cuts:
            rows.append(dict(model.features(plain(written), cut)))
            labels.append(pieces(cut) == word)
    vectorizer = DictVectorizer()
    fitted = LogisticRegression(C=2, max_iter=400).fit(vectorizer.fit_transform(rows), labels)
    names = vectorizer.get_feature_names_out()
    weights = {k: round(float(v), 3) for k, v in zip(names, fitted.coef_[0], strict=True) if abs(v) > 0.01}
    levels: dict[int, list[str]] = collections.defaultdict(list)
    for word, level in counts.items():
        levels[round(level * 10)].append(word)
    table = {str(k): " ".join(sorted(v)) for k, v in sorted(levels.items())}
    a.out.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps({"weights": weights, "fixed": fixed(), "counts": table}, ensure_ascii=False)
    a.out.write_bytes(gzip.compress(data.encode(), mtime=0))
    model = Segmenter.load(a.out)
    for part in ("dev", "test"):
        figures, wrong = accuracy(model, gold(a.split / f"{part}.conllu"))
        print(part, figures, wrong.most_common(25) if part == "dev" else "")
    print("features", len(weights), "words", len(counts), "bytes", a.out.stat().st_size)


if __name__ == "__main__":
    main()
