"""What a language model is asked: the terms of the ontology, the rules of quoting, and the form of the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from rdflib import RDFS, Literal, URIRef

from khabar import iri
from khabar.model import Certainty, Modality, Polarity, Record
from khabar.ontology import NAMESPACE, Ontology, read_ontology

EVIDENCE_LIMIT = 400
"""The longest evidence that is taken, in code points; that of the rules has the same limit."""

_EDITION = 1  # of the words below; the rest of the version is made of them and of the ontology

_TASK = """You read Arabic news of armed conflict and report what the text itself claims, as JSON and nothing else.
You know nothing but the text: no background knowledge, no inference beyond its words.

QUOTES
- Every quote is copied from the text letter by letter, without adding, correcting, translating or shortening.
- `evidence` is the clause that makes the claim, at most {limit} characters, in one piece.
- `trigger` is the word of the evidence that tells the event or tie (قصفت, هجوم, يدعم), one to three words of it.
- `quote` of an entity is its fullest name in the text, or the words that describe it: no pronoun, no title before the
  name, no preposition or conjunction before the first word. Each entity once.

STANCE of each claim
- `modality`: Happened (done, or told as done), Ongoing (goes on, or lasts), Planned, Proposed, Considered, Requested,
  Threatened, Conditional. What someone decided, intends or will do is Planned, never Happened.
- `polarity`: Negated when the text says that it is not so or that somebody denies it, else Affirmed.
- `certainty`: of whoever speaks: Certain when said plainly, also when it is attributed; Probable or Possible when
  hedged (من المرجح, ربما, قد + present, زعم).
- `source`: the id of the entity that says so, if the text attributes it; "" for the voice of the text itself.

CLAIMS
- An event is one happening with a class; its roles are filled with ids of entities (`about` also with ids of events).
  Tell each happening once, by the words that tell it best.
- A relation is a lasting tie between two entities that the text states by itself.
- Leave out what fits no class, what is only background in general, and what you are not sure the text says.

CLASSES OF ENTITIES (take the narrowest that fits)
{entities}

CLASSES OF EVENTS
{events}

ROLES of events
{roles}

RELATIONS (subject -> object)
{relations}"""

_FORM = """
FORM of the answer, with empty lists where there is nothing:
{"entities": [{"id": "e1", "quote": "...", "class": "..."}],
 "events": [{"id": "v1", "class": "...", "trigger": "...", "evidence": "...", "modality": "...", "polarity": "...",
   "certainty": "...", "source": "", "roles": [{"role": "agent", "filler": "e1"}]}],
 "relations": [{"subject": "e1", "relation": "...", "object": "e2", "trigger": "...", "evidence": "...",
   "modality": "...", "polarity": "...", "certainty": "...", "source": ""}]}"""


class Prompt:
    """The question in words (`system`), the JSON Schema of its answer, and the `version` of both."""

    def __init__(self, ontology: Ontology) -> None:
        comments = _comments()
        entities = sorted(c for c in ontology.classes if ontology.is_a(c, "Entity") and c != "Entity")
        roles, relations = sorted(ontology.roles - {"subEventOf"}), sorted(ontology.relations)
        self.system = (
            _TASK.format(
                limit=EVIDENCE_LIMIT,
                entities=_listed(ontology, comments, entities),
                events=_listed(ontology, comments, sorted(ontology.events)),
                roles=_listed(ontology, comments, roles, ends=True),
                relations=_listed(ontology, comments, relations, ends=True),
            )
            + "\n"
            + _FORM
        )
        self.schema = _schema(entities, sorted(ontology.events), roles, relations)
        words = json.dumps(self.schema, sort_keys=True)
        self.version = f"{_EDITION}-{iri.digest(self.system, words)[:8]}"

    def messages(self, record: Record, begin: int, end: int) -> list[dict[str, str]]:
        """What is sent for one window of a record's text."""
        about = [f"date: {record.date}"] if record.date else []
        text = "\n".join([*about, "text:", record.text[begin:end]])
        return [{"role": "system", "content": self.system}, {"role": "user", "content": text}]


def _comments() -> dict[str, str]:
    """The English comment of each term."""
    found: dict[str, str] = {}
    for subject, comment in read_ontology().subject_objects(RDFS.comment):
        if isinstance(subject, URIRef) and isinstance(comment, Literal) and comment.language == "en":
            found[str(subject).removeprefix(NAMESPACE)] = str(comment)
    return found


def _listed(ontology: Ontology, comments: Mapping[str, str], terms: Iterable[str], *, ends: bool = False) -> str:
    """A line a term: its name, its label in Arabic, what it means and, with `ends`, what it ties."""
    lines = []
    for term in terms:
        tie = ""
        if ends:
            domain, range_ = (" or ".join(sorted(kinds)) for kinds in (ontology.domain(term), ontology.range(term)))
            tie = f" [{domain} -> {range_}]"
        lines.append(f"- {term}{tie} ({ontology.label(term, 'ar')}): {comments.get(term, '')}")
    return "\n".join(lines)


def _schema(entities: list[str], events: list[str], roles: list[str], relations: list[str]) -> dict[str, Any]:
    """JSON Schema in the subset that servers constrain by: all fields required, none more allowed."""
    text = {"type": "string"}
    claim = {
        "trigger": text,
        "evidence": text,
        "modality": _one_of(get_args(Modality)),
        "polarity": _one_of(get_args(Polarity)),
        "certainty": _one_of(get_args(Certainty)),
        "source": text,
    }
    role = _object({"role": _one_of(roles), "filler": text})
    return _object(
        {
            "entities": _list(_object({"id": text, "quote": text, "class": _one_of(entities)})),
            "events": _list(_object({"id": text, "class": _one_of(events), **claim, "roles": _list(role)})),
            "relations": _list(_object({"subject": text, "relation": _one_of(relations), "object": text, **claim})),
        }
    )


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(fields), "required": list(fields), "additionalProperties": False}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(items)}


def _one_of(names: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(names)}
