"""Lets `python -m khabar` stand for `khabar`."""

from khabar.cli import main

main()
