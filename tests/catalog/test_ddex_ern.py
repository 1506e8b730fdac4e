from __future__ import annotations

import os
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import COMMERCIAL, RATE_HZ, RESEARCH, THEN, clip, lines_of, piece
from licet.catalog import Entry, Holding, Identifier, Party, Problem, Right, Severity, Work, open_source
from licet.catalog.sources import ern_entry, ern_xml
from licet.catalog.sources.ern_facts import seconds_of
from licet.catalog.sources.ern_rights import reservation_of
from licet.catalog.sources.ern_xml import Node
from licet.errors import SourceError
from licet.terms import Stance, resolve
from licet.workspace import Workspace
from lookalikes import ern_message, ern_recording
from playing import write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator

ISRC = Identifier("isrc", "QZABC2600001")
ISNI = "0000000121032683"
ANN = Party("Ann", (Identifier("isni", ISNI),))
PARTIES = f"""
<Party><PartyReference>PAnn</PartyReference><PartyName><FullName>Ann</FullName></PartyName>
 <PartyId><ISNI>{ISNI}</ISNI><DPID>PADPIDA0000000002Y</DPID><IPN>1</IPN></PartyId></Party>
<Party><PartyReference>PBob</PartyReference><PartyName><FullName>Bob</FullName></PartyName>
 <PartyId><IpiNameNumber>00014107338</IpiNameNumber></PartyId></Party>
<Party><PartyReference>PLabel</PartyReference><PartyName><FullName>A Label</FullName></PartyName></Party>
"""
RESERVED = "<PLine><Year>2026</Year><PLineText>℗ 2026 A Label. All rights reserved.</PLineText></PLine>"
STREAMS = """
<ReleaseDeal><DealReleaseReference>R0</DealReleaseReference><Deal><DealTerms>
 <TerritoryCode>Worldwide</TerritoryCode><ValidityPeriod><StartDate>2026-01-01</StartDate></ValidityPeriod>
 <CommercialModelType>FreeOfChargeModel</CommercialModelType><UseType>PermanentDownload</UseType>
 <UseType Namespace="x" UserDefinedValue="GenerativeAITraining">UserDefined</UseType>
</DealTerms></Deal></ReleaseDeal>
"""


def told(path: Path) -> tuple[list[Entry], list[Problem]]:
    """Read a source: its entries and its problems."""
    items = list(open_source("ddex-ern", path).read())
    return [one for one in items if isinstance(one, Entry)], [one for one in items if isinstance(one, Problem)]


def read(folder: Path, message: str, name: str = "message.xml") -> tuple[list[Entry], list[Problem]]:
    """Read one message."""
    (folder / name).write_text(message, encoding="utf-8")
    return told(folder / name)


def only(folder: Path, message: str) -> Entry:
    """Read the one recording of a message that has nothing wrong with it."""
    (entry,), problems = read(folder, message)
    assert problems == []
    return entry


def controller(party: str, share: str = "", role: str = "RightsController", name: str = "Resource") -> str:
    """Write a rights controller of ERN 4."""
    stated = f"<RightSharePercentage>{share}</RightSharePercentage>" if share else ""
    return (
        f"<{name}RightsController><RightsControllerPartyReference>{party}</RightsControllerPartyReference>"
        f"<RightsControlType>{role}</RightsControlType>{stated}</{name}RightsController>"
    )


def release(reference: str, title: str, icpn: str, *resources: str) -> str:
    """Write a release of ERN 4 whose resources lie in groups."""
    items = "".join(
        f"<ResourceGroupContentItem><ReleaseResourceReference>{one}</ReleaseResourceReference></ResourceGroupContentItem>"
        for one in resources
    )
    return (
        f"<Release><ReleaseReference>{reference}</ReleaseReference><ReleaseType>Album</ReleaseType>"
        f"<ReleaseId><GRid>A10302B0000000001F</GRid><ICPN>{icpn}</ICPN></ReleaseId>"
        f"<DisplayTitleText>{title}</DisplayTitleText>"
        f"<ResourceGroup><ResourceGroup>{items}</ResourceGroup></ResourceGroup></Release>"
    )


FACTS = (
    "<WorkId><ISWC>T-034.524.680-1</ISWC></WorkId>"
    "<DisplayArtistName>ANN (as shown elsewhere)</DisplayArtistName>"
    '<DisplayArtistName IsDefault="true">Ann</DisplayArtistName>'
    "<Contributor><ContributorPartyReference>PBob</ContributorPartyReference><Role>Composer</Role></Contributor>"
    "<Contributor><ContributorPartyReference>PAnn</ContributorPartyReference><Role>Vocalist</Role></Contributor>"
    + controller("PLabel", "100")
    + controller("PBob", "50", name="Work")
    + "<Duration>PT3M20.5S</Duration>"
)
EDITION = (
    "<SoundRecordingEdition><ResourceId><ISRC>QZ-ABC-26-00001</ISRC></ResourceId>"
    f"{RESERVED}<TechnicalDetails><DeliveryFile><File><URI>resources/rain.flac</URI><HashSum>"
    f"<Algorithm>MD5</Algorithm><HashSumValue>{'ab' * 16}</HashSumValue></HashSum></File></DeliveryFile>"
    "</TechnicalDetails></SoundRecordingEdition>"
)
FILE = (
    "<TechnicalDetails><File><URI>resources/rain.flac</URI><HashSum><Algorithm>MD5</Algorithm>"
    f"<HashSumValue>{'ab' * 16}</HashSumValue></HashSum></File></TechnicalDetails>"
)
ALBUM = release("R0", "Weather", "4006381333931", "A1", "A2")


