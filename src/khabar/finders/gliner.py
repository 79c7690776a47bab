"""Names by GLiNER, which is told in words what to look for: armed groups and weapons as well as persons."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from khabar.finders import About, FoundName
from khabar.finders.models import open_model, package, quiet, revision
from khabar.finders.windows import span, windows, words
from khabar.model import Document

#: What the model is asked for, and the class of ours it stands for.
QUESTIONS = {
    "person": "Person",
    "organization": "Organization",
    "government": "Government",
    "media outlet": "MediaOutlet",
    "armed force": "ArmedForce",
    "militia": "Militia",
    "country": "Country",
    "province": "AdministrativeArea",
    "city": "Settlement",
    "location": "Place",
    "military base": "Facility",
    "weapon": "Materiel",
}
_OVERLAP = 24  # words: twice the longest name


class GlinerFinder:
    """The names that a GLiNER model finds for `questions` (label to class).

    `window` is how many words are read at once, `batch` how many windows; what scores below `least` is left out.
    Raises ResourceError when package or model are missing.
    """

    def __init__(
        self,
        model: str,
        *,
        questions: Mapping[str, str] = QUESTIONS,
        download: bool = True,
        window: int = 160,
        batch: int = 8,
        least: float = 0.5,
    ) -> None:
        self._torch = package("torch", "gliner")
        library = package("gliner", "gliner")

        def load(name: str, offline: bool) -> Any:
            with quiet():
                return library.GLiNER.from_pretrained(name, local_files_only=offline, map_location="cpu").eval()

        self._model = open_model(model, load, download=download)
        self.about = About("gliner", model, library.__version__, revision(self._model.config))
        # Its own splitter may cut a word of ours in two, and cuts off what exceeds max_len.
        self._room = max(1, min(window, int(self._model.config.max_len) // 2))
        self._questions = dict(questions)
        self._batch = batch
        self._least = least

    def find(self, document: Document) -> list[FoundName]:
        """The names of the document in text order; no two overlap."""
        line = words(document)
        cut = windows([1] * len(line), self._room, min(_OVERLAP, self._room // 2))
        texts = [" ".join(w.text for w in line[first:last]) for first, last in cut]
        if not texts:
            return []
        with self._torch.inference_mode():
            answers = self._model.inference(
                texts, list(self._questions), threshold=self._least, flat_ner=True, batch_size=self._batch
            )
        found: list[FoundName] = []
        for (first, last), answer in zip(cut, answers, strict=True):
            begins = [0, *accumulate(len(w.text) + 1 for w in line[first:last])][:-1]
            for name in answer:
                a = first + bisect_right(begins, name["start"]) - 1
                b = first + bisect_right(begins, name["end"] - 1)
                if (a == first and first > 0) or (b == last and last < len(line)):
                    continue  # cut by the window; whole in the next one
                if edges := span(document, line[a].first, line[b - 1].last):
                    found.append(FoundName(*edges, self._questions[name["label"]], float(name["score"])))
        return _apart(found)


def _apart(found: list[FoundName]) -> list[FoundName]:
    """Without names that overlap a better-scored one, in text order."""
    kept: list[FoundName] = []
    for name in sorted(found, key=lambda n: (-n.score, n.begin, -n.end)):
        if all(name.end <= other.begin or other.end <= name.begin for other in kept):
            kept.append(name)
    return sorted(kept, key=lambda n: n.begin)
