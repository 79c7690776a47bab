"""A small store of handmade reports: one strike told twice and grouped, a merge, a denial, what the base knows too."""

from dataclasses import replace
from io import BytesIO

from handmade import EXTRACTION, HAFTAR, RECORD, STRIKE, TRIPOLI, TURKEY, Catalogue, Schema, article
from khabar import export, iri
from khabar.bundles import Bundle
from khabar.decisions import Decision
from khabar.model import Role, Stance
from khabar.rdf import to_rdf
from khabar.store import Store

SECOND = replace(
    EXTRACTION,
    record=replace(
        RECORD, url="https://other.example/2", id="hand-2", publisher="=وكالة", date="2019-11", title="-خبر"
    ),
)
AFFIRMED = article(1, ("tr", "supports", "haftar"))
KNOWN = article(2, ("brigade", "partOf", "lna"))
ALLIES = article(3, ("tr", "alliedWith", "lna"))
_PLAN = article(4, ("tr", "supplies", "lna"), stance=Stance("Planned"))
LONG = _PLAN.record.text + " -" + "ق" * 500
PLAN = replace(
    _PLAN,
    record=replace(_PLAN.record, text=LONG),
    relations=(replace(_PLAN.relations[0], evidence=(0, len(LONG))),),
)
DENIED = replace(
    EXTRACTION,
    record=replace(RECORD, url="https://other.example/3", id="hand-3"),
    entities=(HAFTAR, TRIPOLI, TURKEY),
    events=(
        replace(
            STRIKE,
            stance=Stance(polarity="Negated"),
            roles=(Role("agent", "e0"), Role("target", "e1"), Role("recipient", "e2")),
        ),
    ),
    relations=(),
)
_ALL = (EXTRACTION, SECOND, AFFIRMED, KNOWN, ALLIES, PLAN, DENIED)
FIRST_KEY, SECOND_KEY, AFFIRMED_KEY, KNOWN_KEY, ALLIES_KEY, PLAN_KEY, DENIED_KEY = KEYS = [
    iri.document_key(one.record) for one in _ALL
]
STRIKES = sorted(iri.event(key, "Strike", 0, 0) for key in (FIRST_KEY, SECOND_KEY))
GOVERNMENTS = sorted(iri.nil_entity(key, "Government", RECORD.text.index("حكومة الوفاق")) for key in KEYS[:2])
HAPPENING = Bundle("Happening", tuple(STRIKES), 0.9, ("at one place",))


def fill(path) -> None:
    """Write the store."""
    with Store.open(path, write=True, create=True) as store:
        store.put_ontology()
        for extraction in _ALL:
            store.replace(to_rdf(extraction, Catalogue(), Schema()))
        store.decide(Decision.of(*GOVERNMENTS, "SameEntity", "Mona"))
        store.group([HAPPENING])


def written(store, form, **options) -> bytes:
    """What a format writes of a store."""
    output = BytesIO()
    export.find(form).write(export.Selection(store, **options), output)
    return output.getvalue()
