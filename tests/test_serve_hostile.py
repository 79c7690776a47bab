"""Hostile requests get what docs/serve.md says, nobody is called, and the server goes on."""

import contextlib
import re
import socket
import threading
from pathlib import Path

import pytest

from handmade import EXTRACTION, Catalogue, Schema
from hostile import CLOSED, HOSTILE
from khabar.rdf import to_rdf
from khabar.store import Store
from serving import serving

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
    sock = socket.create_server(("127.0.0.1", 0))
    visits: list[bytes] = []

    def listen():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = sock.accept()
                visits.append(connection.recv(100))
                connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}/secret", visits
    sock.shutdown(socket.SHUT_RDWR)
    sock.close()
    thread.join(5)


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
