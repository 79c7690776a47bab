"""A knowledge base and articles made by hand, with what an extractor would read out of them."""

from dataclasses import replace

from khabar.kb import Entry
from khabar.model import (
    Certainty,
    Entity,
    Event,
    Extraction,
    Mention,
    Modality,
    Polarity,
    Record,
    Relation,
    Role,
    Stance,
    When,
)

ENTRIES = (
    Entry("ly", "Country", "ليبيا", "Libya", qid="Q1016"),
    Entry("tr", "Country", "تركيا", "Turkey", qid="Q43"),
    Entry("haftar", "Person", "خليفة حفتر", "Khalifa Haftar", ("حفتر", "خليفة حفتر"), country="ly"),
    Entry("lna", "ArmedForce", "الجيش الوطني الليبي", "Libyan National Army", country="ly"),
    Entry("brigade", "MilitaryUnit", "اللواء التاسع", "", country="ly", part_of="lna"),
    Entry("gn-9", "AdministrativeArea", "منطقة طرابلس", "Tripoli District", country="ly"),
    Entry("gn-8", "Settlement", "طرابلس", "Tripoli", (), "ly", None, "gn-9", 32.887430, 13.18, "Q3579"),
)


class Catalogue:
    """A knowledge base of the entries above, or of others."""

    def __init__(self, entries=ENTRIES):
        self._entries = {entry.key: entry for entry in entries}

    def entry(self, key: str) -> Entry:
        return self._entries[key]


class Schema:
    """The little of the ontology that the RDF shape asks for."""

    def symmetric(self, prop: str) -> bool:
        return prop in ("opposes", "alliedWith")

    def is_a(self, cls: str, ancestor: str) -> bool:
        kinds = {
            "Place": ("Country", "AdministrativeArea", "Settlement"),
            "Actor": ("Country", "Person", "ArmedForce", "MilitaryUnit"),
            "Event": ("Conflict",),
        }
        return cls in kinds[ancestor]

    def notation(self, cls: str) -> dict[str, str]:
        return {"plover": "ASSAULT", "acled": "Explosions/Remote violence"} if cls == "Strike" else {}


TEXT = (
    "قصف حفتر طرابلس أمس وقتل ثلاثة. تركيا تدعم حكومة الوفاق وتعادي حفتر. "
    "وقال مصدر عسكري إن اللواء التاسع قد ينسحب. ونفت تركيا أنها تدعم حفتر."
)
RECORD = Record(
    text=TEXT,
    where="hand.jsonl:1",
    id="hand-1",
    title="قصف طرابلس",
    url="https://news.example/أخبار/1",
    date="2019-10-28",
    publisher="صحيفة",
)


def span(words: str, nth: int = 0) -> tuple[int, int]:
    begin = -1
    for _ in range(nth + 1):
        begin = TEXT.index(words, begin + 1)
    return begin, begin + len(words)


def mention(words: str, cls: str, nth: int = 0, how: str = "name") -> Mention:
    return Mention(*span(words, nth), first=0, last=1, head=0, cls=cls, how=how)


HAFTAR = Entity(
    "e0",
    "Person",
    "حفتر",
    "haftar",
    # once more the same span, and a pronoun that is never written out
    (
        mention("حفتر", "Person"),
        mention("حفتر", "Person"),
        mention("حفتر", "Person", 1),
        mention("ه", "Person", 0, "pronoun"),
    ),
)
TRIPOLI = Entity("e1", "Settlement", "طرابلس", "gn-8", (mention("طرابلس", "Settlement"),))
TURKEY = Entity("e2", "Country", "تركيا", "tr", (mention("تركيا", "Country"), mention("تركيا", "Country", 1)))
GNA = Entity("e3", "Government", "حكومة الوفاق", None, (mention("حكومة الوفاق", "Government"),))
SOURCE = Entity("e4", "UnnamedSource", "مصدر عسكري", None, (mention("مصدر عسكري", "UnnamedSource"),))
BRIGADE = Entity("e5", "MilitaryUnit", "اللواء التاسع", "brigade", (mention("اللواء التاسع", "MilitaryUnit"),))
UNUSED = Entity("e6", "Person", "هو", None, (mention("ه", "Person", 0, "pronoun"),))

STRIKE = Event(
    "v0",
    "Strike",
    *span("قصف"),
    stance=Stance(),
    evidence=span("قصف حفتر طرابلس أمس وقتل ثلاثة"),
    rule="Strike/قصف",
    confidence=0.85,
    roles=(
        Role("agent", "e0"),
        Role("target", "e1"),
        Role("place", "e1", "place", Stance(certainty="Possible", source="e4")),
        Role("recipient", "e3", "oblique", Stance(source="e2")),
    ),
    when=When("2019-10-27", "2019-10-27T00:00:00Z", "2019-10-27T23:59:59Z"),
    killed=3,
)
WITHDRAWAL = Event(
    "v1",
    "Withdrawal",
    *span("ينسحب"),
    stance=Stance("Planned", "Affirmed", "Possible", "e4"),
    evidence=span("اللواء التاسع قد ينسحب"),
    rule="Withdrawal/انسحب",
    roles=(Role("agent", "e5"), Role("about", "v0")),
)
RELATIONS = (
    Relation("e2", "supports", "e3", Stance("Ongoing"), span("تركيا تدعم حكومة الوفاق"), "supports/دعم", 0.9),
    Relation("e2", "supports", "e3", Stance("Ongoing"), span("تركيا تدعم حكومة الوفاق"), "supports/noun", 0.5),
    Relation("e2", "opposes", "e0", Stance("Ongoing"), span("وتعادي حفتر"), "opposes/عادى", 1.0),
    Relation(
        "e2", "supports", "e0", Stance("Ongoing", "Negated", "Certain", "e2"), span("أنها تدعم حفتر"), "supports/دعم"
    ),
)
EXTRACTION = Extraction(
    RECORD, (HAFTAR, TRIPOLI, TURKEY, GNA, SOURCE, BRIGADE, UNUSED), (STRIKE, WITHDRAWAL), RELATIONS
)


def article(number: int, *ties: tuple[str, str, str], stance: Stance = Stance()) -> Extraction:  # noqa: B008
    """A small article: entries named by key, and ties between them; its text is `number` and all the keys."""
    keys = sorted({key for subject, _, obj in ties for key in (subject, obj)})
    text = f"{number} " + " ".join(keys)
    entities, at = [], len(f"{number} ")
    for place, key in enumerate(keys):
        one = Mention(at, at + len(key), place, place + 1, place, "Person", "name", (key,))
        entities.append(Entity(f"e{place}", "Person", key, key, (one,)))
        at += len(key) + 1
    ids = {entity.key: entity.id for entity in entities}
    relations = [Relation(ids[s], p, ids[o], stance, (0, len(text)), "hand") for s, p, o in ties]
    record = Record(text, f"article {number}", url=f"https://news.example/{number}")
    return Extraction(record, tuple(entities), (), tuple(relations))


class Reader:
    """An extractor that knows its answers: the extraction with the record's own text, RECORD's for any other."""

    def __init__(self, *extractions: Extraction):
        self._answers = {one.record.text: one for one in (EXTRACTION, *extractions)}

    def extract(self, record: Record) -> Extraction:
        if record.text == "broken":
            raise RuntimeError("two\nlines")
        return replace(self._answers[record.text], record=record)


__all__ = ["EXTRACTION", "Catalogue", "Certainty", "Modality", "Polarity", "Reader", "Schema", "article", "span"]
