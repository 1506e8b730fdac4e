"""One recording of an ERN message as an entry, with what it refers to elsewhere in the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from licet.catalog.entries import Entry, Work
from licet.catalog.sources.ern_facts import (
    Header,
    Index,
    default_text,
    first_iswc,
    header_of,
    party_of,
    release_of,
    scopes_of,
    seconds_of,
    title_of,
    work_of,
)
from licet.catalog.sources.ern_files import files_of
from licet.catalog.sources.ern_rights import holdings_of, nobody, party_at, reservation_of
from licet.catalog.sources.ern_xml import Break, composites

if TYPE_CHECKING:
    from licet.catalog.entries import Span
    from licet.catalog.identifiers import Identifier
    from licet.catalog.sources.ern_xml import Node

MOST_REFERRED = 1 << 20  # parties, works and recordings on releases of one message
_ARTIST = "ArtistPartyReference"
_WORK_IDS = ("WorkId", "IndirectSoundRecordingId")


def index_of(stream: BinaryIO) -> tuple[Header, Index, tuple[tuple[int, str], ...]]:
    """Return header, parties, works and releases of a message, and what is wrong with them, each behind its line."""
    header, index = Header(), Index()
    wrong: list[tuple[int, str]] = []
    room = MOST_REFERRED
    for one in composites(stream, {"MessageHeader", "Party", "MusicalWork", "Release"}):
        if isinstance(one, Break):
            break  # the survey has reported it
        if one.node is None:
            wrong.append((one.line, f"the {one.name} is too large to be read"))
        elif one.name == "MessageHeader":
            header = header_of(one.node)
        elif room <= 0:
            wrong.append((one.line, f"more than {MOST_REFERRED:,} parties, works and tracks: the rest is passed over"))
            break
        else:
            taken, doubts = _indexed(index, one.name, one.node)
            room -= taken
            wrong += [(one.line, doubt) for doubt in doubts]
    return header, index, tuple(wrong)


def _indexed(index: Index, name: str, node: Node) -> tuple[int, tuple[str, ...]]:
    """Put a composite in the index; return how much room it takes, and what is wrong with it."""
    if name == "Party":
        party, doubts = party_of(node)
        index.parties.setdefault(node.says("PartyReference"), party)
        return 1, doubts
    if name == "MusicalWork":
        reference, work, doubts = work_of(node)
        index.works.setdefault(reference, work)
        return 1, doubts
    release, doubts = release_of(node)
    if release is None:
        return 1, doubts
    for resource in release.resources:
        index.releases.setdefault(resource, []).append(release)
    return len(release.resources), doubts


def entry_of(
    recording: Node, key: Identifier, isrcs: list[Identifier], span: Span, index: Index, folder: str
) -> tuple[Entry, tuple[str, ...]]:
    """Return the entry that a `SoundRecording` states, and what in it does not add up: that much is left out.

    `folder` is where the message lies in its source: the files it names lie relative to it.
    """
    holdings, doubts = holdings_of(recording, index.parties)
    artist, nameless = _artist(recording, index)
    work, wrong = _work(recording, index)
    duration, more = _duration(recording)
    releases = index.releases.get(recording.says("ResourceReference"), [])
    files = list(files_of(recording))
    path = next((place for place, _ in files if place), None)
    names = [
        *isrcs,
        *(name for release in releases for name in release.identifiers),
        *(digest for _, digests in files for digest in digests),
    ]
    entry = Entry(
        key=key,
        span=span,
        title=next(filter(None, map(title_of, scopes_of(recording))), ""),
        artist=artist,
        album=next((release.title for release in releases if release.title), ""),
        duration_s=duration,
        path=path if path is None or not folder else f"{folder}/{path}",
        identifiers=tuple(one for one in dict.fromkeys(names) if one != key),
        holdings=holdings,
        work=work,
        licence=reservation_of(recording),
    )
    return entry, (*doubts, *nameless, *wrong, *more)


def _artist(recording: Node, index: Index) -> tuple[str, tuple[str, ...]]:
    """Return the artist as displayed, else the display artists by their names; and which of them is nobody."""
    for scope in scopes_of(recording):
        if name := default_text(scope, "DisplayArtistName"):
            return name, ()
    artists = [one for scope in scopes_of(recording) for one in scope.at("DisplayArtist")]
    parties = [party_at(one, _ARTIST, index.parties) for one in artists]
    names = dict.fromkeys(party.name for party in parties if party is not None)
    wrong = [nobody(one, _ARTIST) for one, party in zip(artists, parties, strict=True) if party is None]
    return ", ".join(names), tuple(wrong)


def _work(recording: Node, index: Index) -> tuple[Work | None, tuple[str, ...]]:
    """Return the work that is recorded: ERN 4 gives its ISWC, ERN 3.8 may list it with its title."""
    referred = recording.all("ResourceMusicalWorkReference")
    listed = next((index.works[one.text] for one in referred if one.text in index.works), None)
    stated = [
        one.text for scope in scopes_of(recording) for name in _WORK_IDS for one in scope.at(name, "ISWC") if one.text
    ]
    iswc, wrong = first_iswc(stated)
    if listed is not None:
        return Work(listed.title, iswc or listed.iswc), wrong
    return Work("", iswc) if iswc is not None else None, wrong


def _duration(recording: Node) -> tuple[float | None, tuple[str, ...]]:
    try:
        return seconds_of(next(filter(None, (one.says("Duration") for one in scopes_of(recording))), "")), ()
    except ValueError as error:
        return None, (str(error),)
