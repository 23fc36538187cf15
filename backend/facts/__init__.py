"""Key facts: what a reader looks for in a document, each with the sentence that says it.

Rules over the text and the names that a model found in it; no model of their own. A wrong fact is
worse than a missing one: what is not clear is left out.

>>> [(fact.kind, fact.value, fact.about) for fact in key_facts("Net debt stood at £18.6 million.")]
[('amount', '£18.6 million', 'Net debt')]
"""

from backend.facts.fact import KINDS, Fact, FactKind
from backend.facts.finding import foremost, key_facts

__all__ = ["KINDS", "Fact", "FactKind", "foremost", "key_facts"]
