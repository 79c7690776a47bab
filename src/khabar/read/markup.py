"""Text of HTML fragments, as feeds carry them: blocks become lines, all else is left as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav "
    "ol p pre section table td th tr ul".split()
)
_UNSEEN = frozenset("head iframe noscript object script style template title".split())
_SPACE = re.compile(r"[^\S\n]+")


def plain(markup: str) -> str:
    r"""The text of HTML, a line a block.

    >>> plain("<p>قال&nbsp;<b>مصدر</b></p>إن<br>الهدنة<script>x</script> صامدة")
    'قال مصدر\nإن\nالهدنة صامدة'
    """
    try:
        parser = html.HTMLParser(huge_tree=True)
        root = html.fragment_fromstring(markup.replace("\0", ""), create_parent="div", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):  # nothing in it, or what even a browser would not read
        return ""
    lines = "".join(_pieces(root)).split("\n")
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip() for line in lines) if line)


def _pieces(root: Any) -> Iterator[str]:
    unseen = 0  # elements are walked, not recursed into: markup may nest as deep as it likes
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        hidden = isinstance(node.tag, str) and node.tag in _UNSEEN
        block = isinstance(node.tag, str) and node.tag in _BLOCKS
        if event == "start":
            unseen += hidden
            if not unseen:
                yield ("\n" if block else "") + (node.text or "").replace("\n", " ")
        else:
            unseen -= hidden and event == "end"
            if not unseen and node is not root:
                yield ("\n" if block else "") + (node.tail or "").replace("\n", " ")
