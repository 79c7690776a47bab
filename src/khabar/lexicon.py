"""Loads what the language knows: frame tables, light verbs and stance cues of `ontology/lexicon`, indexed by form."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from khabar.errors import ResourceError
from khabar.morph import Form, Shape, agree, conjugate, decline
from khabar.resources import folder
from khabar.text import fold

SPEECH = frozenset("Communication Request Proposal Threat Accusation Condemnation".split())


@dataclass(frozen=True, slots=True)
class Frame:
    """One trigger family of an ontology term: its principal parts and the role of each slot.

    `roles` maps a slot (`subj`, `obj`, a preposition) to a role name; `gen` and `adj` name the slot that a verbal
    noun's idafa complement and nationality adjective fill. None of `never` stands right before a trigger, none of
    `barred` close behind; of `needed`, if there are any, one follows.
    """

    term: str
    verbs: tuple[str, ...]
    nouns: tuple[str, ...]
    participles: tuple[str, ...]
    roles: Mapping[str, str]
    gen: str = ""
    adj: str = "subj"
    flags: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    example: str = ""
    expect: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A readable identifier for `:rule`: term and first principal part."""
        return f"{self.term}:{(self.verbs or self.nouns or self.participles)[0].split('/')[0]}"


@dataclass(frozen=True, slots=True)
class Light:
    """A light or aspectual verb: which slots of the noun it governs its own arguments fill."""

    verb: str
    subj: str
    obj_prep: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that colours what it governs (see `ontology/lexicon/cues.tsv` for the kinds)."""

    name: str
    kind: str
    effect: str
    negated: str
    scope: str
    preps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a written form may be: a frame in one of its shapes."""

    frame: Frame
    form: Form


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables; the dictionaries are keyed by folded form without article."""

    frames: tuple[Frame, ...]
    senses: Mapping[str, tuple[Sense, ...]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Frame], ...]]
    light: Mapping[str, tuple[tuple[Light, Form], ...]]
    cues: Mapping[str, tuple[tuple[Cue, Form], ...]]
    cue_phrases: Mapping[str, tuple[tuple[tuple[str, ...], Cue], ...]]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a UTF-8 TSV table with a header; lines that start with # are comments."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ResourceError(f"{path}: table is missing ({error.strerror}); install khabar again") from error
    table = csv.DictReader(
        (x for x in lines if x.strip() and not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    for row in table:
        yield {k: (v or "").strip() for k, v in row.items() if k}


@cache
def words() -> Mapping[str, frozenset[str]]:
    """Folded words by kind (preposition, relative, rank, leader, ...) of `ontology/lexicon/function_words.tsv`."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder("ontology") / "lexicon" / "function_words.tsv"):
        found[row["kind"]].add(fold(row["word"]))
    return {k: frozenset(v) for k, v in found.items()}


@dataclass(frozen=True, slots=True)
class Verbality:
    """Forms by what they can be.

    `sure` are verbs anywhere, `openers` where a sentence begins with them, `verbs` may be verbs, `reporting` may open
    a sentence as verbs though they may be nouns too, `nouns` are nouns, `events` those of happenings, `suffixed` those
    of verbal nouns that stand before a pronoun, `dative` those of speech that ل may lead to their content.
    """

    sure: frozenset[str]
    openers: frozenset[str]
    verbs: frozenset[str]
    reporting: frozenset[str]
    nouns: frozenset[str]
    events: frozenset[str]
    suffixed: frozenset[str]
    dative: frozenset[str]


@cache
def verbality() -> Verbality:
    """What the tables know of the word classes of their forms, where a tagger errs."""
    lexicon = load()
    verbs: set[str] = set()
    nouns: set[str] = set()
    events: set[str] = set()
    suffixed: set[str] = set()
    dative: set[str] = set()
    for form, senses in lexicon.senses.items():
        for s in senses:
            if s.form.agreement == "suffixed":
                suffixed.add(form)
            else:
                (verbs if s.form.shape in ("past", "present") else nouns).add(form)
            if s.form.shape == "noun" and s.frame.term[0].isupper():
                events.add(form)
            if s.form.shape == "noun" and s.frame.term in SPEECH and "ل" in s.frame.roles:
                dative.add(form)
    reporting: set[str] = set()
    for form, cues in lexicon.cues.items():
        for cue, f in cues:
            (verbs if f.shape in ("past", "present") else nouns).add(form)
            if f.shape == "past" and cue.effect:
                reporting.add(form)
    for form, carriers in lexicon.light.items():
        for _, f in carriers:
            (verbs if f.shape in ("past", "present") else nouns).add(form)
    closed = set().union(*(words()[k] for k in ("preposition", "break", "particle", "through", "time", "relative")))
    short = {v for v in verbs if len(v) < 4 and v[-1] not in "ت"}
    only = verbs - nouns - closed
    sets = (only - short, only, verbs - closed, reporting - closed, nouns, events - closed, suffixed, dative)
    return Verbality(*map(frozenset, sets))


