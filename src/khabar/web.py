"""Asks a web service politely: one request at a time, a name, pauses, retries that wait as long as they are told to.

What Wikimedia asks of its clients: a user agent that says who asks, no parallel requests, and after a 429 or 503
silence for as long as `Retry-After` says. Whoever goes on asking is shut out, so a refusal (403) ends the run at once.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Any

from khabar import __version__
from khabar.errors import ServiceError

_LARGEST = 64 * 2**20
_SILENCE = 60.0  # after a 429 that names no time: what the operators of the query service ask for


class AnswerError(ServiceError):
    """The service is there, but this one answer does not come whole: a smaller question may fare better."""


class RefusedError(ServiceError):
    """The service has understood and says no (`status`, an HTTP status): the same question gets the same answer."""

    def __init__(self, line: str, status: int) -> None:
        super().__init__(line)
        self.status = status


@dataclass(frozen=True, slots=True)
class Manners:
    """How a client behaves: who it says it is, and times in seconds.

    `pause` lies between two requests, `timeout` bounds one request from its start to its last byte, `longest` is the
    longest wait that a service may ask for before the run ends instead.
    """

    agent: str
    pause: float = 1.0
    timeout: float = 70.0
    retries: int = 5
    longest: float = 900.0


def agent(contact: str, url: str) -> str:
    """How khabar names itself to a service; ServiceError when Wikimedia's own would not learn who asks.

    >>> agent("mona@example.org", "https://query.wikidata.org/sparql").partition("/")[0]
    'khabar'
    """
    who = " ".join(contact.split())
    host = urllib.parse.urlsplit(url).hostname or ""
    if not who and host.endswith(("wikidata.org", "wikimedia.org")):
        raise ServiceError(f"{host} wants to know who asks; give --contact ADDRESS, or set KHABAR_CONTACT")
    if not who.isascii():
        raise ServiceError(f"the contact {who!r} has letters that no web request can carry; give a mail or web address")
    return f"khabar/{__version__} (https://w3id.org/khabar/{f'; {who}' if who else ''})"


def web_address(url: str) -> urllib.parse.SplitResult:
    """The parts of a web address; ServiceError for anything else."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServiceError(f"{url!r} is no web address; give one that begins with https://")
    return parts


