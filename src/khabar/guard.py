"""What a query may not do: call other servers (SERVICE, LOAD) or change the store.

Oxigraph cannot be told to leave SERVICE alone, and its grammar asks for no space around keywords
(`?o.SERVICEsilent<http://…>` calls out), so the text is read as strictly as an attacker would write it: the word is
refused wherever it is not certainly inside a string, a comment, an absolute IRI, a variable or a local name.
"""

from __future__ import annotations

import re

from khabar.errors import QueryError

_STRING = r"""\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
  | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*'"""
_INSIDE = r'[^<>"{}|^`\\\x00-\x20]*'
_QUIET = re.compile(
    rf"""(?P<string>{_STRING})
  | (?P<iri><[A-Za-z][\w+.-]*://{_INSIDE}>)      # no comparison: after `?a<http:/` only errors come
  | (?P<doubtful><{_INSIDE}>)                    # an IRI, or `?a<?b)SERVICE?s#>`, a comparison and what comes after
  | (?P<comment>\#[^\n\r]*)
  | (?P<name>[?$]\w+ | :(?:(?:[\w:%]|\\.)(?:[\w:%-]|\\.)*)?)  # to its first dot, which may end the triple
  | (?P<escape>\\.)                              # `\#` of a local name begins no comment
    """,
    re.VERBOSE | re.DOTALL,
)
_CALL = re.compile("SERVICE", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)FROM(?![\w:])", re.IGNORECASE)
_CHANGE = re.compile(r"(?<![\w:?$.-])(LOAD|INSERT|DELETE|CLEAR|DROP|CREATE|COPY|MOVE|ADD)(?![\w:.-])", re.IGNORECASE)


def refuse_outside(text: str) -> None:
    """Raise QueryError for SPARQL that calls other servers or changes data: khabar answers offline and only reads."""
    bare = _QUIET.sub(_kept, text)
    if _CALL.search(bare):
        raise QueryError("SERVICE is refused: khabar works offline; take it out of the query")
    if found := _CHANGE.search(bare):
        word = found[1].upper()
        why = "khabar works offline" if word == "LOAD" else "queries only read"
        raise QueryError(f"{word} is refused: {why}; take it out of the query")
    if "\\u" in bare.lower():  # SPARQL would read it as a letter, so a keyword could hide behind it
        raise QueryError("a \\u escape outside strings and IRIs is refused; write the letter itself")


def names_dataset(text: str) -> bool:
    """Whether a query says itself which graphs it asks (FROM).

    >>> names_dataset("SELECT * FROM <urn:g> { ?s ?p ?o }"), names_dataset("SELECT ?from { ?from from:x '} FROM' }")
    (True, False)
    """
    return "from" in text.lower() and _FROM.search(_QUIET.sub(_kept, text)) is not None


def _kept(found: re.Match[str]) -> str:
    """What stays of a part that holds no keyword: nothing, but for what could be read in another way."""
    kind, text = found.lastgroup, found[0]
    if kind == "escape":
        return text if text[1] in "uU" else " "
    if kind != "doubtful":
        return ":" if kind == "name" else " "
    if "'" in text or "#" in text:  # where they begin a string or a comment depends on how the part is read
        return text if not _CALL.search(found.string) else "SERVICE"
    return text if _CALL.search(text) else " "
