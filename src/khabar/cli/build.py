"""`khabar build`: read sources, extract, store."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khabar.llm import ModelExtractor
    from khabar.model import Record
    from khabar.pipeline import Summary


def build(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Files, folders, or `-` for standard input.")
    ],
    store: Annotated[Path, typer.Option("--store", "-s", metavar="DIR", help="The store; made when absent.")],
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of records that state none: YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option(metavar="URL|NAME", help="Licence of records that state none, such as an address or CC-BY-4.0."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Read documents anew that the store holds already.")] = False,
    finder: Annotated[
        str | None,
        typer.Option(
            metavar="KIND:MODEL",
            help="A further finder of names, transformers:MODEL or gliner:MODEL; MODEL is a folder or a Hugging Face "
            "name. Needs khabar[transformers] or khabar[gliner].",
        ),
    ] = None,
    guess_names: Annotated[
        bool,
        typer.Option("--guess-names/--no-guess-names", help="Add names that no list knows, if sure."),
    ] = False,
    actors: Annotated[
        Path | None,
        typer.Option(metavar="FILE.tsv", help="Your own names, laid over the knowledge base."),
    ] = None,
    extractor: Annotated[
        str | None,
        typer.Option(metavar="llm:MODEL", help="Let a language model read in place of the rules; needs --llm-url."),
    ] = None,
    llm_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An OpenAI-compatible server, such as http://localhost:8080/v1."),
    ] = None,
    llm_key_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="The environment variable that holds the key of that server.")
    ] = None,
    llm_timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="How long one answer of it may take.")
    ] = 300.0,
    min_confidence: Annotated[
        float, typer.Option(metavar="X", min=0, max=1, help="Leave out claims of less confidence than this.")
    ] = 0.0,
    facts: Annotated[
        str | None,
        typer.Option(
            metavar="POLICY[:n]",
            help="What counts as a fact: reported, own-voice or corroborated[:n], see `khabar facts --help`. "
            "The store remembers it.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Read articles into a store, with what they claim.

    Reads .txt, .md, .html, .jsonl and .csv files, folders of them, and `-`; with khabar[files] also .pdf, .docx, .json
    (Telegram Desktop's export, an array of records, or one), .rss, .atom and .xml (feeds; nothing is fetched), .warc
    and .warc.gz (pages answered with 200). Records of JSONL, JSON and CSV have the fields id, text, title, url, date,
    publisher, licence; only text is needed.

    The dates of a PDF or Word file and of a crawl are not the article's, so they are not used: give --date. A PDF that
    is only pictures, or whose letters make no words, is refused. Of a Telegram account only channels and public groups
    are read; a chat that was exported by itself is read whatever it is.

    A document is known by its URL, else by publisher and id, else by its path below SOURCE. One that is in the store
    already, with the same text, date and licence and from this version of khabar, is skipped; so a build that was
    stopped goes on where it stopped. One that has changed takes the place of the old one.

    --guess-names adds persons, organisations and places that the knowledge base lacks, found by a small model of
    newswire that comes with khabar. About one in six is wrong. It changes no other name; give --again with it where
    the store holds the documents already.

    --actors lays a table over the knowledge base (TSV with a header: key, class, name_ar and, if wanted, name_en,
    aliases_ar, aliases_en, country, part_of, active_from, active_to, qid, qid_source, context). Its names mean what it
    says, wherever they stand; in a row with `country` under context, where the text speaks of that country. A row with
    a key of the knowledge base changes that entry. Bad rows are listed and nothing is read. Documents that were read
    with another table are read anew; `khabar relink` is quicker.

    --finder adds names that no list knows, by a model of your choice on this machine: transformers:MODEL for any token
    classifier of the Hugging Face hub, gliner:MODEL for GLiNER. Its names join where no other mention stands and are
    linked to nothing; graph/runs keeps its kind, model and version. Documents that the store holds are not read anew
    for it: give --again.

    --extractor llm:MODEL sends the texts to the server of --llm-url, and nothing is sent anywhere without it. What the
    model claims is held to the text, the ontology and the cues of denial and doubt; what fails is dropped and counted.
    Documents that were read otherwise are read anew. Prompts, checks, costs and limits: docs/llm.md.
    At its end documents that print one story, and events of different documents that tell of one happening, are grouped
    by links in graph/links (`khabar group`).

    --min-confidence leaves out claims of less confidence than X before they are stored, so no fact rests on them; an
    event that is left out takes its roles with it. graph/runs says so and how many they were. Documents that were read
    with another bound are read anew. Confidence is the estimated share of a claim's like that is right
    (docs/quality.md); a language model's claims all have 0.5.

    A record that cannot be used is reported in one line and counted, and the rest goes on; the exit code is then 1.
    """
    from khabar import llm
    from khabar.cli.relink import lay
    from khabar.errors import KhabarError
    from khabar.extractor import RuleExtractor
    from khabar.finders import open_finder
    from khabar.ontology import Ontology
    from khabar.pipeline import Build, take_in
    from khabar.policies import policy
    from khabar.read import read_sources
    from khabar.store import Store

    chosen = policy(facts) if facts else None
    names = open_finder(finder) if finder else None  # before the store: a wrong one leaves nothing behind
    ontology = Ontology.load()
    rules = RuleExtractor(names, guess_names=guess_names) if names or guess_names else RuleExtractor()
    if extractor is None and (llm_url or llm_key_env):
        raise KhabarError("--llm-url and --llm-key-env need --extractor llm:MODEL; without it the rules read")
    model = llm.open_model(extractor, rules, llm_url, llm_key_env, llm_timeout) if extractor is not None else None
    table = None
    if actors is not None:
        table, rules.kb = lay(actors, rules.kb, ontology)
    with (
        Store.open(store, write=True, create=True) as opened,
        _Progress(show=not quiet and sys.stderr.isatty()) as progress,
    ):
        opened.put_ontology()
        if chosen is not None and chosen != opened.policy:
            opened.rebuild_facts(chosen)
        run = Build(
            opened, model or rules, rules.kb, ontology, problem=progress.problem, again=again, table=table,
            finder=names.about if names else None, model=model, least=min_confidence,
        )  # fmt: skip
        try:
            records = read_sources(sources, date=date, licence=licence, problem=run.report)
            merged, proposed = take_in(run, progress.follow(records, run.summary))
        finally:
            progress.stop()
            _report(run.summary, opened.count_facts())
            if model:
                _account(model)
    if merged:
        words = f"{merged:,} pairs of unlinked names were taken for one"
        sys.stderr.write(f"{words}: khabar candidates {store} --decided\n")
    if proposed:
        sys.stderr.write(f"{proposed:,} pairs of unlinked names may be one thing: khabar candidates {store}\n")
    if run.summary.problems:
        raise typer.Exit(1)


