"""Jelly: pyjelly's own parsers find the same quads."""

import sys
from io import BytesIO

import pytest
from pyjelly.integrations.generic.generic_sink import IRI, BlankNode
from pyjelly.integrations.generic.parse import parse_jelly_flat
from pyoxigraph import BlankNode as Blank
from pyoxigraph import Literal, NamedNode, Quad

from exports import fill, written
from handmade import EXTRACTION, article
from khabar import iri
from khabar.errors import ResourceError
from khabar.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("jelly") / "store"
    fill(path, [EXTRACTION, article(1, ("tr", "supports", "haftar"))])
    with Store.open(path) as opened:
        yield opened


def term(value):
    if isinstance(value, IRI):
        return NamedNode(value._iri)
    if isinstance(value, BlankNode):
        return Blank(value._identifier)
    if value._langtag:
        return Literal(value._lex, language=value._langtag)
    return Literal(value._lex, datatype=NamedNode(value._datatype or iri.XSD + "string"))


@pytest.mark.parametrize("sort", [True, False])
def test_the_quads_come_back(store, sort):
    data = written(store, "jelly", sort=sort)
    found = [Quad(*map(term, statement)) for statement in parse_jelly_flat(BytesIO(data), logical_type_strict=True)]
    assert len(found) == len(store)
    assert set(found) == set(store.quads())


def test_an_empty_graph_is_a_stream_without_quads(tmp_path):
    fill(tmp_path / "empty", [])
    with Store.open(tmp_path / "empty") as empty:
        data = written(empty, "jelly", graph="facts")
    assert list(parse_jelly_flat(BytesIO(data))) == []


def test_it_is_much_smaller_than_nquads(store):
    assert 3 * len(written(store, "jelly")) < len(written(store, "nquads"))


def test_without_the_package_one_line_says_what_to_install(store, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyjelly", None)
    monkeypatch.delitem(sys.modules, "pyjelly.jelly", raising=False)
    with pytest.raises(ResourceError, match=r"pip install 'khabar\[jelly\]'"):
        written(store, "jelly")
