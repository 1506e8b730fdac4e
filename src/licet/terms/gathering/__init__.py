"""Ask the web what it says of a recording, politely, and keep what it answered as evidence."""

from __future__ import annotations

from licet.terms.gathering.addresses import cleaned
from licet.terms.gathering.fetching import Fetcher
from licet.terms.gathering.places import Kind, Place, places, pointed_to
from licet.terms.gathering.reading import terms_from
from licet.terms.gathering.responses import Fetched, Response
from licet.terms.gathering.warc import saved_responses
from licet.terms.gathering.wire import Answer, CannedWire, UnansweredError, Wire

__all__ = [
    "Answer",
    "CannedWire",
    "Fetched",
    "Fetcher",
    "Kind",
    "Place",
    "Response",
    "UnansweredError",
    "Wire",
    "cleaned",
    "places",
    "pointed_to",
    "saved_responses",
    "terms_from",
]
