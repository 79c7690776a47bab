"""The far side: puts, deletes and reads graphs by the Graph Store Protocol, and counts them by SPARQL.

One request at a time. No redirect is followed: what answers elsewhere is not what the user named, and would be sent the
password. Each way in which a store fails is one line; what may pass is tried again, what is for sure is not.
"""

from __future__ import annotations

import io
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pyoxigraph import RdfFormat, Triple, parse

from khabar.errors import ResourceError, ServiceError
from khabar.push.presets import Preset, Target, at
from khabar.web import Manners, RefusedError, agent, first_line, seconds_of

if TYPE_CHECKING:
    import httpx

_SMALLEST = 2**16
_NOT_THIS_ONE = (400, 406, 409, 411, 413, 415, 422, 500)
_WORDS = {
    403: "this user may not do that",
    404: "there is no graph store at this address; see --store and --gsp-url",
    405: "graphs cannot be written at this address; see --store and --gsp-url",
    407: "the proxy wants a password",
    413: "too large for the store",
    429: "too many requests",
    501: "graphs cannot be written at this address; see --store and --gsp-url",
    503: "not available now",
    507: "the disk of the store is full",
}


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks: a user with a password, sent as `kind` says (`basic` or `digest`), or a token; neither for nobody."""

    user: str = ""
    password: str = ""
    token: str = ""
    kind: str = "basic"


class _Failure(Exception):  # noqa: N818 (never leaves this module)
    """One request came to nothing.

    `tries` is how often it is worth trying in all, `wait` what the store asked for in seconds; `status` is an HTTP
    status, `here` tells that it lies in this graph and not in all.
    """

    def __init__(
        self, words: str, *, tries: int = 1, wait: float | None = None, status: int = 0, here: bool = False
    ) -> None:
        super().__init__(words)
        self.words, self.tries, self.wait, self.status, self.here = words, tries, wait, status, here


class Remote:
    """An external triple store; use it as a context manager. Times and sizes are those of `manners` and the preset.

    All methods raise RefusedError for what the store will not do with this graph, ServiceError when there is no sense
    in going on. `sleep` can be replaced by tests, `notice` is told of each longer wait.
    """

    def __init__(
        self,
        preset: Preset,
        target: Target,
        login: Login,
        manners: Manners | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.preset, self.target = preset, target
        self.manners = manners or Manners(agent("", target.gsp), pause=0.0, timeout=600.0)
        self.requests = 0
        self._sleep, self._notice = sleep, notice
        self._part = preset.largest
        self._login = login
        self._client = _client(login, self.manners)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def put(self, graph: str, lines: Callable[[], Iterable[bytes]]) -> None:
        """Put a graph, as lines of N-Triples, in the place of what is there.

        A large one goes in parts: the first replaces, the others add. When a part is too large for the store, it all
        begins again with parts of half the size, which later graphs get too. `lines` is called more than once.
        """
        while True:
            try:
                for number, part in enumerate(_parts(lines, self._part)):
                    headers = {"Content-Type": "application/n-triples"}
                    self._send("POST" if number else "PUT", at(self.target.gsp, graph=graph), headers, part)
                return
            except RefusedError as error:
                if error.status != 413 or self._part // 2 < _SMALLEST:
                    raise
                self._part //= 2

    def delete(self, graph: str) -> None:
        """Delete a graph; that it is not there is as good."""
        self._send("DELETE", at(self.target.gsp, graph=graph), {}, absent=True)

    def triples(self, graph: str) -> Iterator[Triple]:
        """What is there of a graph, nothing when it is not there."""
        address = at(self.target.gsp, graph=graph)
        body = self._send("GET", address, {"Accept": "application/n-triples, text/turtle;q=0.5"}, absent=True)
        form = RdfFormat.from_media_type(body.kind) or RdfFormat.TURTLE
        try:
            for quad in parse(io.BytesIO(body.content), format=form):
                yield quad.triple
        except (SyntaxError, ValueError) as error:
            raise RefusedError(f"{self.target.gsp}: the answer is broken {form.name} ({error})", 200) from None

    def count(self, graphs: Iterable[str]) -> dict[str, int]:
        """How many triples these graphs have there; asks for all in one query, so give some dozens at a time."""
        graphs = list(graphs)
        names = " ".join(f"<{graph}>" for graph in graphs)
        query = f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {names} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
        headers = {"Accept": "application/sparql-results+json"}
        body = self._send("POST", self.target.query, headers, form={"query": query})
        found = dict.fromkeys(graphs, 0)
        try:
            for row in body.json()["results"]["bindings"]:
                found[row["g"]["value"]] = int(row["n"]["value"])
        except (ValueError, KeyError, TypeError):
            raise ServiceError(f"{self.target.query}: the answer is no SPARQL result; give --query-url") from None
        return found

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None = None,
        *,
        form: Mapping[str, str] | None = None,
        absent: bool = False,
    ) -> _Answer:
        """The answer to one request, sent again for as long as there is sense in it."""
        failures = Counter[str]()
        while True:
            try:
                return self._once(method, url, headers, content, form, absent=absent)
            except _Failure as failure:
                failures[failure.words] += 1
                tries, total = failures[failure.words], failures.total()
                last = tries >= failure.tries or total > self.manners.retries
                wait = max(failure.wait or 0.0, float(2 ** (total - 1)))
                place = url.partition("?")[0]
                times = f", {tries} times" if tries > 1 else ""
                if wait > self.manners.longest:
                    raise ServiceError(
                        f"{place}: {failure.words}, and asks for {wait:,.0f} seconds of silence"
                    ) from None
                if last and failure.here:
                    raise RefusedError(f"{place}: {failure.words}{times}", failure.status) from None
                if last:
                    raise ServiceError(f"{place}: {failure.words}{times}") from None
                if wait > 1:
                    self._notice(f"{failure.words}; waiting {wait:,.0f} seconds")
                self._sleep(wait)

    def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        form: Mapping[str, str] | None,
        *,
        absent: bool,
    ) -> _Answer:
        import httpx

        self.requests += 1
        late = _Failure(f"no answer within {self.manners.timeout:g} seconds; see --timeout", tries=2)
        end = time.monotonic() + self.manners.timeout
        try:
            with self._client.stream(method, url, headers=dict(headers), content=content, data=form) as response:
                chunks = []
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    if time.monotonic() > end:  # a slow drip ends as silence does
                        raise late
        except httpx.TimeoutException:
            raise late from None
        except httpx.TransportError as error:
            raise _broken(error) from None
        except (httpx.InvalidURL, httpx.HTTPError) as error:
            raise _Failure(f"the answer makes no sense ({error})") from None
        body = b"".join(chunks)
        if response.is_success:
            return _Answer(response.headers.get("Content-Type", "").partition(";")[0].strip(), body)
        if response.status_code == 404 and absent:
            return _Answer("application/n-triples", b"")
        raise self._refusal(response, body)

    def _refusal(self, response: httpx.Response, body: bytes) -> _Failure:
        """What an HTTP status other than success means."""
        code = response.status_code
        wait = seconds_of(response.headers.get("Retry-After"), time.time())
        if 300 <= code < 400:
            return _Failure(f"the store has moved to {response.headers.get('Location', 'nowhere')}; give that address")
        if code == 401:
            known = self._login.user or self._login.token
            help_ = "user, password or token is wrong" if known else "it wants a password; see --user and --token-env"
            return _Failure(f"HTTP 401: {help_}")
        own, said = _WORDS.get(code, ""), first_line(io.BytesIO(body))
        words = f"HTTP {code}: {own}" + (f" ({said!r})" if body and own else f"{said!r}" if not own else "")
        if code in (429, 503):
            return _Failure(words, tries=self.manners.retries + 1, wait=60.0 if wait is None and code == 429 else wait)
        if code in (408, 425, 500, 502, 504):
            return _Failure(words, tries=3, wait=wait, status=code, here=code in _NOT_THIS_ONE)
        return _Failure(words, status=code, here=code in _NOT_THIS_ONE)


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: str
    content: bytes

    def json(self) -> Any:
        import json

        return json.loads(self.content, strict=False)  # Virtuoso leaves control characters as they are


def _client(login: Login, manners: Manners) -> httpx.Client:
    try:
        import httpx
    except ModuleNotFoundError as missing:
        raise ResourceError(f"{missing.name} is not installed; pip install 'khabar[push]'") from missing
    headers = {"User-Agent": manners.agent}
    auth: httpx.Auth | None = None
    if login.token:
        headers["Authorization"] = f"Bearer {login.token}"
    elif login.user:
        kind = httpx.DigestAuth if login.kind == "digest" else httpx.BasicAuth
        auth = kind(login.user, login.password)
    return httpx.Client(headers=headers, auth=auth, timeout=manners.timeout, follow_redirects=False)


def _broken(error: httpx.TransportError) -> _Failure:
    """What it means that there was no whole answer."""
    import httpx

    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message
        return _Failure(f"its certificate is not trusted ({why}); if you do, name its issuer's file in SSL_CERT_FILE")
    if isinstance(cause, ssl.SSLError):
        return _Failure(f"no encrypted connection ({cause.reason or cause}); is it http:// and not https://?")
    if isinstance(error, httpx.ConnectError):
        return _Failure(f"the store cannot be reached ({error})", tries=3)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError):
        return _Failure(f"the store cannot be reached ({error})")
    return _Failure(f"the connection broke ({type(error).__name__})", tries=3)


def _parts(lines: Callable[[], Iterable[bytes]], size: int) -> Iterator[bytes]:
    """Lines joined to parts of about `size` bytes, at least one part.

    Those with blank nodes stand together in the first: a blank node of one request is no other request's.
    """
    part = [line for line in lines() if _has_blank(line)]
    length, any_yet = sum(map(len, part)), False
    for line in lines():
        if _has_blank(line):
            continue
        if part and length + len(line) > size:
            yield _joined(part)
            part, length, any_yet = [], 0, True
        part.append(line)
        length += len(line)
    if part or not any_yet:
        yield _joined(part)


def _joined(part: list[bytes]) -> bytes:
    """Short lines first: Virtuoso looks at the first kilobytes for the format, and refuses a long text there."""
    short_first = sorted(part, key=len)
    return b"".join(short_first)


def _has_blank(line: bytes) -> bool:
    """Whether a line has a blank node, or words that look like one."""
    return line.startswith(b"_:") or b" _:" in line
