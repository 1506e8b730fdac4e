"""Who holds what in a recording by an ERN message, and what its P-line reserves in words.

1. A `ResourceRightsController`, in ERN 3.8 `RightsController`, holds in the recording; a `WorkRightsController` in the
   work.
2. `RightSharePercentage` is in hundredths: 12.5 is an eighth; in ERN 3.8, with `HasMaxValueOfOne`, it is the share
   itself. Shares are kept as stated, whatever they sum to. DDEX takes a missing share for the whole; here it stays
   unstated.
3. A contributor who wrote or publishes the work holds in it, as composers do in every source: a licence of the
   recording does not speak for them. Performers are credits, and no holders.
4. The P-line names who claims the recording. It is a claim, not a licence: what it says of licences is passed over, and
   no message ever permits. Where it says that rights are reserved, those words are quoted as the entry's statement.
   Only the recording's own lines count: a release's lines speak of the package, and stand outside the evidence.

`DelegatedUsageRights` and the deals of a message are about streams and downloads. They are not read: a deal about
streaming says nothing of training, and that silence stays silence.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.catalog.entries import Holding, Party, Right
from licet.catalog.sources.ern_facts import party_of, scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from licet.catalog.sources.ern_xml import Node

_CONTROLLERS = {
    "ResourceRightsController": Right.RECORDING,
    "RightsController": Right.RECORDING,
    "WorkRightsController": Right.WORK,
}
_CONTRIBUTORS = ("Contributor", "ResourceContributor", "IndirectResourceContributor")
_ROLES = ("Role", "ResourceContributorRole", "IndirectResourceContributorRole", "ContributorRole")
_CONTROLS = ("RightsControllerRole", "RightsControlType")
_WRITES = re.compile(r"compos|lyric|writer|author|arrang|publish|adapt|translat|librett", re.IGNORECASE)
_PERCENTAGE = re.compile(r"\+?(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)
_LINE_CHARACTERS = 300  # of a P-line that is read for a name
_LINES = {"PLine": "PLineText", "CLine": "CLineText"}
_AI = r"(?:generative )?(?:ai|a\.i\.|artificial intelligence)"
_MINING = r"(?:machine[ -]learning|tdm|(?:text and )?data[ -]mining)"
# Closed phrases: quoted alone they can name no licence. What they come to is for the room `terms` to say.
_RESERVES = re.compile(
    r"(?<!not )(?<!some )\ball rights? (?:are |is )?(?:strictly )?reserved\b"
    r"|\balle rechte vorbehalten\b|\btous droits r[ée]serv[ée]s\b|\btodos los derechos reservados\b"
    r"|\btutti i diritti (?:sono )?riservati\b|\btodos os direitos reservados\b"
    rf"|\b(?:no|not for) (?:use (?:in|for) )?(?:{_MINING}\b|{_AI} (?:training|use)\b|{_AI}(?=\s*(?:$|[.;,!)])))",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\s*(?:[℗Ⓟ©]|\([PpCc]\))?\s*(?:\d{4}(?:\s*[-–,/&]\s*\d{4})*)?\s*,?\s*(?P<holder>.{1,160})", re.DOTALL
)
_NO_NAME = re.compile(
    r"[;|\n]|//|\b(?:licen[cs]|reserv|rights|copyright|distribut|courtesy|under\b|not\b|some\b)", re.IGNORECASE
)


def holdings_of(recording: Node, parties: Mapping[str, Party]) -> tuple[tuple[Holding, ...], tuple[str, ...]]:
    """Return who holds the recording and its work, each statement once, and what does not add up."""
    doubts: list[str] = []
    found: list[Holding] = []
    for scope in scopes_of(recording):
        found += _controllers(scope, parties, doubts)
        found += _writers(scope, parties, doubts)
        found += _claimants(scope)
    holdings = tuple(dict.fromkeys(found))
    for right in Right:
        if sum(one.share or 0 for one in holdings if one.right is right) > 1:
            says = f"the shares in the {right} are more than the whole; they are kept, and may be of several places"
            doubts.append(says)
    return holdings, tuple(dict.fromkeys(doubts))


def reservation_of(recording: Node) -> str | None:
    """Return the words of the recording's own P-line or C-line that reserve rights, as they stand there."""
    for scope in scopes_of(recording):
        for line, text in _LINES.items():
            for one in scope.at(line, text):
                if quoted := _RESERVES.search(one.text):
                    return quoted[0]
    return None


def party_at(node: Node, reference: str, parties: Mapping[str, Party]) -> Party | None:
    """Return the party that `node` refers to, or names on the spot."""
    referred = node.says(reference)
    party = parties.get(referred) if referred else party_of(node)[0]
    return party if party is not None and party.name else None


def nobody(node: Node, reference: str) -> str:
    """Say that `node` refers to a party that is none, or names none."""
    referred = node.says(reference)
    return f"{node.name} refers to {referred[:60]!r}, which is no party" if referred else f"{node.name} names nobody"


def _controllers(scope: Node, parties: Mapping[str, Party], doubts: list[str]) -> Iterator[Holding]:
    for name, right in _CONTROLLERS.items():
        for one in scope.at(name):
            party = party_at(one, "RightsControllerPartyReference", parties)
            if party is None:
                doubts.append(nobody(one, "RightsControllerPartyReference"))
                continue
            roles = dict.fromkeys(words for control in _CONTROLS for part in one.at(control) if (words := _role(part)))
            yield Holding(party, right, ", ".join(roles) or "RightsController", _share(one, doubts))


def _writers(scope: Node, parties: Mapping[str, Party], doubts: list[str]) -> Iterator[Holding]:
    for one in (contributor for name in _CONTRIBUTORS for contributor in scope.at(name)):
        roles = [words for name in _ROLES for part in one.at(name) if (words := _role(part))]
        writes = [words for words in dict.fromkeys(roles) if _WRITES.search(words)]
        party = party_at(one, "ContributorPartyReference", parties)
        if party is None:
            doubts.append(nobody(one, "ContributorPartyReference"))
        else:
            yield from (Holding(party, Right.WORK, words) for words in writes)


def _claimants(scope: Node) -> Iterator[Holding]:
    for one in scope.at("PLine"):
        name = one.says("PLineCompany") or _claimant(one.says("PLineText"))
        if name:
            yield Holding(Party(name), Right.RECORDING, "holder (P-line)")


def _claimant(line: str) -> str:
    """Return whom a P-line names, less mark and year; "" where it says more than a name."""
    line = _RESERVES.sub("", line).strip(" .,")
    notice = _NOTICE.fullmatch(line) if len(line) <= _LINE_CHARACTERS else None
    name = notice["holder"].strip() if notice else ""
    return name if any(map(str.isalpha, name)) and not _NO_NAME.search(name) else ""


def _share(controller: Node, doubts: list[str]) -> Fraction | None:
    for one in controller.at("RightSharePercentage"):
        read = _PERCENTAGE.fullmatch(one.text)
        share = Fraction(read[1]) / (1 if one.flag("HasMaxValueOfOne") else 100) if read else None
        if share is not None and share <= 1:
            return share
        doubts.append(f"{one.text[:60]!r} is no share of the whole")
    return None


def _role(node: Node) -> str:
    """Return a role as worded: the sender's own word where DDEX has none for it."""
    if node.text == "UserDefined":
        return node.attributes.get("UserDefinedValue", "").strip()
    return node.text or next((child.text for child in node.children if child.text), "")
