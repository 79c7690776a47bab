"""The nouns of khabar: frozen records that one stage hands to the next.

All offsets are half-open and count code points of a document's RAW text. This module imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Modality = Literal["Happened", "Ongoing", "Planned", "Proposed", "Considered", "Requested", "Threatened", "Conditional"]
Polarity = Literal["Affirmed", "Negated"]
Certainty = Literal["Certain", "Probable", "Possible"]
TokenKind = Literal["proclitic", "stem", "enclitic", "punct", "number", "other"]


@dataclass(frozen=True, slots=True)
class Record:
    """One article as it was read: its unchanged text and what its source says of it.

    `date` is an ISO day, month or year; `where` names file and line for error messages; `path` is the
    position below SOURCE, used to make a key when nothing better is known; `licence` is an address or a name.
    """

    text: str
    where: str
    id: str | None = None
    title: str | None = None
    url: str | None = None
    date: str | None = None
    publisher: str | None = None
    path: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A syntactic word: a stem, a clitic cut from it, a number or a punctuation mark.

    `text` is the surface without diacritics and tatweel; `fold` is `text` folded for lookup (see `text.fold`);
    `word` numbers the whitespace-and-punctuation word that clitics share with their stem. `pos`, `feats`, `head`
    and `dep` (Universal Dependencies; `head` is a token index of the document, a root's own index) stay empty or -1
    until the sentence is parsed.
    """

    i: int
    begin: int
    end: int
    text: str
    fold: str
    kind: TokenKind
    word: int
    sentence: int
    lemma: str = ""
    pos: str = ""
    feats: str = ""
    head: int = -1
    dep: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens `first` to `last` (half-open) of the document."""

    i: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Document:
    """A record with its tokens and sentences."""

    record: Record
    tokens: tuple[Token, ...]
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The raw text of the record."""
        return self.record.text


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name or describe one entity: tokens `first` to `last` (half-open), no proclitic, no title.

    `how` tells who found it: name, description, demonym, capital, source, title, pronoun (a pronoun mention stands
    as an argument but is never written out). `keys` are the knowledge base entries it may mean, best first;
    `nation` is the key of the state that an adjective or idafa ties it to.
    """

    begin: int
    end: int
    first: int
    last: int
    head: int
    cls: str
    how: str
    keys: tuple[str, ...] = ()
    nation: str | None = None
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of one document; `id` is local (e0, e1, ...), `key` its knowledge base entry if it has one."""

    id: str
    cls: str
    name: str
    key: str | None = None
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Stance:
    """Whether the text says that it happened, and who says so (`source`: a local entity id, None for the outlet)."""

    modality: Modality = "Happened"
    polarity: Polarity = "Affirmed"
    certainty: Certainty = "Certain"
    source: str | None = None

    @property
    def settled(self) -> bool:
        """True for what the rule of facts lets through."""
        done = self.modality in ("Happened", "Ongoing")
        return done and self.polarity == "Affirmed" and self.certainty == "Certain"


@dataclass(frozen=True, slots=True)
class When:
    """A date of the text: its EDTF value and the first and last second it may mean (ISO, UTC)."""

    edtf: str
    not_before: str
    not_after: str
    begin: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Role:
    """A filled slot: `filler` is a local entity or event id; `how` names the rule that filled it.

    `stance` is set only where it differs from the event's own: such a role is a claim, not an edge.
    """

    name: str
    filler: str
    how: str = "argument"
    stance: Stance | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """Further words of the text that tell an event: their trigger's span and form, their stance and their evidence."""

    begin: int
    end: int
    stance: Stance
    evidence: tuple[int, int]
    rule: str
    confidence: float = 0.6
    form: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened or might; `id` is local (v0, v1, ...).

    `begin`, `end` are its first trigger's span, `form` that trigger's form (see `trace`).
    """

    id: str
    cls: str
    begin: int
    end: int
    stance: Stance
    evidence: tuple[int, int]
    rule: str
    confidence: float = 0.7
    roles: tuple[Role, ...] = ()
    when: When | None = None
    killed: int | None = None
    injured: int | None = None
    again: tuple[Telling, ...] = ()
    form: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A durable tie between two entities as one passage states it (`subject`, `object`: local entity ids).

    `form` is that of its trigger, `hows` how subject and object were found, where a frame tells (see `trace`).
    """

    subject: str
    predicate: str
    object: str
    stance: Stance
    evidence: tuple[int, int]
    rule: str
    confidence: float = 0.7
    when: When | None = None
    form: str = ""
    hows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read out of one document, before it becomes RDF."""

    record: Record
    entities: tuple[Entity, ...] = ()
    events: tuple[Event, ...] = ()
    relations: tuple[Relation, ...] = ()
    notes: tuple[str, ...] = field(default=())
