"""A document annotated by hand: that of `handmade`, with some that is missed and some that is spurious."""

import json
from pathlib import Path

from handmade import TEXT

PLAIN = {"polarity": "Affirmed", "certainty": "Certain", "source": None}
GOLD = {
    "id": "hand-1",
    "date": "2019-10-28",
    "entities": [
        {"id": "haftar", "class": "Person", "name": "حفتر", "qid": None,
         "mentions": [["حفتر", 1], ["حفتر", 2], ["حفتر", 3]]},
        {"id": "tripoli", "class": "Settlement", "name": "طرابلس", "qid": "NIL", "mentions": [["طرابلس", 1]]},
        {"id": "turkey", "class": "Country", "name": "تركيا", "qid": "Q43", "mentions": [["تركيا", 1], ["تركيا", 2]]},
        {"id": "gna", "class": "Government", "name": "حكومة الوفاق", "qid": "Q22120970",
         "mentions": [["حكومة الوفاق", 1]]},
        {"id": "source", "class": "UnnamedSource", "name": "مصدر", "qid": None, "mentions": [["مصدر", 1]]},
        {"id": "brigade", "class": "Militia", "name": "اللواء التاسع", "qid": None, "mentions": ["اللواء التاسع"]},
    ],
    "relations": [
        {"s": "turkey", "p": "supports", "o": "gna", "evidence": ["تركيا تدعم حكومة الوفاق", 1], "modality": "Ongoing",
         **PLAIN},
        {"s": "haftar", "p": "opposes", "o": "gna", "evidence": ["وتعادي حفتر", 1], "modality": "Ongoing", **PLAIN},
        {"s": "turkey", "p": "supports", "o": "haftar", "evidence": ["أنها تدعم حفتر", 1], "modality": "Ongoing",
         "polarity": "Negated", "certainty": "Certain", "source": "turkey"},
    ],
    "events": [
        {"id": "v1", "class": "Strike", "trigger": ["قصف", 1], "agent": ["haftar"], "target": ["tripoli"],
         "when": "2019-10-28", "status": "Happened", **PLAIN, "certainty": "Probable"},
        {"id": "v2", "class": "Withdrawal", "trigger": ["ينسحب", 1], "agent": ["brigade"], "about": ["v1"],
         "status": "Planned", "polarity": "Affirmed", "certainty": "Possible", "source": "source"},
        {"id": "v3", "class": "ViolentEvent", "trigger": ["قتل", 1], "agent": ["haftar"], "status": "Happened",
         **PLAIN},
    ],
}  # fmt: skip


def write_gold(folder: Path, document: object = GOLD, text: str = TEXT) -> Path:
    folder.mkdir(exist_ok=True)
    source = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "hand-1.json").write_text(source, encoding="utf-8")
    (folder / "hand-1.txt").write_text(text, encoding="utf-8")
    return folder
