"""IRIs: which parts make a name, and that nothing else does."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import iri
from khabar.model import Record, Stance

HEX = re.compile(r"[0-9a-f]{16}")
RECORD = Record("نص", "x", id="1", url="https://news.example/1", publisher="p", path="a/b.txt")


def test_digest_is_the_documented_one():
    # sha256 of "a", U+001F, "b"
    assert iri.digest("a", "b") == "f04cdced9736a69d"


@pytest.mark.parametrize(
    ("record", "parts"),
    [
        (RECORD, ["https://news.example/1"]),
        (replace(RECORD, url=None), ["p", "1"]),
        (replace(RECORD, url=None, publisher=None), ["a/b.txt"]),
        (replace(RECORD, url=None, id=None), ["a/b.txt"]),
        (replace(RECORD, url=None, publisher=None, path=None), ["1"]),
        (Record("نص", "x"), ["نص"]),
    ],
)
def test_document_key_takes_the_first_that_is_there(record, parts):
    assert iri.document_key(record) == iri.digest(*parts)


def test_names_of_nodes():
    key = "0123456789abcdef"
    assert iri.span(key, 3, 7) == "https://w3id.org/khabar/doc/0123456789abcdef#char=3,7"
    assert iri.document_graph(key) == "https://w3id.org/khabar/graph/doc/0123456789abcdef"
    assert iri.entity("haftar") == "https://w3id.org/khabar/entity/haftar"
    assert iri.nil_entity(key, "Person", 5) == iri.entity("nil-" + iri.digest(key, "Person", "5"))
    assert iri.nil_entity(key, "Person", 5, 1) != iri.nil_entity(key, "Person", 5)
    assert iri.event(key, "Strike", 5, 0) == "https://w3id.org/khabar/event/" + iri.digest(key, "Strike", "5", "0")


def test_every_part_of_a_claim_counts():
    stance = Stance()
    base = ["k", "s", "p", "o", stance, "source", "passage"]
    names = {iri.claim(*base)}
    for place in (0, 1, 2, 3, 5, 6):
        names.add(iri.claim(*[*base[:place], "other", *base[place + 1 :]]))
    for other in (
        replace(stance, modality="Planned"),
        replace(stance, polarity="Negated"),
        replace(stance, certainty="Possible"),
    ):
        names.add(iri.claim(*[*base[:4], other, *base[5:]]))
    assert len(names) == 10


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f"))))
def test_digests_are_hex_and_keep_parts_apart(parts):
    assert HEX.fullmatch(iri.digest(*parts))
    if len(parts) > 1:
        assert iri.digest(*parts) != iri.digest("".join(parts))


@pytest.mark.parametrize("name", ["supports", "Strike"])
def test_shorten_prefers_the_longest_prefix(name):
    assert iri.shorten(iri.NS + name) == f":{name}"
    assert iri.shorten(iri.entity("tr")) == "entity:tr"
    assert iri.shorten("urn:x") == "urn:x"
