"""Imports go one way, down the order in which an article is read."""

import ast
from pathlib import Path

import khabar

SOURCE = Path(khabar.__file__).parent
ORDER = """
errors web model resources iri trace confidence text terms ontology numerals dates numbers read nlp kb mentions
finders overlay link holders entities speakers agreement morph lexicon landmarks coref scene clauses subjects
word_order verb_slots doers slots frames sides scopes cues stance happenings tracing events modality requirements
locations claims nominals extractor rdf policies guard folders updates facts upkeep logged groups bundles decisions
identities consequences rename redactions snapshots store relink reconcile answers withheld records export queries
validate integrity finder explain dossier alike surroundings candidates stories retellings grouping wikidata
pipeline llm evaluate push serve api cli""".split()


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_module_has_its_place_and_imports_only_what_comes_before():
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        here = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if here in ("__init__", "__main__"):
            continue
        if here not in ORDER:
            wrong.append(f"{here} is not in the order")
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("khabar"):
                names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "khabar" else [node.module]
            elif isinstance(node, ast.Import):
                names = [a.name for a in node.names if a.name.startswith("khabar.")]
            for name in names:
                there = room(name)
                if there in ORDER and ORDER.index(there) > ORDER.index(here):
                    wrong.append(f"{here} imports {there}")
    assert not wrong