class _Failure(Exception):  # noqa: N818 (never leaves this module)
    """One request came to nothing.

    `wait` is what the service asked for; `final` ends the run; `heavy` may be cut; `status` is that of a refusal.
    """

    def __init__(
        self, words: str, *, wait: float | None = None, final: bool = False, heavy: bool = False, status: int = 0
    ) -> None:
        super().__init__(words)
        self.words, self.wait, self.final, self.heavy, self.status = words, wait, final, heavy, status


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a POST would become a GET, and what answers elsewhere is not what the user named."""

    def redirect_request(self, *_: Any) -> None:
        """Never a new request."""
        return


class Client:
    """Sends requests one after the other; `sleep`, `clock` (seconds) and `now` (epoch) can be replaced by tests."""

    def __init__(
        self,
        manners: Manners,
        *,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.manners = manners
        self.requests = 0
        self._sleep, self._clock, self._now = sleep or time.sleep, clock, now
        self._last: float | None = None
        self._opener = urllib.request.build_opener(_Stay)

    def sparql(self, endpoint: str, query: str) -> list[dict[str, dict[str, str]]]:
        """The rows of a SELECT, each a mapping of variable to term as in SPARQL's JSON results.

        Raises AnswerError when the answer never comes whole, ServiceError when the service refuses or is not there.
        """
        answer = self._ask(endpoint, {"query": query}, "application/sparql-results+json", post=True)
        rows = answer.get("results", {}).get("bindings") if isinstance(answer.get("results"), dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ServiceError(f"{endpoint}: the answer is JSON but no SPARQL result; give the address of an endpoint")
        return rows

    def api(self, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
        """The answer of a MediaWiki API; errors that it reports inside a good answer count as errors."""
        return self._ask(url, {**fields, "format": "json", "maxlag": "5"}, "application/json", post=False)

    def post(self, url: str, message: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """The answer of a service that is asked in JSON; raises RefusedError for what it will not do."""
        web_address(url)
        data = json.dumps(message, ensure_ascii=False).encode()
        return self._send(url, url, data, {"Content-Type": "application/json", "Accept": "application/json", **headers})

    def _ask(self, url: str, fields: Mapping[str, str], accept: str, *, post: bool) -> dict[str, Any]:
        parts = web_address(url)
        body = urllib.parse.urlencode(fields)
        target = url if post else f"{url}{'&' if parts.query else '?'}{body}"
        return self._send(url, target, body.encode() if post else None, {"Accept": accept})

    def _send(self, url: str, target: str, data: bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        """The answer to one request, sent again for as long as there is sense in it; `url` names it in errors."""
        headers = {"User-Agent": self.manners.agent, "Accept-Encoding": "gzip", **headers}
        tries = 0
        while True:
            request = urllib.request.Request(target, data, dict(headers))  # noqa: S310 (the scheme was looked at)
            try:
                return self._once(request)
            except _Failure as failure:
                tries += 1
                self._despair(url, failure, tries)
                backoff = max(self.manners.pause, 1.0) * 2**tries
                self._sleep(max(failure.wait or 0.0, min(backoff, self.manners.longest)))

    def _despair(self, url: str, failure: _Failure, tries: int) -> None:
        """Raise when there is no sense in asking once more."""
        if failure.final and failure.status:
            raise RefusedError(f"{url}: {failure.words}", failure.status)
        if failure.final:
            raise ServiceError(f"{url}: {failure.words}")
        if failure.wait is not None and failure.wait > self.manners.longest:
            raise ServiceError(
                f"{url}: {failure.words} and asks for {failure.wait:,.0f} seconds of silence; run it again then, it "
                "goes on where it stopped"
            )
        # What is too much for the service at once is asked for in parts, so it needs no long siege.
        if failure.heavy and tries > min(2, self.manners.retries):
            raise AnswerError(f"{url}: {failure.words}, {tries} times")
        if tries > self.manners.retries:
            raise ServiceError(
                f"{url}: {failure.words}, {tries} times; run it again later, it goes on where it stopped"
            )

    def _once(self, request: urllib.request.Request) -> dict[str, Any]:
        if self._last is not None:
            rest = self._last + self.manners.pause - self._clock()
            if rest > 0:
                self._sleep(rest)
        self.requests += 1
        try:
            end = self._clock() + self.manners.timeout
            with self._opener.open(request, timeout=self.manners.timeout) as response:
                return self._read(response, end)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except TimeoutError:
            raise _Failure(f"no answer within {self.manners.timeout:g} seconds", heavy=True) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _Failure(f"no answer within {self.manners.timeout:g} seconds", heavy=True) from None
            raise _Failure(f"the service cannot be reached ({error.reason})") from None
        except (http.client.HTTPException, OSError) as error:
            raise _Failure(f"the connection broke ({type(error).__name__})", heavy=True) from None
        finally:
            self._last = self._clock()

    def _read(self, response: http.client.HTTPResponse, end: float) -> dict[str, Any]:
        kind = response.headers.get_content_type()
        body = self._body(response, end)
        if "json" not in kind:
            raise _Failure(f"the answer is {kind}, not JSON")
        try:
            answer = json.loads(body)
        except ValueError:  # the query service breaks off inside a 200 when a query takes too long
            raise _Failure("the answer is broken JSON", heavy=True) from None
        if not isinstance(answer, dict):
            raise _Failure("the answer is JSON of another kind", final=True)
        if isinstance(error := answer.get("error"), dict):
            words = f"the service says {_short(str(error.get('info') or error.get('message') or error.get('code')))!r}"
            wait = seconds_of(response.headers.get("Retry-After"), self._now())
            raise _Failure(words, wait=wait, final=error.get("code") not in ("maxlag", "ratelimited", "readonly"))
        return answer

    def _body(self, response: http.client.HTTPResponse, end: float) -> bytes:
        """The whole body, unpacked; a slow drip ends at the same time as silence does."""
        chunks, size = [], 0
        while chunk := response.read1(2**16):
            chunks.append(chunk)
            size += len(chunk)
            if size > _LARGEST:
                raise _Failure(f"the answer is larger than {_LARGEST >> 20} MB", heavy=True)
            if self._clock() > end:
                raise TimeoutError
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and size < int(length):
            raise _Failure(f"the answer broke off after {size:,} of {int(length):,} bytes", heavy=True)
        body = b"".join(chunks)
        return _unpacked(body) if response.headers.get("Content-Encoding") == "gzip" else body

    def _refusal(self, error: urllib.error.HTTPError) -> _Failure:
        """What an HTTP status other than 200 means for the run."""
        code, wait = error.code, seconds_of(error.headers.get("Retry-After"), self._now())
        if code in (429, 503):
            name = "too many requests" if code == 429 else "not available now"
            return _Failure(f"HTTP {code}, {name}", wait=_SILENCE if wait is None and code == 429 else wait)
        if code in (500, 502, 504):
            return _Failure(f"HTTP {code}", wait=wait, heavy=True)
        if code in (408, 425):
            return _Failure(f"HTTP {code}", wait=wait)
        if 300 <= code < 400:
            there = _short(error.headers.get("Location") or "nowhere")
            return _Failure(f"the service has moved to {there}; give that address", final=True)
        if code == 403:
            return _Failure("HTTP 403: the service shuts us out; see its rules on user agents", final=True, status=code)
        return _Failure(f"HTTP {code}, {first_line(error)}", final=True, status=code)


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(31)
    try:
        data = unpack.decompress(body, _LARGEST)
    except zlib.error:
        raise _Failure("the answer is packed wrongly", heavy=True) from None
    if not unpack.eof:
        raise _Failure("the packed answer broke off or is too large", heavy=True)
    return data


def seconds_of(value: str | None, now: float) -> float | None:
    """What a Retry-After header asks for: seconds, or a date.

    >>> seconds_of("120", 0), seconds_of("Thu, 01 Jan 1970 00:02:00 GMT", 100), seconds_of("soon", 0)
    (120.0, 20.0, None)
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def first_line(body: IO[bytes]) -> str:
    """What a body says first, without markup, for an error line."""
    try:
        text = body.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return "without a word"
    return _short(re.sub(r"<[^>]*>", " ", text)) or "without a word"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else f"{text[:117]}..."
