"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

from khabar.extract import RuleExtractor


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
