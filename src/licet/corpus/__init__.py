"""Walk a collection of audio and clear it item by item."""

from licet.corpus.asking import asking
from licet.corpus.attribution import write_attribution
from licet.corpus.bulk import BulkHead, InBulk, decide_in_bulk
from licet.corpus.clear import Room, clear
from licet.corpus.deciding import Clearance
from licet.corpus.diff import Difference, difference
from licet.corpus.finding import find_lines
from licet.corpus.house import house_policy, law_files
from licet.corpus.items import Corpus, Item
from licet.corpus.manifest import (
    ConditionLine,
    Counts,
    Head,
    Line,
    MatchLine,
    ReadingLine,
    ReasonLine,
    StatementLine,
    Trouble,
    read_head,
    read_lines,
)
from licet.corpus.report import write_report
from licet.corpus.seal import Seal, read_seal
from licet.corpus.sighting import match_line
from licet.corpus.tallies import blockers, standpoints
from licet.corpus.testimony import grants_found, stated_again, stated_for_all, stated_line

__all__ = [
    "BulkHead",
    "Clearance",
    "ConditionLine",
    "Corpus",
    "Counts",
    "Difference",
    "Head",
    "InBulk",
    "Item",
    "Line",
    "MatchLine",
    "ReadingLine",
    "ReasonLine",
    "Room",
    "Seal",
    "StatementLine",
    "Trouble",
    "asking",
    "blockers",
    "clear",
    "decide_in_bulk",
    "difference",
    "find_lines",
    "grants_found",
    "house_policy",
    "law_files",
    "match_line",
    "read_head",
    "read_lines",
    "read_seal",
    "standpoints",
    "stated_again",
    "stated_for_all",
    "stated_line",
    "write_attribution",
    "write_report",
]
