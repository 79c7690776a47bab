"""What the finder sees of a word: its forms, clitics, clusters, what the tables and the dictionary say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from khabar.mentions.joining import written
from khabar.mentions.words import bare, definite, load, noun_of
from khabar.model import Document, Mention, Token

#: Classes of mentions as the three types of the finder; what is missing has none.
COARSE = {
    "Person": "PER",
    **dict.fromkeys(("Country", "AdministrativeArea", "Settlement", "Place"), "LOC"),
    **dict.fromkeys(
        "Organization Government InternationalOrganization StateForce RebelGroup Militia PrivateMilitaryCompany"
        " MilitaryUnit ArmedForce MediaOutlet".split(),
        "ORG",
    ),
}
_GROUPS = (
    "said", "speech", "news", "stop", "time", "state_noun", "inside", "particle", "lies", "direction", "attribute",
    "formal_title", "name_glue", "office_of", "outlet", "decide", "idafa_middle", "asked_of", "happens", "side",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A written word: tokens `first` to `last` (half-open), of which `core` is the first behind its proclitics.

    `end` is the token behind its last stem: pronouns follow. `form` is the folded word, `stem` the folded stem.
    """

    first: int
    last: int
    core: int
    end: int
    form: str
    stem: str
    before: str
    after: str
    kind: str
    sentence: int


def words(doc: Document) -> list[Word]:
    """The written words of a document, in order."""
    return [_word(doc.tokens, first, last) for first, last in written(doc.tokens)]


def _word(tokens: Sequence[Token], i: int, j: int) -> Word:
    if j == i + 1:
        t = tokens[i]
        return Word(i, j, i, j, t.fold, t.fold, "", "", t.kind, t.sentence)
    core = i
    while core < j - 1 and tokens[core].kind == "proclitic":
        core += 1
    end = j
    while end > core + 1 and tokens[end - 1].kind == "enclitic":
        end -= 1
    before = "".join(t.text for t in tokens[i:core])
    after = "".join(t.text for t in tokens[end:j])
    stem = tokens[core].fold if end == core + 1 else "".join(t.fold for t in tokens[core:end])
    form = before + "".join(t.fold for t in tokens[core:end]) + after
    return Word(i, j, core, end, form, stem, before, after, tokens[core].kind, tokens[i].sentence)


def dictionary(mentions: Sequence[Mention], size: int) -> list[str]:
    """What the dictionary and the rules say of each of `size` tokens: place in the mention, how it was found, type."""
    said = [""] * size
    for m in sorted(mentions, key=lambda m: m.last - m.first):
        if m.how == "pronoun":
            continue
        kind = COARSE.get(m.cls, m.cls)
        mark = f"{m.how}{'+' if m.keys else '-'}{kind}"
        inner = said[m.first : m.last]
        for i in range(m.first, m.last):
            said[i] = ("B" if i == m.first else "I") + mark
        if m.how not in ("name", "capital"):  # a name inside a description is what may be a name
            for i, old in enumerate(inner, m.first):
                if old[1:].startswith(("name", "capital")):
                    said[i] = old
    return said


class Lexical:
    """Features that a word has wherever it stands, kept per word; `clusters` maps a stem to its cluster names."""

    def __init__(self, clusters: Mapping[str, str]) -> None:
        self._clusters = clusters
        self._tables = load()

    def kinds(self, w: Word) -> Iterator[str]:
        """What the tables say of the word."""
        tables, stem = self._tables, w.stem
        if w.kind != "stem":
            yield "K" + (w.form if w.kind == "punct" else w.kind)
            return
        short = bare(stem)
        if (noun := noun_of(stem)) is not None:
            yield f"N{noun.kind}"
            yield f"N{noun.cls}"
        if (title := tables.titles.get(short)) is not None:
            yield f"T{title.kind}"
        for form in {stem, w.form, short}:
            if kind := tables.names.get(form):
                yield f"P{kind}" + ("" if form == stem else "'")
        for group in _GROUPS:
            if stem in tables.groups[group]:
                yield f"G{group}"

    def own(self, w: Word) -> list[str]:
        """Features of the word itself."""
        form, stem = w.form, w.stem
        found = ["w=" + form, "t=" + stem, "c=" + w.before, "e=" + w.after, f"n={min(len(stem), 9)}"]
        if w.kind != "stem":
            return [found[0], "k=" + w.kind]
        short = bare(stem)
        al = definite(stem)
        for k in (1, 2, 3, 4):
            if len(stem) > k:
                found.append(f"p{k}={stem[:k]}")
                found.append(f"s{k}={stem[-k:]}")
        if al:
            found += ["al", "b2=" + short[:2], "b3=" + short[:3]]
        common = self._tables.common
        rank = max(common.get(stem, 0), common.get(short, 0) if al else 0)
        found.append(f"f={rank // 8}{al}")
        found.append(f"g={common.get(form, 0) // 10}|{w.before}")
        if stem.endswith(("ي", "يه", "يون", "يين")) and len(stem) > 4:
            found.append(f"nisba{al}{stem[-2:]}")
        if form[0].isascii() and form[0].isalpha():
            found.append("latin")
        found += ["k=" + k for k in self.kinds(w)]
        if cluster := self._clusters.get(stem):
            found += ["q=" + q for q in cluster.split()]
        return found

    def beside(self, w: Word) -> list[str]:
        """Features of a word for the word right before or behind it."""
        if w.kind != "stem":
            return ["w=" + w.form]
        found = ["t=" + w.stem, "w=" + w.form, "s3=" + w.stem[-3:], "p2=" + w.stem[:2], "c=" + w.before]
        rank = self._tables.common.get(w.stem, 0) // 10
        found.append(f"f={rank}{definite(w.stem)}")
        found += ["k=" + k for k in self.kinds(w)]
        if cluster := self._clusters.get(w.stem):
            found += ["q=" + q for q in cluster.split()]
        return found

    def near(self, w: Word) -> list[str]:
        """Features of a word for those two or three words away."""
        found = ["t=" + w.stem]
        found += ["k=" + k for k in self.kinds(w)]
        if cluster := self._clusters.get(w.stem):
            found.append("q=" + cluster.split()[0])
        return found


def around(line: Sequence[Word], said: Sequence[str], i: int) -> list[str]:
    """Features of word `i` of a sentence that depend on its neighbours and on the dictionary."""
    w = line[i]
    own = said[w.core]
    before = said[line[i - 1].core] if i else "^"
    behind = said[line[i + 1].core] if i + 1 < len(line) else "$"
    found = ["d=" + own, "d-=" + before, "d+=" + behind, f"dd={before}|{own}"]
    found.append("j-=" + (line[i - 1].stem if i else "^") + "|" + w.stem)
    found.append("j+=" + w.stem + "|" + (line[i + 1].stem if i + 1 < len(line) else "$"))
    if own and len(own) > 1:
        found.append(f"dw={own}|{w.stem}")
    return found
