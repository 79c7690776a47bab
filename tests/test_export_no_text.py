"""`--no-text`: whatever the format, no piece of an article beyond what may be quoted leaves."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import files, fill, longest_run, unescaped, views
from handmade import EXTRACTION, GNA, STRIKE, article
from khabar import cli, export
from khabar.store import Store
from khabar.withheld import QUOTE

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "articles.jsonl"
FORMS = sorted(export.formats())
RDF = sorted(
    form.name for title in ("RDF", "claims to publish and to lay over texts") for form in export.families()[title]
)
RUN = 200
"""No piece of an article as long as this may be found."""

# An article whose words have got into every place where an article's words can be.
LONG = " ".join(f"كلمة{number}" for number in range(400))
SPREAD = replace(
    EXTRACTION,
    record=replace(EXTRACTION.record, text=EXTRACTION.record.text + LONG, title=LONG, id=LONG[:300], publisher=LONG),
    entities=tuple(replace(one, name=LONG) if one is GNA else one for one in EXTRACTION.entities),
    events=(replace(STRIKE, rule=f"Strike:{LONG} trigger=past", evidence=(0, 2000)), *EXTRACTION.events[1:]),
    relations=tuple(replace(one, rule=LONG, evidence=(0, 1900)) for one in EXTRACTION.relations),
)


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    path = tmp_path_factory.mktemp("no-text") / "store"
    assert cli.run(["build", str(EXAMPLES), "--store", str(path), "--quiet"]) == 0
    return path


@pytest.fixture(scope="module")
def spread(tmp_path_factory):
    path = tmp_path_factory.mktemp("no-text") / "store"
    fill(path, [SPREAD, article(1, ("tr", "supports", "haftar"))])
    return path


def leaks(path, form, articles, **options) -> dict[str, int]:
    """The longest piece of any article in each file that a format writes, if too long."""
    with Store.open(path) as store:
        found = files(store, form, **options)
    runs = {
        name: max(len(longest_run(text, view, RUN)) for text in articles for view in views(data))
        for name, data in found.items()
    }
    return {name: length for name, length in runs.items() if length}


@pytest.mark.parametrize("form", FORMS)
def test_no_long_piece_of_an_example_leaves(examples, form):
    texts = [json.loads(line)["text"] for line in EXAMPLES.read_text("utf-8").splitlines()]
    assert min(map(len, texts)) > 2 * RUN
    assert leaks(examples, form, texts, text=False) == {}


@pytest.mark.parametrize("form", FORMS)
def test_no_long_piece_leaves_wherever_it_got(spread, form):
    assert leaks(spread, form, [SPREAD.record.text], text=False) == {}


@pytest.mark.parametrize("form", RDF)
def test_the_search_would_have_found_it(spread, form):
    assert leaks(spread, form, [SPREAD.record.text], text=True)


def test_short_quotes_stay(examples):
    with Store.open(examples) as store:
        data = files(store, "nquads", text=False)[""].decode()
    assert "…" in data
    assert "الإمارات تزوّد خليفة حفتر بالطائرات المسيّرة" in unescaped(data)


@given(st.text('اب\n"\\', min_size=40, max_size=400), st.integers(0, 300), st.integers(0, 300))
@settings(max_examples=200, deadline=None)
def test_the_search_finds_the_longest_piece(article, begin, length):
    piece = article[begin : begin + length]
    found = longest_run(article, f"<<{piece}>>", 20)
    assert len(found) >= len(piece) or len(piece) < 20
    assert not found or found in article
    assert unescaped(json.dumps(article)) == f'"{article}"'


def test_the_limit_is_what_the_readme_says():
    assert QUOTE == 160
