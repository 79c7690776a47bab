"""Hostile requests get what docs/serve.md says, nobody is called, and the server goes on."""

import re
from pathlib import Path

import pytest

from handmade import EXTRACTION, Catalogue, Schema
from hostile import CLOSED, HOSTILE
from khabar.rdf import to_rdf
from khabar.store import Store
from serving import listening, serving

DOCS = Path(__file__).parents[1] / "docs" / "serve.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "store"
    with Store.open(path, write=True, create=True) as store:
        store.replace(to_rdf(EXTRACTION, Catalogue(), Schema()))
    with serving(path, "--request-timeout", "2", token=True) as running:
        yield running


@pytest.fixture(scope="module")
def forbidden():
    """An address that must never be asked, and the visits it had."""
    with listening() as found:
        yield found


@pytest.mark.parametrize("hostile", HOSTILE, ids=[f"{one.kind}: {one.what}" for one in HOSTILE])
def test_a_hostile_request_gets_its_status_and_does_no_harm(server, forbidden, hostile):
    address, visits = forbidden
    request = hostile.request.replace(b"<U>", f"<{address}>".encode()).replace(b"%3CU%3E", f"%3C{address}%3E".encode())
    request = re.sub(rb"(?<=[=\"])U(?=[ \"])", address.encode(), request)
    if request != hostile.request and b"Content-Length" in request:
        head, _, body = request.partition(b"\r\n\r\n")
        request = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head) + b"\r\n\r\n" + body
    answer = server.raw(request)
    status = int(answer.split()[1]) if answer else CLOSED
    assert status == hostile.status, answer[:300]
    assert b"root:" not in answer
    assert b"Traceback" not in answer
    assert b"Set-Cookie" not in answer.partition(b"\r\n\r\n")[0]
    if status not in (200, 408, 431):
        assert answer.partition(b"\r\n\r\n")[2].count(b"\n") <= 1
    assert not visits
    assert server.query("ASK { ?s ?p ?o }") is True


def test_the_page_lists_them():
    rows = re.findall(r"^\| (SSRF|path|header|body|depth) \| (.+) \| (\d+) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert rows == [(one.kind, one.what.replace("|", "\\|"), str(one.status)) for one in HOSTILE]


def test_there_are_forty_at_least_of_every_kind():
    assert len(HOSTILE) >= 40
    assert {one.kind for one in HOSTILE} == {"SSRF", "path", "header", "body", "depth"}
