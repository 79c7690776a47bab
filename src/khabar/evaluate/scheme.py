"""What the annotation guide knows: its classes, relations, events and roles, and how figures treat them.

It is smaller than the ontology (no protests, no displacement), and stays as it is when the ontology grows, so that
figures of different versions can be compared.
"""

from __future__ import annotations

CLASSES = frozenset(
    "Person Organization Government InternationalOrganization MediaOutlet ArmedForce StateForce RebelGroup Militia "
    "PrivateMilitaryCompany MilitaryUnit PopulationGroup UnnamedSource Position Country AdministrativeArea Settlement "
    "Facility Place Materiel".split()
)
RELATIONS = frozenset(
    "affiliatedWith partOf memberOf leads supports supplies hires alliedWith opposes controls basedIn holdsPosition "
    "locatedIn".split()
)
EVENTS = frozenset(
    "Conflict Battle Strike AttackOnCivilians ViolentEvent TerritoryChange Deployment Withdrawal Aid Agreement Meeting "
    "Communication Coercion".split()
)
ROLES = ("agent", "target", "recipient", "instrument", "place", "about", "participant")
MODALITIES = ("Happened", "Ongoing", "Planned", "Proposed", "Considered", "Requested", "Threatened", "Conditional")
POLARITIES = ("Affirmed", "Negated")
CERTAINTIES = ("Certain", "Probable", "Possible")

SPEECH = frozenset("Request Proposal Threat Accusation Condemnation".split())
"""Subclasses of Communication, which the guide does not tell apart."""

OUTSIDE = frozenset(("Event", "Protest", "Displacement"))
"""Classes of events that the guide leaves out: neither right nor wrong."""

SYMMETRIC = frozenset(("alliedWith", "opposes"))
PARENTS = {
    "supplies": "supports",
    "leads": "affiliatedWith",
    "memberOf": "affiliatedWith",
    "partOf": "affiliatedWith",
}
"""Sub-property to super-property, for the lenient figures."""

DONE = ("Happened", "Ongoing")


def settled(modality: str) -> str:
    """A modality for comparison: between Happened and Ongoing no difference is made.

    >>> settled("Ongoing"), settled("Planned")
    ('Happened', 'Planned')
    """
    return "Happened" if modality in DONE else modality


def akin(one: str, other: str) -> bool:
    """Whether two relations are the same, or one is a super-property of the other."""
    return one == other or PARENTS.get(one) == other or PARENTS.get(other) == one