@pytest.mark.parametrize("version", ["41", "411", "42", "43", "431", "432", "99", "wrong"])
def test_every_version_of_ern_4_is_read(version: str, tmp_path: Path) -> None:
    """What a message states of a recording is found where its version puts it, under whatever namespace."""
    edition = version in {"43", "431", "432"}
    recording = ern_recording(isrc="", more=FACTS + EDITION) if edition else ern_recording(more=FACTS + RESERVED + FILE)
    entry = only(tmp_path, ern_message(recording, parties=PARTIES, releases=ALBUM, deals=STREAMS, version=version))
    assert (entry.key, entry.title, entry.artist, entry.album) == (ISRC, "Rain", "Ann", "Weather")
    assert (entry.duration_s, entry.path, entry.licence) == (200.5, "resources/rain.flac", "All rights reserved")
    assert entry.identifiers == (Identifier("ean", "4006381333931"), Identifier("md5", "ab" * 16))
    assert entry.work == Work("", Identifier("iswc", "T0345246801"))
    bob = Party("Bob", (Identifier("ipi", "00014107338"),))
    assert set(entry.holdings) == {
        Holding(Party("A Label"), Right.RECORDING, "RightsController", Fraction(1)),
        Holding(Party("A Label"), Right.RECORDING, "holder (P-line)"),
        Holding(bob, Right.WORK, "RightsController", Fraction(1, 2)),
        Holding(bob, Right.WORK, "Composer"),
    }


ERN_38 = f"""<?xml version="1.0"?>
<e:NewReleaseMessage xmlns:e="http://ddex.net/xml/ern/382" MessageSchemaVersionId="ern/382">
<MessageHeader><MessageId>M38</MessageId><MessageSender><PartyId>PADPIDA0000000001X</PartyId></MessageSender>
<MessageCreatedDateTime>2019-01-02T03:04:05</MessageCreatedDateTime></MessageHeader>
<UpdateIndicator>UpdateMessage</UpdateIndicator>
<WorkList><MusicalWork><MusicalWorkId><ISWC>T-034.524.680-1</ISWC></MusicalWorkId>
 <MusicalWorkReference>W1</MusicalWorkReference>
 <ReferenceTitle><TitleText>Il pleut</TitleText></ReferenceTitle></MusicalWork></WorkList>
<ResourceList><SoundRecording>
 <SoundRecordingId IsReplaced="true"><ISRC>QZABC1900009</ISRC></SoundRecordingId>
 <SoundRecordingId><ISRC>QZABC2600001</ISRC></SoundRecordingId>
 <ResourceReference>A1</ResourceReference>
 <ReferenceTitle><TitleText>Rain</TitleText><SubTitle>Live</SubTitle></ReferenceTitle><Duration>PT1H</Duration>
 <ResourceMusicalWorkReferenceList><ResourceMusicalWorkReference>
  <ResourceMusicalWorkReference>W1</ResourceMusicalWorkReference></ResourceMusicalWorkReference>
 </ResourceMusicalWorkReferenceList>
 <SoundRecordingDetailsByTerritory><TerritoryCode>Worldwide</TerritoryCode>
  <DisplayArtist><PartyName><FullName>Ann</FullName></PartyName><PartyId IsISNI="true">{ISNI}</PartyId></DisplayArtist>
  <IndirectResourceContributor><PartyName><FullName>Bob</FullName></PartyName>
   <IndirectResourceContributorRole>Lyricist</IndirectResourceContributorRole></IndirectResourceContributor>
  <RightsController><PartyName><FullName>Ann</FullName></PartyName><PartyId IsISNI="true">{ISNI}</PartyId>
   <RightsControllerRole>RightsController</RightsControllerRole>
   <RightSharePercentage HasMaxValueOfOne="true">0.25</RightSharePercentage></RightsController>
  <TechnicalSoundRecordingDetails><IsPreview>false</IsPreview><File><FileName>rain.wav</FileName>
   <FilePath>resources/</FilePath><HashSum><HashSum>{"cd" * 32}</HashSum>
   <HashSumAlgorithmType>SHA-256</HashSumAlgorithmType></HashSum></File></TechnicalSoundRecordingDetails>
 </SoundRecordingDetailsByTerritory></SoundRecording></ResourceList>
<ReleaseList>
 <Release><ReleaseId><ISRC>QZABC2600001</ISRC></ReleaseId><ReferenceTitle><TitleText>Rain</TitleText></ReferenceTitle>
  <ReleaseResourceReferenceList><ReleaseResourceReference>A1</ReleaseResourceReference></ReleaseResourceReferenceList>
  <ReleaseType>TrackRelease</ReleaseType></Release>
 <Release><ReleaseId><ICPN IsEan="true">04006381333931</ICPN></ReleaseId>
  <ReferenceTitle><TitleText>Weather</TitleText></ReferenceTitle>
  <ReleaseResourceReferenceList><ReleaseResourceReference>A1</ReleaseResourceReference></ReleaseResourceReferenceList>
  <ReleaseType>Album</ReleaseType></Release>
</ReleaseList></e:NewReleaseMessage>
"""


