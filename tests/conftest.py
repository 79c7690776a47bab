"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

import chats
from khabar import cli
from khabar.extractor import RuleExtractor


@pytest.fixture(scope="session")
def extractor() -> RuleExtractor:
    """One extractor for the whole run: models load once."""
    return RuleExtractor()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of annotated and raw data, where it is at hand."""
    path = Path(os.environ.get("KHABAR_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not path.is_dir():
        pytest.skip(f"no shared data at {path}; set KHABAR_SHARED")
    return path


@pytest.fixture
def khabar(capfd):
    """Runs a command line: exit code, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.run(list(arguments))
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def server(monkeypatch):
    """A language model on loopback."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = chats.Server()
    yield running
    running.close()
