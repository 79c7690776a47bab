"""The labels of token classifiers, read as places in a name and classes of ours."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.errors import ResourceError

_log = logging.getLogger(__name__)

# What the knowledge base does not know under a GPE label is hardly ever a country.
_CLASSES = {
    "Person": "PER PERS PERSON PEOPLE",
    "Organization": "ORG ORGANIZATION ORGANISATION CORPORATION COMPANY",
    "Place": "LOC LOCATION PLACE",
    "Settlement": "GPE CITY TOWN",
    "Country": "COUNTRY",
    "AdministrativeArea": "REGION PROVINCE STATE",
    "Facility": "FAC FACILITY",
    "Materiel": "WEA WEAPON VEH VEHICLE",
    "Government": "GOV GOVERNMENT",
    "MediaOutlet": "MEDIA",
}
CLASSES = {label: cls for cls, labels in _CLASSES.items() for label in labels.split()}
# Labels of known schemes that name no entity of ours, or that other stages read better (nationalities, dates, offices).
IGNORED = frozenset(
    "O OTHER NONE MISC NORP OCC EVENT EVT DATE TIME MONEY CURR CURRENCY PERCENT ORDINAL CARDINAL QUANTITY NUMBER UNIT"
    " LANGUAGE LAW PRODUCT PROD PRD WORK_OF_ART ART WEBSITE TITLE TITR X PAD".split()
)
_PLACES = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}
_PREFIXED = re.compile(r"([BIMELSU])[-_](.+)")
_SUFFIXED = re.compile(r"(.+)[-_]([BIMELSU])")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a label says of a word: class ("" outside of names) and place: B begins, I goes on, E ends, S alone."""

    cls: str = ""
    place: str = "I"


def read_labels(labels: Sequence[str], model: str) -> list[Tag]:
    """The tags of a model's labels (IO, BIO, IOB1, BIOES, BILOU; with - or _).

    Labels without a class of ours are reported in one line, once. Raises ResourceError when no label has one.
    """
    tags: list[Tag] = []
    unknown: dict[str, None] = {}
    for label in labels:
        place, name = _split(label.strip().upper())
        tags.append(Tag(CLASSES.get(name, ""), place))
        if name not in CLASSES and name not in IGNORED:
            unknown.setdefault(label)
    if not any(tag.cls for tag in tags):
        shown = ", ".join(list(labels)[:6])
        raise ResourceError(
            f"model {model!r} has no label of persons, organisations or places ({shown}); give one trained for names"
        )
    if unknown:
        _log.warning("finder %s: what it labels %s is left out: khabar has no class for it", model, ", ".join(unknown))
    return tags


def names(tags: Sequence[Tag], sentences: Sequence[int]) -> Iterator[tuple[int, int, str]]:
    """Runs of words that make a name, and their class; a name ends with its sentence."""
    first, cls, ended = 0, "", True
    for i, tag in enumerate(tags):
        if tag.cls and tag.cls == cls and not ended and tag.place in "IE" and sentences[i] == sentences[i - 1]:
            ended = tag.place == "E"
            continue
        if cls:
            yield first, i, cls
        first, cls, ended = i, tag.cls, tag.place in "ES"
    if cls:
        yield first, len(tags), cls


def _split(label: str) -> tuple[str, str]:
    if label in CLASSES or label in IGNORED:
        return "I", label
    if match := _PREFIXED.fullmatch(label):
        return _PLACES[match[1]], match[2]
    if (match := _SUFFIXED.fullmatch(label)) and match[1] in CLASSES.keys() | IGNORED:
        return _PLACES[match[2]], match[1]
    return "I", label
