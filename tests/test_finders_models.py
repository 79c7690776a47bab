"""Real models, made here and small: a BERT with weights set by hand, so that its answers are known, and a GLiNER."""

import json
import logging
import sys

import pytest

from khabar import cli, iri
from khabar.errors import ResourceError
from khabar.finders import open_finder
from khabar.model import Record
from khabar.nlp import Analyser
from khabar.store import Store

REASON = "install khabar[transformers] (torch, transformers) to test with real models"
torch = pytest.importorskip("torch", reason=REASON)
transformers = pytest.importorskip("transformers", reason=REASON)

TEXT = "هاجم المسلحون زَرْفَنْدَاق ليلا. وقال رفقـان سالمي لزرفنداق إن «منظمة التسمير» انسحبت"
FOUND = [
    ("زَرْفَنْدَاق", "Settlement"),
    ("رفقـان سالمي", "Person"),
    ("زرفنداق", "Settlement"),
    ("منظمة التسمير", "Organization"),
]
# Pieces of words and the label that the model gives them; only a word's first piece may count.
PIECES = {
    "زرف": "B-GPE",
    "##نداق": "B-PERS",
    "لزر": "B-GPE",
    "##ف": "O",
    "رفقان": "B-PERS",
    "سالمي": "I-PERS",
    "منظمة": "B-ORG",
    "التس": "I-ORG",
    "##مير": "O",
    "ليلا": "B-DATE",
    "انسحبت": "B-FISH",
}
LABELS = ["O", "B-PERS", "I-PERS", "B-GPE", "B-ORG", "I-ORG", "B-DATE", "B-FISH"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def tokenizer(words):
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {word: i for i, word in enumerate([*SPECIAL, *words])}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def save(folder, labels=LABELS, positions=24):
    """A BERT whose label for a piece depends on the piece alone: one dimension a label, and layers that add nothing."""
    pieces = tokenizer(PIECES)
    config = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=positions,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
    )
    model = transformers.BertForTokenClassification(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        for name, parameter in model.named_parameters():
            if "LayerNorm.weight" in name:
                parameter.fill_(1)
        table = model.get_input_embeddings().weight
        table[:, 0] = 1
        for i, label in enumerate(PIECES.values(), len(SPECIAL)):
            table[i] = torch.eye(8)[LABELS.index(label)]
        model.classifier.weight.copy_(4 * torch.eye(8)[: len(labels)])
    model.save_pretrained(folder)
    pieces.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    return str(save(tmp_path_factory.mktemp("bert")))


@pytest.fixture(scope="session")
def read():
    analyser = Analyser()
    return lambda text: analyser.read(Record(text, "test"))


def spans(document, found):
    return [(document.text[n.begin : n.end], n.cls) for n in found]


def test_names_come_with_exact_raw_spans(bert, read):
    document = read(TEXT)
    found = open_finder(f"transformers:{bert}").find(document)
    assert spans(document, found) == FOUND
    assert all(0.9 < name.score <= 1 for name in found)
    assert found[0].begin == TEXT.index("زَرْفَنْدَاق")


def test_a_text_without_words_has_no_names(bert, read):
    finder = open_finder(f"transformers:{bert}")
    assert finder.find(read("")) == []
    assert finder.find(read(" ... ")) == []


def test_a_long_text_is_read_in_windows(bert, read):
    from khabar.finders.transformers import TransformersFinder

    document = read("\n\n".join([TEXT] * 12))
    for window in (256, 9):  # the model has positions for 24 pieces
        finder = TransformersFinder(bert, window=window, batch=3)
        assert spans(document, finder.find(document)) == FOUND * 12


def test_a_word_longer_than_a_window_is_read_from_its_beginning(bert, read):
    document = read("زرف" + "نداق" + "ف" * 60 + " قرب زرفنداق")
    found = open_finder(f"transformers:{bert}").find(document)
    assert spans(document, found) == [("زرف" + "نداق" + "ف" * 60, "Settlement"), ("زرفنداق", "Settlement")]


def test_doubtful_names_are_left_out(bert, read):
    from khabar.finders.transformers import TransformersFinder

    assert TransformersFinder(bert, least=1.1).find(read(TEXT)) == []


def test_unknown_labels_are_told_once(bert, read, caplog):
    with caplog.at_level(logging.WARNING):
        finder = open_finder(f"transformers:{bert}")
        finder.find(read(TEXT))
        finder.find(read(TEXT))
    assert [m for m in caplog.messages if "FISH" in m] == [
        f"finder {bert}: what it labels B-FISH is left out: khabar has no class for it"
    ]


def test_loading_says_nothing_of_its_own(bert, capfd):
    open_finder(f"transformers:{bert}")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


def test_a_model_without_head_is_refused(tmp_path):
    made = transformers.BertModel(
        transformers.BertConfig(
            vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
        )
    )
    made.save_pretrained(tmp_path)
    tokenizer(PIECES).save_pretrained(tmp_path)
    with pytest.raises(ResourceError, match="was never trained to label words"):
        open_finder(f"transformers:{tmp_path}")


def test_a_model_with_other_labels_is_refused(tmp_path):
    save(tmp_path, ["positive", "negative"])
    with pytest.raises(ResourceError, match=r"has no label of persons.*\(positive, negative\)"):
        open_finder(f"transformers:{tmp_path}")


def test_an_incomplete_folder_is_one_line(bert, tmp_path):
    with pytest.raises(ResourceError, match="cannot be read") as caught:
        open_finder(f"transformers:{tmp_path}")
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_there_is_one_line(monkeypatch):
    from khabar.finders.transformers import TransformersFinder

    with pytest.raises(ResourceError, match="is not on this machine") as caught:
        TransformersFinder("khabar-tests/no-such-model", download=False)
    assert "\n" not in str(caught.value)


def test_build_with_a_finder(bert, tmp_path, capfd):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "قصفت الطائرات التركية زرفنداق أمس."}) + "\n", encoding="utf-8")
    labels, asked = {}, {}
    for name, options in (("plain", []), ("more", ["--finder", f"transformers:{bert}"])):
        assert cli.run(["build", str(path), "--store", str(tmp_path / name), "--quiet", *options]) == 0
        with Store.open(tmp_path / name) as store:
            rows = store.query(f"SELECT ?label WHERE {{ ?e a <{iri.NS}Settlement> ; <{iri.RDFS}label> ?label }}")
            labels[name] = [row["label"].value for row in rows]
            finders = store.query(
                "SELECT ?kind ?model ?version { ?run a :Extraction ; prov:wasAssociatedWith ?finder . "
                "?finder dct:title ?kind ; dct:identifier ?model ; dct:hasVersion ?version }"
            )
            asked[name] = [tuple(term.value for term in row) for row in finders]
    assert labels == {"plain": [], "more": ["زرفنداق"]}
    assert asked == {"plain": [], "more": [("transformers", str(bert), transformers.__version__)]}
    capfd.readouterr()