def test_ern_3_8_is_read_too(tmp_path: Path) -> None:
    """There, parties stand on the spot, facts by territory, works in a list, and a track has a release of its own."""
    entry = only(tmp_path, ERN_38)
    assert (entry.key, entry.title, entry.artist, entry.album) == (ISRC, "Rain (Live)", "Ann", "Weather")
    assert (entry.duration_s, entry.path, entry.licence) == (3600, "resources/rain.wav", None)
    assert entry.work == Work("Il pleut", Identifier("iswc", "T0345246801"))
    assert list(map(str, entry.identifiers)) == ["isrc:QZABC1900009", "ean:4006381333931", "sha256:" + "cd" * 32]
    assert entry.holdings == (
        Holding(ANN, Right.RECORDING, "RightsController", Fraction(1, 4)),
        Holding(Party("Bob"), Right.WORK, "Lyricist"),
    )


def test_the_evidence_is_the_very_element(tmp_path: Path) -> None:
    """The span of a recording holds its SoundRecording, from the first byte to the last, and nothing else."""
    entry = only(tmp_path, ern_message(ern_recording(title="Träd"), parties=PARTIES))
    content = (tmp_path / "message.xml").read_bytes()[entry.span.start :][: entry.span.length]
    assert content == ern_recording(title="Träd").strip().encode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_evidence_is_found_in_other_encodings(encoding: str, tmp_path: Path) -> None:
    """The span is counted in the bytes of the file, whatever they stand for."""
    message = ern_message(ern_recording(title="Träd")).replace("UTF-8", encoding.removesuffix("-sig"))
    (tmp_path / "m.xml").write_bytes(message.encode(encoding))
    (entry,), problems = told(tmp_path / "m.xml")
    assert problems == []
    content = (tmp_path / "m.xml").read_bytes()[entry.span.start :][: entry.span.length]
    plain = "utf-16-le" if encoding == "utf-16" else encoding.removesuffix("-sig")
    assert content.decode(plain) == ern_recording(title="Träd").strip()


def test_order_does_not_matter(tmp_path: Path) -> None:
    """Parties, releases and header may follow what refers to them."""
    message = ern_message(ern_recording(isrc="", more=FACTS), parties=PARTIES, releases=ALBUM)
    head, rest = message.split("<ern:NewReleaseMessage", 1)
    opening, rest = rest.split(">\n", 1)
    parts, ending = rest.split("<ResourceList>")[0], "</ern:NewReleaseMessage>\n"
    others = rest.removeprefix(parts).removesuffix(ending)
    mixed = f"{head}<ern:NewReleaseMessage{opening}>\n{others}{parts}{ending}"
    (mine, _), (theirs, _) = read(tmp_path, message), read(tmp_path, mixed)
    spanless = [(one.key, one.album, one.artist, one.holdings) for one in (*mine, *theirs)]
    assert spanless[0] == spanless[1]
    assert spanless[0][:2] == (Identifier("local", "PADPIDA0000000001X/M1/A1"), "Weather")


def test_a_reference_to_nobody_is_a_doubt(tmp_path: Path) -> None:
    """A holder who is not in the list of parties is reported, and the recording is kept."""
    artist = "<DisplayArtist><ArtistPartyReference>PNo</ArtistPartyReference></DisplayArtist>"
    more = controller("PNobody") + "<ResourceRightsController/>" + artist
    (entry,), problems = read(tmp_path, ern_message(ern_recording(more=more), parties=PARTIES))
    assert entry.holdings == ()
    assert entry.artist == ""
    assert [one.severity for one in problems] == [Severity.DOUBT] * 3
    assert "'PNobody'" in problems[0].says
    assert problems[0].where == "message.xml:13"


def test_display_artists_are_named_by_the_list_of_parties(tmp_path: Path) -> None:
    """Without a name for display, the display artists' own names stand, in their order."""
    artists = "".join(
        f"<DisplayArtist><ArtistPartyReference>{one}</ArtistPartyReference></DisplayArtist>" for one in ("PBob", "PAnn")
    )
    assert only(tmp_path, ern_message(ern_recording(more=artists), parties=PARTIES)).artist == "Bob, Ann"


def test_a_party_may_be_known_by_an_identifier_alone(tmp_path: Path) -> None:
    """It goes by that, as ERN 3.8 allows."""
    more = "<RightsController><PartyId>PADPIDA0000000009Z</PartyId></RightsController>"
    (held,) = only(tmp_path, ern_message(ern_recording(more=more))).holdings
    assert held == Holding(Party("PADPIDA0000000009Z"), Right.RECORDING, "RightsController")