def _split(text: str, mark: str = "|") -> tuple[str, ...]:
    return tuple(x.strip() for x in text.split(mark) if x.strip())


def _pairs(text: str, mark: str | None = None) -> dict[str, str]:
    return {k.strip(): v.strip() for k, _, v in (x.partition("=") for x in text.split(mark)) if v}


def _listed(flags: str, kind: str) -> frozenset[str]:
    """The folded words of one flag that lists words: `never:رئيس|مدير`."""
    return frozenset(fold(w) for f in flags.split() if f.startswith(f"{kind}:") for w in f.partition(":")[2].split("|"))


def _frame(term: str, row: dict[str, str]) -> Frame:
    roles = _pairs(row["roles"])
    return Frame(
        term,
        _split(row["verb"]),
        _split(row["nouns"]),
        _split(row["participles"].replace(" ", "|")),
        {fold(k): v for k, v in roles.items() if k not in ("gen", "adj")},
        fold(roles.get("gen", "")),
        fold(roles.get("adj", "subj")),
        frozenset(f for f in row["flags"].split() if ":" not in f),
        _listed(row["flags"], "never"),
        _listed(row["flags"], "not"),
        _listed(row["flags"], "needs"),
        example=row["example"],
        expect=_pairs(row["expect"], ";"),
    )


def _forms(frame: Frame) -> Iterator[Form]:
    for verb in frame.verbs:
        past, _, present = verb.partition("/")
        if " " not in verb:
            yield from conjugate(past, present or past)
    for noun in frame.nouns:
        if " " not in noun:
            yield from decline(noun)
    for part in frame.participles:
        kind, _, word = part.rpartition(":")
        shape: Shape = "passive" if kind == "p" else "active"
        yield from agree(word, shape)


def _cue_forms(row: dict[str, str]) -> Iterator[Form]:
    for verb in _split(row["verb"]):
        past, _, present = verb.partition("/")
        yield from conjugate(past, present or past)
    for noun in _split(row["nouns"]):
        yield from decline(noun)
    for word in _split(row["words"]):
        yield Form(fold(word), "noun")


@cache
def load() -> Lexicon:
    """The lexicon that ships with khabar, read once a process."""
    base = folder("ontology") / "lexicon"
    frames: list[Frame] = []
    senses: dict[str, list[Sense]] = defaultdict(list)
    phrases: dict[str, list[tuple[tuple[str, ...], Frame]]] = defaultdict(list)
    for path in sorted((base / "frames").glob("*.tsv")):
        for row in rows(path):
            frames.append(frame := _frame(path.stem, row))
            for form in {(f.text, f.shape): f for f in reversed(list(_forms(frame)))}.values():
                senses[form.text].append(Sense(frame, form))
            for noun in frame.nouns:
                if len(words := tuple(fold(noun).split())) > 1:
                    phrases[words[0]].append((words, frame))
    light: dict[str, list[tuple[Light, Form]]] = defaultdict(list)
    for row in rows(base / "light_verbs.tsv"):
        past, _, present = row["verb"].partition("/")
        slots = {fold(k): fold(v) for k, v in _pairs(row.get("slots", "")).items()}
        entry = Light(past, fold(row["subj"]), fold(row["obj_prep"]), slots)
        participles = agree(row["participle"], "active") if row.get("participle") else ()
        nouns = decline(row["noun"]) if row.get("noun") else ()
        for form in (*conjugate(past, present or past), *participles, *nouns):
            light[form.text].append((entry, form))
    cues: dict[str, list[tuple[Cue, Form]]] = defaultdict(list)
    cue_phrases: dict[str, list[tuple[tuple[str, ...], Cue]]] = defaultdict(list)
    for row in rows(base / "cues.tsv"):
        name = (_split(row["verb"]) or _split(row["nouns"]) or _split(row["words"]))[0].split("/")[0]
        cue = Cue(
            name, row["kind"], row["effect"], row["negated"], row["scope"], tuple(map(fold, _split(row["preps"])))
        )
        for form in _cue_forms(row):
            words = tuple(form.text.split())
            if len(words) > 1:
                cue_phrases[words[0]].append((words, cue))
            else:
                cues[form.text].append((cue, form))
    return Lexicon(
        tuple(frames),
        {k: tuple(v) for k, v in senses.items()},
        {k: tuple(v) for k, v in phrases.items()},
        {k: tuple(v) for k, v in light.items()},
        {k: tuple(v) for k, v in cues.items()},
        {k: tuple(v) for k, v in cue_phrases.items()},
    )
