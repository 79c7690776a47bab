"""Where a document names what it tells of: its mentions as rows, and as marks for the eye."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from khabar import iri
from khabar.api.shapes import Mark
from khabar.records import Things
from khabar.records.page import Page
from khabar.store import Store

MENTION = ("begin", "end", "words", "of", "class", "label")
"""The columns that are shown."""


@dataclass(frozen=True, slots=True)
class MentionRow:
    """Words that name an entity or tell an event: half-open code points of the document's raw text.

    `of` is `entity` or `event`, `node` the IRI of what they mean, `class_` its class, `label` what people call it.
    """

    document: str
    begin: int
    end: int
    words: str
    of: str
    node: str
    class_: str
    label: str

    @property
    def mark(self) -> Mark:
        """These words as something to look at."""
        return Mark(
            self.begin, self.end, self.of, f"{self.label} ({self.class_})" if self.of == "entity" else self.class_
        )


def mentions(store: Store, key: str, things: Things | None = None) -> list[MentionRow]:
    """The mentions of the document with this key, in the order of the text; `things` looks names up."""
    things, page = things or Things(store), Page(store, key, text=True)
    rows = []
    for of, nodes in (("entity", page.named()), ("event", page.events())):
        for thing in map(things.find, nodes):
            for begin, end, words in page.mentions(thing.iri):
                rows.append(MentionRow(key, begin, end, words, of, thing.iri, thing.class_, thing.named[1]))
    return sorted(rows, key=lambda row: (row.begin, row.end, row.node))


def text_of(store: Store, key: str) -> str:
    """The raw text of a document."""
    found = store.quads(NamedNode(iri.document(key)), NamedNode(iri.NIF + "isString"))
    return next((str(quad.object.value) for quad in found), "")  # type: ignore[union-attr]