def test_build_with_a_finder_that_is_not_there_leaves_no_store(tmp_path, capfd):
    path = tmp_path / "one.txt"
    path.write_text("قصفت الطائرات زرفنداق أمس.", encoding="utf-8")
    store = tmp_path / "store"
    assert cli.run(["build", str(path), "--store", str(store), "--finder", "transformers:./nothing"]) == 2
    assert capfd.readouterr().err == (
        "khabar: there is no model folder './nothing'; give a folder or a Hugging Face name\n"
    )
    assert not store.exists()


# GLiNER --------------------------------------------------------------------------------------------------------------


KNOWN = {"زرفنداق": "city", "لزرفنداق": "city", "رفقان سالمي": "person", "منظمة التسمير": "organization"}


class Known:
    """Answers like a GLiNER model that knows the names of TEXT, and cuts off what exceeds 30 words of its own."""

    class config:  # noqa: N801
        max_len = 30

    def eval(self):
        return self

    def inference(self, texts, labels, *, threshold, flat_ner, batch_size):
        assert {"person", "city", "weapon"} <= set(labels)
        for text in texts:
            assert len(text.split()) <= 30
            yield [
                {"start": i, "end": i + len(name), "label": label, "score": 0.9}
                for name, label in KNOWN.items()
                for i in range(len(text))
                if text.startswith(name, i) and text[i - 1 : i] in ("", " ")
            ]


@pytest.mark.parametrize("times", [1, 12])
def test_gliner_names_come_with_exact_raw_spans(times, read, monkeypatch):
    class Library:
        __version__ = "0.2.29"

        class GLiNER:
            @staticmethod
            def from_pretrained(name, **options):
                assert (name, options["local_files_only"]) == ("some/model", True)
                return Known()

    monkeypatch.setitem(sys.modules, "gliner", Library)
    document = read("\n\n".join([TEXT] * times))
    assert spans(document, open_finder("gliner:some/model").find(document)) == FOUND * times
    assert open_finder("gliner:some/model").find(read("")) == []


def tiny_gliner(folder, model, config):
    torch.manual_seed(7)
    pieces = tokenizer(PIECES)
    encoder = transformers.BertConfig(
        vocab_size=len(pieces), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8
    )
    settings = config(
        model_name="khabar-tests/none", encoder_config=encoder.to_dict(), hidden_size=8, max_width=3,
        num_rnn_layers=0, dropout=0.0, max_len=40,
    )  # fmt: skip
    made = model(settings, tokenizer=pieces)
    model._resize_token_embeddings(made, settings, pieces)
    made.save_pretrained(folder)
    return made.eval()


@pytest.mark.filterwarnings("ignore")
def test_a_real_gliner_is_loaded_and_asked(tmp_path, read):
    reason = "install khabar[gliner] to test with a real model"
    pytest.importorskip("gliner", reason=reason)
    from gliner.config import UniEncoderSpanConfig
    from gliner.model import UniEncoderSpanGLiNER

    from khabar.finders.gliner import QUESTIONS, GlinerFinder

    made = tiny_gliner(tmp_path, UniEncoderSpanGLiNER, UniEncoderSpanConfig)
    text = "هاجم المسلحون زرفنداق ليلا وقال رفقان سالمي"
    document = read(text)
    said = made.inference([text], list(QUESTIONS), threshold=0.3)[0]
    found = GlinerFinder(str(tmp_path), least=0.3).find(document)
    assert said
    assert len(found) == len(said)
    for mine, its in zip(found, said, strict=True):
        assert text[mine.begin : mine.end] == its["text"].removeprefix("و")
        assert mine.cls == QUESTIONS[its["label"]]
        assert mine.score == pytest.approx(its["score"], abs=1e-5)
