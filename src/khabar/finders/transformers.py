"""Names by a token classifier of the Hugging Face hub, on the CPU: CAMeL-BERT NER, AraBERT and their like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from khabar.errors import ResourceError
from khabar.finders import About, FoundName
from khabar.finders.labels import names, read_labels
from khabar.finders.models import open_model, package, quiet, revision
from khabar.finders.windows import Word, depth, span, windows, words
from khabar.model import Document

_PIECES = 512  # the most that the usual encoders have positions for
_MEMORY = 100_000


class TransformersFinder:
    """The names that a token classifier labels; the first piece of a word decides for it, as in training.

    Words go in with their clitics and without diacritics, as newspaper corpora have them; spans come out without
    clitics. `window` is how many word pieces are read at once, `batch` how many windows; a name whose mean
    probability is below `least` is left out. Raises ResourceError when packages or model are missing.
    """

    def __init__(
        self, model: str, *, download: bool = True, window: int = 256, batch: int = 8, least: float = 0.5
    ) -> None:
        self._torch = package("torch", "transformers")
        library = package("transformers", "transformers")

        def load(name: str, offline: bool) -> tuple[Any, Any]:
            with quiet():
                classifier, report = library.AutoModelForTokenClassification.from_pretrained(
                    name, local_files_only=offline, output_loading_info=True
                )
                tokenizer = library.AutoTokenizer.from_pretrained(name, local_files_only=offline, add_prefix_space=True)
            body = classifier.base_model_prefix + "."
            if any(not key.startswith(body) for key in report["missing_keys"]):
                raise ResourceError(f"model {model!r} was never trained to label words; give one trained for names")
            return classifier.eval(), tokenizer

        self._model, self._tokenizer = open_model(model, load, download=download)
        self.about = About("transformers", model, library.__version__, revision(self._model.config))
        if not self._tokenizer.is_fast:
            raise ResourceError(f"the tokenizer of model {model!r} does not tell its words; save it as tokenizer.json")
        labels = self._model.config.id2label
        self._tags = read_labels([str(labels[i]) for i in sorted(labels)], model)
        self._limit = self._longest(window)
        self._room = self._limit - self._tokenizer.num_special_tokens_to_add()
        self._batch = batch
        self._least = least
        self._costs: dict[str, int] = {}

    def find(self, document: Document) -> list[FoundName]:
        """The names of the document in text order; no two overlap."""
        line = words(document)
        labels = self._labels(line)
        found: list[FoundName] = []
        for first, last, cls in names([self._tags[label] for label, _ in labels], [w.sentence for w in line]):
            score = sum(score for _, score in labels[first:last]) / (last - first)
            edges = span(document, line[first].first, line[last - 1].last)
            if edges and score >= self._least:
                found.append(FoundName(*edges, cls, score))
        return found

    def _labels(self, line: Sequence[Word]) -> list[tuple[int, float]]:
        """The label of each word and its probability, from the window where the word lies deepest."""
        outside = next((i for i, tag in enumerate(self._tags) if not tag.cls), 0)
        best = [(outside, 0.0)] * len(line)
        held = [-1] * len(line)
        cut = iter(windows(self._count(line), self._room, self._room // 4))
        while batch := list(islice(cut, self._batch)):
            pieces = self._tokenizer(
                [[w.text for w in line[first:last]] for first, last in batch],
                is_split_into_words=True, truncation=True, max_length=self._limit, padding=True, return_tensors="pt",
            )  # fmt: skip
            with self._torch.inference_mode():
                scores, labels = self._model(**pieces).logits.float().softmax(-1).max(-1)
            for row, window in enumerate(batch):
                before = None
                for word, label, score in zip(
                    pieces.word_ids(row), labels[row].tolist(), scores[row].tolist(), strict=True
                ):
                    if word is None or word == before:
                        continue
                    before = word
                    i = window[0] + word
                    if (deep := depth(i, window, len(line))) > held[i]:
                        held[i], best[i] = deep, (label, score)
        return best

    def _count(self, line: Sequence[Word]) -> list[int]:
        """How many pieces each word has."""
        if len(self._costs) > _MEMORY:
            self._costs.clear()
        if new := sorted({w.text for w in line} - self._costs.keys()):
            pieces = self._tokenizer([[text] for text in new], is_split_into_words=True, add_special_tokens=False)
            self._costs.update((text, len(ids)) for text, ids in zip(new, pieces["input_ids"], strict=True))
        return [self._costs[w.text] for w in line]

    def _longest(self, window: int) -> int:
        """How many pieces the model reads at once; RoBERTa keeps two of its positions for itself."""
        positions = getattr(self._model.config, "max_position_embeddings", None) or 0
        limits = [window, _PIECES, self._tokenizer.model_max_length, positions - 2 if positions > 2 else _PIECES]
        return int(min(limits))