def _report(summary: Summary, facts: int) -> None:
    counts = summary.counts
    numbers = [
        (summary.stored, "documents"),
        (counts["mentions"], "mentions"),
        (counts["entities"], "entities"),
        (counts["claims"], "claims"),
        (facts, "facts in the store"),
        (summary.problems, "problems"),
    ]
    numbers += [(count, f"{name} left out") for name, count in counts.items() if name.startswith("claims below")]
    line = ", ".join(f"{number:,} {name}" for number, name in numbers)
    skipped = f" ({summary.skipped:,} were there already)" if summary.skipped else ""
    sys.stderr.write(f"{line}{skipped}\n")


def _account(model: ModelExtractor) -> None:
    """What the model did, one line."""
    counts = ", ".join(f"{name} {count:,}" for name, count in model.account().items())
    sys.stderr.write(f"llm:{model.chat.model} at {model.chat.host}: {counts}\n")


class _Progress:
    """A bar on standard error, or nothing; problems are written above it."""

    def __init__(self, *, show: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
        columns = (
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.completed} documents {task.fields[state]}"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=self._console, disable=not show, transient=True)
        self._task = self._bar.add_task("build", total=None, state="")

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._bar.stop()

    def problem(self, line: str) -> None:
        self._console.print(f"problem: {line}")

    def follow(self, records: Iterable[Record], summary: Summary) -> Iterator[Record]:
        """Hand on the records and move the bar."""
        for record in records:
            yield record
            self._bar.update(self._task, advance=1, state=f"{summary.problems} problems" if summary.problems else "")
