"""The command line: one module for each command, and one place where errors become a line and an exit code.

Commands import what they need when they run, so that `khabar query` starts without the models of `khabar build`.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Annotated, Any

import typer

from khabar import __version__
from khabar.errors import KhabarError

COMMANDS = tuple(
    "build relink group facts query queries show candidates merge split export push serve redact validate evaluate "
    "forget wikidata reconcile".split()
)

_HELP = """Reads Arabic conflict news and builds a graph in which every claim shows its words, source and stance.

A store is a folder. `khabar build` fills it, the other commands read it.

    khabar build articles.jsonl --store news

    khabar queries

    khabar query news backers -p entity=haftar

    khabar show news haftar

Data goes to standard output, everything else to standard error. Exit codes: 0 done, 1 problems were found in the
data, 2 wrong use."""


def application() -> typer.Typer:
    """The application with all its commands."""
    app = typer.Typer(
        name="khabar",
        help=_HELP,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name in COMMANDS:
        module = importlib.import_module(f"khabar.cli.{name}")
        command = getattr(module, name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code. Without arguments it shows the help, which is no success."""
    # typer brings its own click and exports only the tip of its exceptions; their base can say its message alone.
    usage: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")
    try:
        code = application()(arguments or ["--help"], prog_name="khabar", standalone_mode=False)
        sys.stdout.flush()
    except KhabarError as error:
        return fail(str(error))
    except usage as error:
        message = error.format_message().rstrip(".")
        return fail(f"{message}; see `khabar {' '.join(arguments[:1])} --help`")
    except (KeyboardInterrupt, typer.Abort):
        return fail("stopped", 130)
    except BrokenPipeError:  # `khabar query ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if not arguments:
        return 2
    return code if isinstance(code, int) else 0


def fail(line: str, code: int = 2) -> int:
    """Say in one line what went wrong; returns the exit code."""
    sys.stderr.write(f"khabar: {' '.join(line.split())}\n")
    return code


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"khabar {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Takes the options that come before a command."""