def test_a_contributor_who_is_nobody_is_a_doubt(tmp_path: Path) -> None:
    """A writer may be missing from the list of parties; a role may be the sender's own word, or stand deeper."""
    more = (
        "<Contributor><ContributorPartyReference>PNo</ContributorPartyReference><Role>Composer</Role></Contributor>"
        "<Contributor><ContributorPartyReference>PBob</ContributorPartyReference>"
        '<Role UserDefinedValue="Songwriter">UserDefined</Role><Role><Value>Lyricist</Value></Role></Contributor>'
    )
    (entry,), problems = read(tmp_path, ern_message(ern_recording(more=more), parties=PARTIES))
    assert [one.role for one in entry.holdings] == ["Songwriter", "Lyricist"]
    assert [one.says for one in problems] == ["Contributor refers to 'PNo', which is no party"]


SHOWN = "<DisplayTitleText>A</DisplayTitleText>"
PARTS = "<DisplayTitle><TitleText>A</TitleText><SubTitle>Live</SubTitle></DisplayTitle>"
BLANK = "<DisplayTitle><TitleText/></DisplayTitle>"
TITLES = {
    "the default": (SHOWN + SHOWN.replace("Text>A", 'Text IsDefault="true">B'), "B"),
    "in parts": (PARTS, "A (Live)"),
    "empty": (BLANK + PARTS.replace("Display", "Reference"), "A (Live)"),
    "none": ("", ""),
}


@pytest.mark.parametrize(("stated", "title"), TITLES.values(), ids=TITLES)
def test_titles(stated: str, title: str, tmp_path: Path) -> None:
    """The title for display is taken, and the default where there are several."""
    recording = ern_recording().replace("<DisplayTitleText>Rain</DisplayTitleText>", stated)
    assert only(tmp_path, ern_message(recording)).title == title


def test_a_digest_that_is_none_is_passed_over(tmp_path: Path) -> None:
    """Senders write digests in many ways; those that we do not know name nothing."""
    sums = "".join(
        f"<HashSum><Algorithm>{name}</Algorithm><HashSumValue>{value}</HashSumValue></HashSum>"
        for name, value in (("MD5", "q83vEg=="), ("CRC32", "abcd"), ("SHA256", "AB" * 32))
    )
    file = f"<TechnicalDetails><File><URI>a.wav</URI>{sums}</File></TechnicalDetails>"
    assert only(tmp_path, ern_message(ern_recording(more=file))).identifiers == (Identifier("sha256", "ab" * 32),)


def test_a_recording_on_several_releases_has_the_names_of_all(tmp_path: Path) -> None:
    """The first release is its album, and all their barcodes lead to it."""
    releases = release("R0", "Weather", "4006381333931", "A1") + release("R1", "Best of", "036000291452", "A1")
    entry = only(tmp_path, ern_message(ern_recording(), releases=releases))
    assert entry.album == "Weather"
    assert list(map(str, entry.identifiers)) == ["ean:4006381333931", "ean:0036000291452"]


def test_a_recording_without_isrc_goes_by_message_and_reference(tmp_path: Path) -> None:
    """One whose ISRC is none does likewise, and a problem says so."""
    message = ern_message(ern_recording(isrc=""), ern_recording("A2", "WRONG"))
    entries, problems = read(tmp_path, message)
    assert [str(one.key) for one in entries] == [f"local:PADPIDA0000000001X/M1/A{number}" for number in (1, 2)]
    assert [(one.where, one.severity) for one in problems] == [("message.xml:8", Severity.DOUBT)]


def test_a_recording_with_no_name_at_all_is_lost(tmp_path: Path) -> None:
    """It costs only itself."""
    entries, problems = read(tmp_path, ern_message(ern_recording("", ""), ern_recording()))
    assert [one.key for one in entries] == [ISRC]
    assert [(one.where, one.severity) for one in problems] == [("message.xml:7", Severity.LOST)]


def test_of_two_with_one_isrc_the_one_that_reserves_stands(tmp_path: Path) -> None:
    """Within a message nothing that somebody reserves is lost; else the first stands. Both are reported."""
    message = ern_message(
        ern_recording(),
        ern_recording("A2", title="Reserved", more=RESERVED),
        ern_recording("A3", "QZABC2600002", title="First"),
        ern_recording("A4", "QZABC2600002", title="Second"),
    )
    entries, problems = read(tmp_path, message)
    assert [(one.title, one.licence) for one in entries] == [("Reserved", "All rights reserved"), ("First", None)]
    assert [one.where for one in problems] == ["message.xml:8", "message.xml:10"]


SHARES = {
    "less than the whole": (("30", "30"), [Fraction(3, 10)] * 2, 0),
    "more than the whole": (("80", "70"), [Fraction(4, 5), Fraction(7, 10)], 1),
    "unknown": (("", ""), [None, None], 0),
    "a third": (("33.333333", "66.666667"), [Fraction(33333333, 10**8), Fraction(66666667, 10**8)], 0),
    "no number": (("half", "101"), [None, None], 2),
}


