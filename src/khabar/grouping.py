"""Groups a store anew: documents of one story, events of one happening, then the facts that rest on them."""

from __future__ import annotations

from khabar import iri
from khabar.retellings import happenings
from khabar.store import Store
from khabar.stories import stories

_KINDS = (iri.document(""), iri.BASE + "event/")


def regroup(store: Store) -> tuple[int, int]:
    """Derive all groups anew, and facts where the policy looks across documents; how many stories and happenings.

    Pairs that somebody has split stay apart.
    """
    apart = {
        ends
        for ends, made in store.decisions.standing().items()
        if made.verdict == "DifferentEntities" and groupable(ends[0])
    }
    told = stories(store, apart)
    happened = happenings(store, apart, told)
    store.group([*told, *happened])
    return len(told), len(happened)


def groupable(node: str) -> bool:
    """Whether an IRI is that of a document or an event, which are grouped and never merged."""
    return node.startswith(_KINDS)
