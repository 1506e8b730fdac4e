"""What the composites of an ERN message mean: who sends it, parties, releases, works and recordings.

Where the versions of ERN differ, both forms are looked for and neither is required:

==========================  ===================================================  ===================================
fact                        ERN 4                                                ERN 3.8
==========================  ===================================================  ===================================
who somebody is             a reference to the `PartyList`                       name and identifiers on the spot
facts of a recording        its own children; some in `SoundRecordingEdition`    `SoundRecordingDetailsByTerritory`
                            from 4.3
its names                   `ResourceId`                                         `SoundRecordingId`
its work                    `WorkId`                                             `IndirectSoundRecordingId`, `WorkList`
what a release holds        `ResourceGroup`, however deep                        `ReleaseResourceReferenceList`
==========================  ===================================================  ===================================

DDEX Data Dictionary, editions ERN 3.8.2, 4.1.1, 4.2 and 4.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.catalog.entries import Party, Work
from licet.catalog.identifiers import Identifier, local_identifier
from licet.catalog.paths import escape_path
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from licet.catalog.sources.ern_xml import Node

_DURATION = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?", re.ASCII
)  # ISO 8601, without years and months: they have no fixed length
_EAN_DIGITS = 13


@dataclass(frozen=True, slots=True)
class Header:
    """Which message it is, who speaks in it, and when."""

    message: str = ""
    sender: str = ""
    created: datetime | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """What holds recordings: an album, a single. A track release holds one track of it, and gives no album."""

    title: str
    identifiers: tuple[Identifier, ...]
    resources: tuple[str, ...]  # references to what it holds


@dataclass(frozen=True, slots=True)
class Index:
    """What the recordings of one message refer to."""

    parties: dict[str, Party] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)
    releases: dict[str, list[Release]] = field(default_factory=dict)  # by the resource that they hold


def header_of(node: Node) -> Header:
    """Return what the `MessageHeader` says. Who it is sent for speaks; else the sender does."""
    speaks = next((one for name in ("SentOnBehalfOf", "MessageSender") for one in node.at(name)), None)
    party, _ = party_of(speaks) if speaks is not None else (Party(""), ())
    sender = (speaks.says("PartyId") if speaks is not None else "") or party.name
    test = node.says("MessageControlType") == "TestMessage"
    return Header(node.says("MessageId"), sender, _moment(node.says("MessageCreatedDateTime")), test)


def party_of(node: Node) -> tuple[Party, tuple[str, ...]]:
    """Return a party from where its name and identifiers stand, and what is wrong with the latter.

    One that is named by an identifier alone goes by that. DPID and IPN are no schemes of ours.
    """
    stated, wrong = [], []
    for one in node.at("PartyId"):
        stated += [("isni", text) for text in _texts(one, "ISNI")]
        stated += [("ipi", text) for text in _texts(one, "IpiNameNumber")]
        stated += [("isni", one.text)] if one.flag("IsISNI") and one.text else []
    identifiers = []
    for scheme, text in stated:
        try:
            identifiers.append(Identifier(scheme, text))
        except IdentifierError as error:
            wrong.append(error.message)
    names = (node.says("PartyName", "FullName"), node.says("PartyName", "KeyName"))
    name = next(filter(None, (*names, node.says("PartyId", "DPID"), node.says("PartyId"))), "")
    return Party(name, tuple(dict.fromkeys(identifiers))), tuple(wrong)


def release_of(node: Node) -> tuple[Release | None, tuple[str, ...]]:
    """Return a release, and what is wrong with its identifiers; None for a track release of ERN 3.8."""
    if "TrackRelease" in _texts(node, "ReleaseType"):
        return None, ()
    identifiers, wrong = [], []
    for icpn in node.at("ReleaseId", "ICPN"):
        try:
            identifiers.append(Identifier("ean", _without_padding(icpn.text)))
        except IdentifierError as error:
            wrong.append(error.message)
    resources = dict.fromkeys(one.text for one in node.all("ReleaseResourceReference") if one.text)
    return Release(title_of(node), tuple(dict.fromkeys(identifiers)), tuple(resources)), tuple(wrong)


def work_of(node: Node) -> tuple[str, Work, tuple[str, ...]]:
    """Return a `MusicalWork` of ERN 3.8 behind its reference, and what is wrong with its ISWC."""
    iswc, wrong = first_iswc(_texts(node, "MusicalWorkId", "ISWC"))
    return node.says("MusicalWorkReference"), Work(title_of(node), iswc), wrong


def first_iswc(texts: list[str]) -> tuple[Identifier | None, tuple[str, ...]]:
    """Return the first ISWC that is one, and what does not add up: an entry has room for one work."""
    found, wrong = [], []
    for text in texts:
        try:
            found.append(Identifier("iswc", text))
        except IdentifierError as error:
            wrong.append(error.message)
    several = len(set(found)) > 1
    if several:
        wrong.append(f"the recording is of {len(set(found))} works; the first is kept")
    return (found[0] if found else None), tuple(wrong)


def title_of(node: Node) -> str:
    """Return the title that is for display, by default where there are several, with its subtitle in brackets."""
    shown = default_text(node, "DisplayTitleText")
    if shown:
        return shown
    for name in ("DisplayTitle", "ReferenceTitle"):
        titled = sorted(node.at(name), key=lambda one: not one.flag("IsDefault"))
        for one in titled:
            text, under = one.says("TitleText"), one.says("SubTitle")
            if text:
                return f"{text} ({under})" if under else text
    return ""


def default_text(node: Node, name: str) -> str:
    """Return the text of the child `name` that is marked as the default, else of the first."""
    told = [one for one in node.at(name) if one.text]
    return next((one.text for one in told if one.flag("IsDefault")), told[0].text if told else "")


def scopes_of(recording: Node) -> tuple[Node, ...]:
    """Return the elements that the facts of a recording may stand in."""
    names = ("SoundRecordingEdition", "SoundRecordingDetailsByTerritory")
    return (recording, *(scope for name in names for scope in recording.at(name)))


def isrcs_of(recording: Node) -> tuple[list[Identifier], tuple[str, ...]]:
    """Return the ISRCs of a recording and its editions, one that has been replaced last, and those that are none."""
    ids = [
        one for scope in scopes_of(recording) for name in ("ResourceId", "SoundRecordingId") for one in scope.at(name)
    ]
    found, wrong = [], []
    for one in sorted(ids, key=lambda one: one.flag("IsReplaced")):
        for text in _texts(one, "ISRC"):
            try:
                found.append(Identifier("isrc", text))
            except IdentifierError as error:
                wrong.append(error.message)
    return list(dict.fromkeys(found)), tuple(wrong)


def key_of(isrcs: list[Identifier], reference: str, header: Header, otherwise: str) -> Identifier | None:
    """Return what a recording goes by: its ISRC; else message and reference; None where it has neither."""
    if isrcs:
        return isrcs[0]
    if not reference:
        return None
    told = [escape_path(one.encode()) for one in (header.sender, header.message) if one]
    return local_identifier("/".join(told) if header.message else otherwise, escape_path(reference.encode()))


def seconds_of(text: str) -> float | None:
    """Return a duration of ISO 8601 in seconds, or None where there is none.

    Raises ValueError where it cannot be read.
    """
    if not text:
        return None
    read = _DURATION.fullmatch(text)
    if read is None or not any(read.groups()):
        raise ValueError(f"{text[:60]!r} is no duration, such as PT3M20S")
    days, hours, minutes, seconds = (Fraction(part or 0) for part in read.groups())  # a float would not add up
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)


def _texts(node: Node, *path: str) -> list[str]:
    return [one.text for one in node.at(*path) if one.text]


def _without_padding(icpn: str) -> str:
    """Senders write an EAN-13 in the fourteen places of a GTIN."""
    return icpn[1:] if len(icpn) == _EAN_DIGITS + 1 and icpn.startswith("0") else icpn


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