@pytest.mark.parametrize(("shares", "kept", "doubts"), SHARES.values(), ids=SHARES)
def test_shares_are_kept_as_stated(
    shares: tuple[str, str], kept: list[Fraction | None], doubts: int, tmp_path: Path
) -> None:
    """They are read in hundredths, and are not made to sum to one; what is no share is left out and reported."""
    more = controller("PAnn", shares[0]) + controller("PBob", shares[1])
    (entry,), problems = read(tmp_path, ern_message(ern_recording(more=more), parties=PARTIES))
    assert [one.share for one in entry.holdings] == kept
    assert len(problems) == doubts


def test_what_does_not_add_up_is_reported_and_left_out(tmp_path: Path) -> None:
    """A bad duration, barcode, work code, party code or a second work costs itself alone."""
    more = "<Duration>3:20</Duration><WorkId><ISWC>T1</ISWC><ISWC>T0345246801</ISWC><ISWC>T0000000010</ISWC></WorkId>"
    party = "<Party><PartyReference>P</PartyReference><PartyId><ISNI>1</ISNI></PartyId></Party>"
    message = ern_message(ern_recording(more=more), parties=party, releases=release("R0", "W", "123", "A1"))
    (entry,), problems = read(tmp_path, message)
    assert (entry.duration_s, entry.identifiers) == (None, ())
    assert entry.work == Work("", Identifier("iswc", "T0345246801"))
    assert len(problems) == 5
    assert {one.severity for one in problems} == {Severity.DOUBT}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT4M23.583S", 263.583), ("PT1H", 3600), ("P1DT1S", 86401), ("PT0S", 0), ("", None)],
)
def test_durations(text: str, seconds: float | None) -> None:
    """Hours, minutes and seconds count, and so do days."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["P", "PT", "P1Y", "3:20", "PT-1S", "PT1S1M", "PT" + "9" * 40 + "S"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """Years and months have no fixed length."""
    with pytest.raises(ValueError, match="no duration"):
        seconds_of(text)


# What P-lines say -----------------------------------------------------------------------------------------------------


def with_line(text: str) -> Node:
    """Return a recording with a P-line."""
    line = Node("PLine", {}, "", (Node("PLineText", {}, text, ()),))
    return Node("SoundRecording", {}, "", (line,))


LINES = {
    "℗ 2026 A Label. All rights reserved.": ("All rights reserved", Stance.RESERVED),
    "℗ 2026 Ein Verlag. Alle Rechte vorbehalten": ("Alle Rechte vorbehalten", Stance.RESERVED),
    "℗ 2026 A Label. No AI training.": ("No AI training", Stance.RESERVED),
    "℗ 2026 Ann under exclusive license to B. All Rights Reserved": ("All Rights Reserved", Stance.RESERVED),
    "℗ 2026 A Label, no AI": ("no AI", Stance.RESERVED),
    "℗ 2026 A Label. Not for use in machine learning": ("Not for use in machine learning", Stance.RESERVED),
    "℗ 2026 A Label. No text and data mining, please": ("No text and data mining", Stance.RESERVED),
    "℗ 2026 A Label. There is no AI in this song": (None, Stance.SILENT),
    "℗ 2026 A Label": (None, Stance.SILENT),
    "℗ 2026 Ann. Some rights reserved. CC BY 4.0": (None, Stance.SILENT),
    "Not all rights reserved: CC0": (None, Stance.SILENT),
    "http://creativecommons.org/licenses/by/4.0/": (None, Stance.SILENT),
}


@pytest.mark.parametrize(("line", "comes_to"), LINES.items(), ids=LINES)
def test_a_p_line_reserves_and_never_permits(line: str, comes_to: tuple[str | None, Stance]) -> None:
    """Words that reserve are quoted; what a line says of licences is passed over."""
    quoted = reservation_of(with_line(line))
    assert (quoted, resolve(quoted or "").stance) == comes_to


WORDS = ("℗ 2026 Ann", "All rights reserved", "no AI training", "CC BY 4.0", "CC0", "free", "public domain", ". ", " ")


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=8))
def test_no_p_line_at_all_comes_to_a_licence(parts: list[str]) -> None:
    """Whatever words stand together, what is quoted of them offers no licence."""
    assert not resolve(reservation_of(with_line("".join(parts))) or "").offers


CLAIMS = {
    "℗ 2026 A Label": "A Label",
    "(P) 1994, 2026 A Label Inc.": "A Label Inc",
    "2026 A Label, a Big Company": "A Label, a Big Company",
    "℗ 2026 A Label. All rights reserved.": "A Label",
    "℗ 2026 Ann under exclusive license to B": None,
    "℗ 2026": None,
    "x" * 400: None,
    "2026" + " " * 1_000_000 + "x": None,
}


@pytest.mark.parametrize(("line", "name"), CLAIMS.items(), ids=lambda value: str(value)[:40])
def test_a_p_line_names_who_claims_the_recording(line: str, name: str | None, tmp_path: Path) -> None:
    """A line that says more than a name names nobody: no party is made up from prose."""
    more = f"<PLine><PLineText>{line}</PLineText></PLine>"
    holdings = only(tmp_path, ern_message(ern_recording(more=more))).holdings
    assert [one.party.name for one in holdings] == ([name] if name else [])


# Hostile and broken messages ------------------------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><NewReleaseMessage>&c;</NewReleaseMessage>'
)
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><NewReleaseMessage>&a;</NewReleaseMessage>'
SCHEMA = '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><NewReleaseMessage/>'
REFUSED = {
    "billion laughs": LAUGHS,
    "external entity": OUTSIDE,
    "external schema": SCHEMA,
    "no XML": "a,b\n1,2\n",
    "empty": "",
    "another message": '<m:ManifestMessage xmlns:m="x"/>',
    "a web page": "<html><body/></html>",
    "cut in the first tag": "<ern:NewRel",
}


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_what_is_no_message_is_refused(message: str, tmp_path: Path) -> None:
    """The error names the file and says what to give instead."""
    (tmp_path / "m.xml").write_text(message)
    with pytest.raises(SourceError) as refusal:
        open_source("ddex-ern", tmp_path / "m.xml").files()
    assert "m.xml" in refusal.value.message
    assert refusal.value.mend


@pytest.mark.parametrize("message", REFUSED.values(), ids=REFUSED)
def test_in_a_folder_it_is_a_problem(message: str, tmp_path: Path) -> None:
    """One bad file costs the others nothing."""
    (tmp_path / "bad.xml").write_text(message)
    (entry,), (problem,) = read(tmp_path, ern_message(ern_recording()), "good.xml")[0], told(tmp_path)[1]
    assert told(tmp_path)[0] == [entry]
    assert problem.where.startswith("bad.xml:")


def test_deep_nesting_ends_the_reading(tmp_path: Path) -> None:
    """What was complete before it is kept."""
    deep = "<a>" * 100_000 + "</a>" * 100_000
    entries, (problem,) = read(tmp_path, ern_message(ern_recording(), ern_recording("A2", "QZABC2600002", more=deep)))
    assert [one.key for one in entries] == [ISRC]
    assert "nested" in problem.says
    assert (problem.where, problem.severity) == ("message.xml:8", Severity.LOST)


@pytest.mark.untraced
@pytest.mark.parametrize("where", ["title", "attribute", "comment", "elements"])
def test_ten_megabytes_in_one_recording_cost_it_alone(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too much text or too many elements lose the recording; one token too long to hold ends the reading."""
    monkeypatch.setattr(ern_xml, "HEAVIEST", 1 << 20)
    much = "x" * 10_000_000
    parts = {
        "title": f"<Duration>{much}</Duration>",
        "attribute": f'<a b="{much}"/>',
        "comment": f"<!--{much}-->",
        "elements": "<a/>" * 20_000,
    }
    message = ern_message(ern_recording(), ern_recording("A2", "QZABC2600002", parts[where]), ern_recording("A3", ""))
    (tmp_path / "m.xml").write_text(message)
    tracemalloc.start()
    entries, problems = told(tmp_path / "m.xml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000
    assert entries[0].key == ISRC
    assert len(entries) == (2 if where in {"title", "elements"} else 1)
    assert [(one.where, one.severity) for one in problems] == [("m.xml:8", Severity.LOST)]


def test_a_recording_of_too_many_bytes_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments are not held, but evidence is: there is a bound to its bytes too."""
    monkeypatch.setattr(ern_xml, "LONGEST", 1_000)
    more = "<!-- again and again -->" * 100
    entries, problems = read(tmp_path, ern_message(ern_recording(more=more), ern_recording("A2", "QZABC2600002")))
    assert [str(one.key) for one in entries] == ["isrc:QZABC2600002"]
    assert [one.where for one in problems] == ["message.xml:7"]


@pytest.mark.untraced
def test_a_long_message_is_read_in_little_memory(tmp_path: Path) -> None:
    """Deals and whatever else is not asked for leave nothing behind."""
    (tmp_path / "m.xml").write_text(ern_message(ern_recording(), deals=STREAMS * 9_000))
    tracemalloc.start()
    entries, _ = told(tmp_path / "m.xml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entries) == 1
    assert peak < 3_000_000 < (tmp_path / "m.xml").stat().st_size


def test_more_references_than_there_is_room_for_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is passed over: the recordings are read without it."""
    monkeypatch.setattr(ern_entry, "MOST_REFERRED", 2)
    (entry,), problems = read(tmp_path, ern_message(ern_recording(), parties=PARTIES, releases=ALBUM))
    assert entry.album == ""
    assert len(problems) == 1
    assert "passed over" in problems[0].says


def test_a_release_too_large_to_be_held_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its recordings are read without it."""
    monkeypatch.setattr(ern_xml, "HEAVIEST", 10_000)
    huge = release("R0", "Weather" * 10_000, "4006381333931", "A1")
    (entry,), problems = read(tmp_path, ern_message(ern_recording(), releases=huge))
    assert (entry.album, entry.identifiers) == ("", ())
    assert [one.where for one in problems] == ["message.xml:9"]


def test_an_end_tag_too_long_to_find_loses_the_recording(tmp_path: Path) -> None:
    """Its evidence could not be told."""
    message = ern_message(ern_recording().replace("</SoundRecording>", f"</SoundRecording{' ' * 5_000}>"))
    assert read(tmp_path, message)[0] == []


def test_a_message_that_is_cut_off_keeps_what_was_whole(tmp_path: Path) -> None:
    """The recordings before the cut are read, and a problem names the line of the cut."""
    whole = ern_message(ern_recording(), ern_recording("A2", "QZABC2600002"))
    entries, problems = read(tmp_path, whole[: whole.index("QZABC2600002")])
    assert [one.key for one in entries] == [ISRC]
    assert [(one.where, one.severity) for one in problems] == [("message.xml:8", Severity.LOST)]


def test_any_cut_is_survived(tmp_path: Path) -> None:
    """Wherever a message ends, reading gives entries, problems or a refusal, and nothing else."""
    whole = ern_message(ern_recording(more=FACTS + EDITION), parties=PARTIES, releases=ALBUM).encode()
    for length in range(0, len(whole), 37):
        (tmp_path / "m.xml").write_bytes(whole[:length])
        try:
            entries, problems = told(tmp_path / "m.xml")
        except SourceError:
            continue
        assert problems
        assert len(entries) <= 1


@pytest.mark.parametrize("created", ["", "yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_any_date_is_survived(created: str, tmp_path: Path) -> None:
    """A message that does not say when it was made is read, and reported."""
    entries, problems = read(tmp_path, ern_message(ern_recording(), created=created))
    assert len(entries) == 1
    assert len(problems) == (created in {"", "yesterday"})


def test_paths_that_lead_elsewhere_are_not_taken(tmp_path: Path) -> None:
    """Audio lies below the message; a preview is not the recording."""
    places = ["../x.wav", "/etc/passwd", "http://example.org/x.wav", "a/../../x.wav", ""]
    files = "".join(f"<TechnicalDetails><File><URI>{one}</URI></File></TechnicalDetails>" for one in places)
    preview = "<TechnicalDetails><IsPreview>true</IsPreview><File><URI>p.wav</URI></File></TechnicalDetails>"
    assert only(tmp_path, ern_message(ern_recording(more=files + preview))).path is None


# Folders --------------------------------------------------------------------------------------------------------------


def folder_of(folder: Path, *messages: str) -> Path:
    """Write messages into a folder, each in a delivery of its own."""
    for number, message in enumerate(messages):
        (folder / f"d{number}").mkdir(exist_ok=True)
        (folder / f"d{number}" / "m.xml").write_text(message, encoding="utf-8")
    return folder


OLD = ern_message(ern_recording(title="Old", more=RESERVED), ern_recording("A2", "QZABC2600002"))
NEW = ern_message(ern_recording(title="New", more=FILE), message="M2", created="2026-01-02T04:04:05+00:30")


@pytest.mark.parametrize("messages", [(OLD, NEW), (NEW, OLD)], ids=["in order", "the later first"])
def test_a_senders_last_statement_stands(messages: tuple[str, str], tmp_path: Path) -> None:
    """What a message made later says of a recording replaces what the same sender said; the rest remains."""
    entries, problems = told(folder_of(tmp_path, *messages))
    assert {(one.title, one.licence) for one in entries} == {("New", None), ("Rain", None)}
    assert problems == []
    number = messages.index(NEW)
    assert [one.path for one in entries if one.key == ISRC] == [f"d{number}/resources/rain.flac"]


def test_at_one_time_the_statement_that_reserves_stands(tmp_path: Path) -> None:
    """Two messages of one moment do not take a reservation back."""
    entries, _ = told(folder_of(tmp_path, ern_message(ern_recording(more=RESERVED)), ern_message(ern_recording())))
    assert [one.licence for one in entries] == ["All rights reserved"]


def test_another_senders_silence_takes_nothing_back(tmp_path: Path) -> None:
    """Of several senders, one that reserves stands, however late another is silent; that they differ is reported."""
    later = ern_message(ern_recording(title="Theirs"), sender="PADPIDA0000000003Z", created="2026-09-09T00:00:00Z")
    (entry, _), (problem,) = told(folder_of(tmp_path, OLD, later))
    assert (entry.title, entry.licence) == ("Old", "All rights reserved")
    assert "2 senders" in problem.says
    assert problem.severity is Severity.DOUBT


def test_a_message_without_a_date_has_no_last_word(tmp_path: Path) -> None:
    """It comes before what its sender dated."""
    undated = ern_message(ern_recording(title="Undated"), created="")
    entries, problems = told(folder_of(tmp_path, OLD, undated))
    assert next(one.title for one in entries if one.key == ISRC) == "Old"
    assert [one.where for one in problems] == ["d1/m.xml:1"]


def test_who_a_message_is_sent_for_speaks_in_it(tmp_path: Path) -> None:
    """Two distributors of one label are one voice."""
    behalf = "<SentOnBehalfOf><PartyId>PADPIDA0000000007L</PartyId></SentOnBehalfOf></MessageHeader>"
    later = NEW.replace("PADPIDA0000000001X", "PADPIDA0000000003Z")
    both = (one.replace("</MessageHeader>", behalf) for one in (OLD, later))
    entries, problems = told(folder_of(tmp_path, *both))
    assert next(one.title for one in entries if one.key == ISRC) == "New"
    assert problems == []


def test_a_takedown_leaves_the_recording_on_record(tmp_path: Path) -> None:
    """It is somebody's still, and it was never permitted."""
    deals = "<ReleaseDeal><Deal><DealTerms><TakeDown>true</TakeDown></DealTerms></Deal></ReleaseDeal>"
    down = ern_message(ern_recording(title="Down", more=RESERVED), deals=deals, created="2026-08-01T00:00:00Z")
    entries, _ = told(folder_of(tmp_path, OLD, down))
    assert next((one.title, one.licence) for one in entries if one.key == ISRC) == ("Down", "All rights reserved")


def test_a_test_message_states_nothing(tmp_path: Path) -> None:
    """It is passed over, and reported."""
    control = "<MessageControlType>TestMessage</MessageControlType></MessageHeader>"
    entries, problems = read(tmp_path, ern_message(ern_recording()).replace("</MessageHeader>", control))
    assert entries == []
    assert "test message" in problems[0].says


def test_what_else_lies_in_a_folder_is_passed_over_or_reported(tmp_path: Path) -> None:
    """Other files are nothing to it; links, pipes and manifests are reported."""
    folder_of(tmp_path, ern_message(ern_recording()))
    (tmp_path / "cover.jpg").write_bytes(b"picture")
    (tmp_path / "manifest.xml").write_text("<ManifestMessage/>")
    (tmp_path / "link.xml").symlink_to(tmp_path / "d0" / "m.xml")
    (tmp_path / "away").symlink_to(tmp_path / "d0")
    os.mkfifo(tmp_path / "pipe.xml")
    entries, problems = told(tmp_path)
    assert len(entries) == 1
    assert [one.where for one in problems] == ["link.xml", "manifest.xml:1", "pipe.xml"]


def test_what_cannot_be_read_in_a_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be opened costs the others nothing."""
    folder_of(tmp_path, OLD, NEW)
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name == "d1":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    entries, problems = told(tmp_path)
    assert len(entries) == 2
    assert [(one.where, one.says) for one in problems] == [("d1", "it cannot be read: Permission denied")]


def test_a_place_that_cannot_be_looked_at_is_refused() -> None:
    """A name too long for the system is no message."""
    with pytest.raises(SourceError):
        open_source("ddex-ern", Path("x" * 5_000)).files()


def test_a_folder_without_messages_is_refused(tmp_path: Path) -> None:
    """There is nothing to put on record."""
    (tmp_path / "manifest.xml").write_text("<ManifestMessage/>")
    with pytest.raises(SourceError, match="holds no ERN message"):
        open_source("ddex-ern", tmp_path).files()


# Clearance ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["", RESERVED, "<PLine><PLineText>℗ 2026 Ann. CC0</PLineText></PLine>"])
def test_a_deal_never_permits_training(line: str, tmp_path: Path) -> None:
    """A recording that only an ERN message speaks of, with deals for every use, is not permitted for any training."""
    delivery = tmp_path / "delivery"
    (delivery / "resources").mkdir(parents=True)
    write_wav(delivery / "resources" / "rain.flac", piece(1), RATE_HZ)
    delegated = (
        "<ResourceRightsController><RightsControllerPartyReference>PLabel</RightsControllerPartyReference>"
        '<DelegatedUsageRights><UseType UserDefinedValue="DataMining">UserDefined</UseType>'
        "<TerritoryOfRightsDelegation>Worldwide</TerritoryOfRightsDelegation></DelegatedUsageRights></ResourceRightsController>"
    )
    file = "<TechnicalDetails><File><URI>resources/rain.flac</URI></File></TechnicalDetails>"
    recording = ern_recording(more=line + delegated + file, title="CC0")
    message = ern_message(recording, parties=PARTIES, releases=ALBUM, deals=STREAMS)
    (delivery / "message.xml").write_text(message, encoding="utf-8")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_wav(corpus / "copy.wav", clip(1), RATE_HZ)
    with Workspace.init(tmp_path / "workspace") as workspace:
        added = workspace.add("ddex-ern", delivery, captured_at=THEN, audio=delivery, workers=1)
        assert added.sounds.registered == 1
        for number, use in enumerate((COMMERCIAL, RESEARCH)):
            workspace.clear(corpus, use, accepts=["attribution", "notice"], out=tmp_path / f"out{number}", workers=1)
            found = lines_of(tmp_path / f"out{number}")["copy.wav"]
            assert found.recordings == (str(ISRC),)
            outcomes = {found.verdict, *(one.verdict for one in found.readings)}
            assert outcomes == ({"refused"} if line == RESERVED else {"unknown"})
