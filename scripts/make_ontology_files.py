"""Write the files that follow from the ontology: ontology/alignments.ttl and docs/ontology.md.

Run it after a change of conflict.ttl or of the table; with `--check` it only tells which file is not in step (exit 1).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import rdflib
import rdflib.collection
from rdflib import OWL, RDF, RDFS, SKOS, URIRef

ROOT = Path(__file__).resolve().parents[1]
NS = rdflib.Namespace("https://w3id.org/khabar/ns#")
KEPT = {"rdfs:subClassOf": "owl:Class", "rdfs:subPropertyOf": "owl:ObjectProperty"}


def mappings(path: Path) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The prefixes and rows of an SSSOM table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line[1:].strip().split(": ", 1) for line in lines if line.startswith("#  "))
    return {p: iri.strip('"') for p, iri in pairs}, list(
        csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    )


def alignments(table: Path) -> str:
    """The table as Turtle: subclasses and subproperties as such, every kind of match as rdfs:seeAlso.

    A skos:closeMatch would make a reasoner take classes for concepts.
    """
    prefixes, rows = mappings(table)
    used = {cell.split(":")[0] for row in rows for cell in (row["subject_id"], row["object_id"])}
    out = ["# Made from alignments.sssom.tsv by scripts/make_ontology_files.py: change the table, not this file.", ""]
    names = sorted({*used, "rdfs"} - {"khabar"})
    out += [f"@prefix : <{prefixes['khabar']}> .", *(f"@prefix {name}: <{prefixes[name]}> ." for name in names)]
    out += [
        "@prefix dct: <http://purl.org/dc/terms/> .",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .",
        "",
        "<https://w3id.org/khabar/alignments> a owl:Ontology ;",
        '    dct:title "Alignments of the khabar ontology"@en, "مواءمات أنطولوجيا خبر"@ar ;',
        "    dct:license <https://spdx.org/licenses/GPL-3.0-or-later> ;",
        "    rdfs:seeAlso <https://w3id.org/khabar/ns> .",
        "",
    ]
    kinds = {row["object_id"]: KEPT[row["predicate_id"]] for row in rows if row["predicate_id"] in KEPT}
    out += [f"{name} a {kind} ." for name, kind in sorted(kinds.items())] + [""]
    for row in rows:
        predicate = row["predicate_id"] if row["predicate_id"] in KEPT else "rdfs:seeAlso"
        out.append(f":{row['subject_id'].removeprefix('khabar:')} {predicate} {row['object_id']} .")
    return "\n".join(out) + "\n"


class Page:
    """The reference page of an ontology, in English and Arabic."""

    def __init__(self, graph: rdflib.Graph) -> None:
        self.graph = graph

    def text(self, node: URIRef, predicate: URIRef, lang: str) -> str:
        """The literal of that language; KeyError, naming the term, when there is none."""
        for value in self.graph.objects(node, predicate):
            if isinstance(value, rdflib.Literal) and value.language == lang:
                return str(value)
        raise KeyError(f"{node} has no {predicate} in {lang}")

    def both(self, node: URIRef, predicate: URIRef) -> list[str]:
        """The English and the Arabic text, as two paragraphs."""
        return [self.text(node, predicate, "en"), "", f'<p dir="rtl">{self.text(node, predicate, "ar")}</p>', ""]

    def ours(self, kind: URIRef) -> list[URIRef]:
        """Terms of that kind in the order in which the ontology file has them."""
        order = (ROOT / "ontology" / "conflict.ttl").read_text(encoding="utf-8")
        found = [s for s in self.graph.subjects(RDF.type, kind) if isinstance(s, URIRef) and s.startswith(NS)]
        return sorted(found, key=lambda s: order.index(f"\n:{name(s)} a "))

    def members(self, node: rdflib.term.Node | None) -> list[str]:
        """Names of a domain or range: one class, the classes of a union, or a datatype."""
        if node is None:
            return []
        union = self.graph.value(node, OWL.unionOf)
        if union is not None:
            return [short(x) for x in rdflib.collection.Collection(self.graph, union)]
        if self.graph.value(node, OWL.onDatatype) is not None:
            return ["xsd:decimal 0..1"]
        return [short(node)]

    def codes(self, node: URIRef) -> str:
        """Codes of a class with their schemes."""
        codes = [c for c in self.graph.objects(node, SKOS.notation) if isinstance(c, rdflib.Literal)]
        return ", ".join(sorted(f"{name(c.datatype)} `{c}`" for c in codes if c.datatype))

    def entry(self, node: URIRef, facts: Iterable[tuple[str, str]], label: URIRef = RDFS.label) -> list[str]:
        """One term: heading, comments in both languages, and facts given as (key, value)."""
        english, arabic = self.text(node, label, "en"), self.text(node, label, "ar")
        out = [f'### <a id="{name(node)}"></a>`:{name(node)}` {english} · {arabic}', ""]
        out += self.both(node, RDFS.comment)
        if (node, SKOS.scopeNote, None) in self.graph:
            out += self.both(node, SKOS.scopeNote)
        told = [f"{key}: {value}" for key, value in facts if value]
        return [*out, " · ".join(told), ""] if told else out

    def classes(self) -> list[str]:
        """All classes."""
        out = ["## Classes · الأصناف", ""]
        for node in self.ours(OWL.Class):
            above = links(short(x) for x in self.graph.objects(node, RDFS.subClassOf))
            below = links(short(x) for x in self.graph.subjects(RDFS.subClassOf, node) if isinstance(x, URIRef))
            out += self.entry(node, [("subclass of", above), ("subclasses", below), ("codes", self.codes(node))])
        return out

    def properties(self, kind: URIRef, title: str) -> list[str]:
        """All properties of one kind."""
        out = [f"## {title}", ""]
        for node in self.ours(kind):
            above = links(short(x) for x in self.graph.objects(node, RDFS.subPropertyOf))
            traits = [name(x).removesuffix("Property").lower() for x in self.graph.objects(node, RDF.type) if x != kind]
            ends = [links(self.members(self.graph.value(node, p)), " or ") for p in (RDFS.domain, RDFS.range)]
            out += self.entry(
                node,
                [("subproperty of", above), ("from", ends[0]), ("to", ends[1]), ("", ", ".join(sorted(traits)))],
            )
        return [line.replace(" · : ", " · ") for line in out]

    def schemes(self) -> list[str]:
        """All schemes, each with a table of its concepts."""
        out = ["## Schemes · المخططات", ""]
        for scheme in self.ours(SKOS.ConceptScheme):
            out += self.entry(scheme, [], SKOS.prefLabel)
            out += ["| concept | English | العربية | | |", "|---|---|---|---|---|"]
            for c in self.ours(SKOS.Concept):
                if (c, SKOS.inScheme, scheme) in self.graph:
                    cells = [self.text(c, p, lang) for p in (SKOS.prefLabel, RDFS.comment) for lang in ("en", "ar")]
                    out.append("| " + " | ".join([f"`:{name(c)}`", *cells]) + " |")
            out.append("")
        return out

    def datatypes(self) -> list[str]:
        """All code lists."""
        out = ["## Code lists · قوائم الرموز", ""]
        for node in self.ours(RDFS.Datatype):
            out += self.entry(node, [])
        return out

    def render(self) -> str:
        """The whole page."""
        head = URIRef(str(NS).rstrip("#"))
        dct = rdflib.DCTERMS
        out = [f"# {self.text(head, dct.title, 'en')} · {self.text(head, dct.title, 'ar')}", ""]
        out += ["<!-- Made from ontology/conflict.ttl by scripts/make_ontology_files.py: change the former. -->", ""]
        out += self.both(head, dct.description)
        out += [
            f"Version {self.graph.value(head, OWL.versionInfo)} · namespace `{NS}`, prefix `:` below · "
            f"licence <{self.graph.value(head, dct.license)}>. Alignments with other vocabularies stand in "
            "`ontology/alignments.sssom.tsv`, the shapes that data must have in `ontology/shapes.ttl`.",
            "",
        ]
        out += self.classes()
        out += self.properties(OWL.ObjectProperty, "Object properties · خصائص تربط العقد")
        out += self.properties(OWL.DatatypeProperty, "Datatype properties · خصائص ذات قيم")
        out += self.schemes() + self.datatypes()
        return "\n".join(out).rstrip("\n") + "\n"


def name(node: rdflib.term.Node) -> str:
    """The last part of an IRI."""
    return str(node).replace("#", "/").rsplit("/", 1)[-1]


def short(node: rdflib.term.Node) -> str:
    """Our terms by name, those of other vocabularies with their prefix."""
    if str(node).startswith(NS):
        return name(node)
    prefix = {str(SKOS): "skos", "http://www.w3.org/2001/XMLSchema#": "xsd"}[str(node).removesuffix(name(node))]
    return f"{prefix}:{name(node)}"


def links(names: Iterable[str], between: str = ", ") -> str:
    """Names as links within the page."""
    return between.join(f"`{n}`" if ":" in n else f"[`:{n}`](#{n})" for n in sorted(names))


def files() -> dict[Path, str]:
    """The text that each generated file should have."""
    graph = rdflib.Graph().parse(ROOT / "ontology" / "conflict.ttl", format="turtle")
    return {
        ROOT / "ontology" / "alignments.ttl": alignments(ROOT / "ontology" / "alignments.sssom.tsv"),
        ROOT / "docs" / "ontology.md": Page(graph).render(),
    }


def main() -> int:
    stale = [p for p, text in files().items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not in step: run scripts/make_ontology_files.py")
        return int(bool(stale))
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(files()[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
