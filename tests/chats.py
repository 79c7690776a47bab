"""A language model on loopback: it answers what the test planned, and keeps what it was asked."""

import contextlib
import json

import services

TEXT = (
    "قصف الجيش الوطني الليبي مطار معيتيقة يوم الاثنين وقتل ثلاثة مدنيين. وتدعم تركيا حكومة الوفاق.\n"
    "وقال كريم زرفان إن كتيبة السرو انسحبت من ترهونة. ونفت روسيا أن تكون طائراتها قصفت مدينة سرت."
)
PLAIN = {"modality": "Happened", "polarity": "Affirmed", "certainty": "Certain", "source": ""}
ENTITIES = [
    ("e1", "الجيش الوطني الليبي", "StateForce"),
    ("e2", "مطار معيتيقة", "Facility"),
    ("e3", "تركيا", "Country"),
    ("e4", "حكومة الوفاق", "Government"),
    ("e5", "كريم زرفان", "Person"),
    ("e6", "كتيبة السرو", "MilitaryUnit"),
    ("e7", "ترهونة", "Settlement"),
    ("e8", "روسيا", "Country"),
    ("e9", "سرت", "Settlement"),
]
STRIKE = "قصف الجيش الوطني الليبي مطار معيتيقة يوم الاثنين وقتل ثلاثة مدنيين"
DENIAL = "ونفت روسيا أن تكون طائراتها قصفت مدينة سرت"


def event(id, cls, trigger, evidence, roles, **stance):
    roles = [{"role": role, "filler": filler} for role, filler in roles]
    return {"id": id, "class": cls, "trigger": trigger, "evidence": evidence, **PLAIN, **stance, "roles": roles}


def relation(subject, name, obj, trigger, evidence, **stance):
    ends = {"subject": subject, "relation": name, "object": obj}
    return {**ends, "trigger": trigger, "evidence": evidence, **PLAIN, "modality": "Ongoing", **stance}


def good() -> dict:
    """What a good model says of TEXT; of the last event it says that Russia denies it."""
    return {
        "entities": [{"id": id, "quote": quote, "class": cls} for id, quote, cls in ENTITIES],
        "events": [
            event("v1", "Strike", "قصف", STRIKE, [("agent", "e1"), ("target", "e2"), ("place", "e2")]),
            event(
                "v2",
                "Withdrawal",
                "انسحبت",
                "كتيبة السرو انسحبت من ترهونة",
                [("agent", "e6"), ("place", "e7")],
                source="e5",
            ),
            event("v3", "Strike", "قصفت", DENIAL, [("agent", "e8"), ("place", "e9")], polarity="Negated", source="e8"),
        ],
        "relations": [relation("e3", "supports", "e4", "تدعم", "وتدعم تركيا حكومة الوفاق")],
    }


class Server(services.Service):
    """`plan` holds the answers to come: a behaviour, or a JSON value or text that the model says; else `good()`."""

    def __init__(self):
        super().__init__()
        self.url = f"{self.root}/v1"
        self.keys: list[str | None] = []
        self.paths: list[str] = []

    def handle(self, request, body):
        self.asked.append(json.loads(body))
        self.keys.append(request.headers["Authorization"])
        self.paths.append(request.path)
        answer = self.plan.pop(0) if self.plan else good()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            (answer if callable(answer) else says(answer))(request)


def says(answer, *, finish="stop", usage=(100, 20)):
    """A chat completion with this text, or this value as JSON."""
    content = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish}]}
    if usage:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return lambda request: services.send(request, json.dumps(body).encode())
