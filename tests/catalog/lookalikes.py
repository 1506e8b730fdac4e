"""Small sources that look like the real ones, made anew by each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BY = "Available under a Creative Commons Attribution license: http://creativecommons.org/licenses/by/3.0/"
NC = "Available under a Creative Commons Attribution-Non-Commercial license: http://creativecommons.org/licenses/by-nc/2.5/"
ROWS = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS\n"
NAMES = "TRACK_ID\tARTIST_ID\tALBUM_ID\tTRACK_NAME\tARTIST_NAME\tALBUM_NAME\tRELEASEDATE\tURL\n"
TABLE = """id,file,title,artist,licence,holder
a1,one.mp3,"One, more",Ann,CC BY 4.0,Ann=1/2; Bob=1/2
a2,two.mp3,Two,Bob,,Bob
"""
OGG_HEAD = b"OggS" + bytes(10) + b"\1\0\0\0" + bytes(8)


def licence_record(number: int, licence: str = BY, title: str = "A Title") -> str:
    """Write a record of the licence list."""
    path = f"{number % 100:02}/{number}.mp3"
    return f"{path}\n{title} by An Artist from Jamendo: http://www.jamendo.com/track/{number}\n{licence}\n\n"


def track_row(number: int, *, artist: int = 20, duration: str = "211.1") -> str:
    """Write a row of a track list; its tags spill over."""
    facts = f"track_{number:07}\tartist_{artist:06}\talbum_000046\t{number % 100:02}/{number}.mp3\t{duration}"
    return f"{facts}\tgenre---rock\tmood/theme---happy\n"


def mtg_jamendo(folder: Path) -> Path:
    """Make a checkout: 214 and 215 licensed, 215 to 217 listed, 216 with a digest."""
    (folder / "data" / "splits" / "split-0").mkdir(parents=True)
    (folder / "data" / "download").mkdir()
    (folder / "audio_licenses.txt").write_text(licence_record(215, NC, "Stand by &quot;me&#039;") + licence_record(214))
    (folder / "data" / "autotagging.tsv").write_text(ROWS + track_row(217) + track_row(215))
    (folder / "data" / "splits" / "split-0" / "test.tsv").write_text(ROWS + track_row(216) + track_row(217))
    digests = f"{'ab' * 32} 16/216.mp3\n{'cd' * 32} 16/216.low.mp3\n"
    (folder / "data" / "download" / "mood_audio_sha256_tracks.txt").write_text(digests)
    (folder / "data" / "download" / "mood_melspecs_sha256_tracks.txt").write_text(f"{'ef' * 32} 16/216.npy\n")
    return folder


def fma(folder: Path) -> Path:
    """Make a `tracks.csv`, with a text over two lines and a field of many characters."""
    long = "x" * 200_000
    content = (
        ",album,album,artist,set,track,track,track,track\n"
        ",information,title,name,split,license,title,duration,composer\n"
        "track_id,,,,,,,,\n"
        f'2,"<p>{long}\nof it</p>",AWOL,Awol,training,Attribution-NonCommercial 3.0,Food,168,\n'
        "1300,,AWOL,Awol,training,,Electric Ave,237,Eddy\n"
    )
    (folder / "tracks.csv").write_text(content)
    return folder


def stable_audio(folder: Path) -> Path:
    """Make an attribution list of both kinds."""
    content = (
        "id,title,author,license,url\n"
        '4850,"Preludes, Book 2",Paul,cc0,https://freemusicarchive.org/music/Paul/x/\n'
        "77,Rain,Ann,ccby,https://freesound.org/people/Ann/sounds/77/\n"
    )
    (folder / "list.csv").write_text(content)
    return folder / "list.csv"


def csv_table(folder: Path) -> Path:
    """Make a table in CSV."""
    (folder / "list.csv").write_text(TABLE)
    return folder / "list.csv"


def tsv_table(folder: Path) -> Path:
    """Make a table with tabs, a quote that is never closed in it, and a byte-order mark."""
    (folder / "list.tsv").write_bytes(b'\xef\xbb\xbfpath\ttitle\tlicense\r\na.ogg\tThe 12" mix\tCC0\r\nb.ogg\tB\t\r\n')
    return folder / "list.tsv"


def jsonl_table(folder: Path) -> Path:
    """Make a table of objects, some with fields that others have not."""
    content = '{"path": "a.ogg", "duration": 12.5}\n\n{"path": "b.ogg", "license": "CC BY 4.0", "n": [1, null]}\n'
    (folder / "list.jsonl").write_text(content)
    return folder / "list.jsonl"


def parquet_table(folder: Path) -> Path:
    """Make a table in columns, one of them not for us."""
    columns = {"track_id": ["jamendo:1", "2"], "license": ["CC BY 4.0", None], "audio": [{"bytes": b"x"}, None]}
    parquet.write_table(pa.table(columns), folder / "list.parquet")
    return folder / "list.parquet"


def audio_folder(folder: Path) -> Path:
    """Make a folder with three files of audio, one of them tagged, and one file that is none."""
    (folder / "b").mkdir()
    comment = b"OpusTags" + b"\0\0\0\0" + b"\2\0\0\0" + b"\x0b\0\0\0LICENSE=CC0" + b"\x0b\0\0\0TITLE=Titre"
    (folder / "b" / "tagged.opus").write_bytes(OGG_HEAD + b"\1" + bytes([len(comment)]) + comment)
    (folder / "a.MP3").write_bytes(b"\xff\xfb sound")
    (folder / "b-side.wav").write_bytes(b"RIFF sound")
    (folder / "cover.jpg").write_bytes(b"picture")
    return folder


def ern_message(
    *recordings: str,
    parties: str = "",
    releases: str = "",
    deals: str = "",
    version: str = "43",
    message: str = "M1",
    sender: str = "PADPIDA0000000001X",
    created: str = "2026-01-02T03:04:05Z",
) -> str:
    """Write a NewReleaseMessage around parts of our own making."""
    made = f"<MessageCreatedDateTime>{created}</MessageCreatedDateTime>" if created else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/{version}">\n'
        f"<MessageHeader><MessageId>{message}</MessageId>\n"
        f"<MessageSender><PartyId>{sender}</PartyId></MessageSender>{made}</MessageHeader>\n"
        f"<PartyList>{parties}</PartyList>\n"
        f"<ResourceList>\n{''.join(recordings)}</ResourceList>\n"
        f"<ReleaseList>{releases}</ReleaseList>\n<DealList>{deals}</DealList>\n</ern:NewReleaseMessage>\n"
    )


def ern_recording(reference: str = "A1", isrc: str = "QZABC2600001", more: str = "", title: str = "Rain") -> str:
    """Write a SoundRecording as ERN 4.1 and 4.2 have it."""
    named = f"<ResourceId><ISRC>{isrc}</ISRC></ResourceId>" if isrc else ""
    return (
        f"<SoundRecording><ResourceReference>{reference}</ResourceReference>{named}"
        f"<DisplayTitleText>{title}</DisplayTitleText>{more}</SoundRecording>\n"
    )


def ddex_ern(folder: Path) -> Path:
    """Make a folder of two deliveries, the second of which says anew what the first said of one recording."""
    for name in ("one", "two"):
        (folder / name).mkdir()
    party = "<Party><PartyReference>PAnn</PartyReference><PartyName><FullName>Ann</FullName></PartyName></Party>"
    artist = "<DisplayArtist><ArtistPartyReference>PAnn</ArtistPartyReference></DisplayArtist>"
    line = "<PLine><PLineText>℗ 2026 Ann’s Label. All rights reserved.</PLineText></PLine>"
    first = ern_message(ern_recording(more=artist + line), ern_recording("A2", ""), parties=party)
    later = ern_message(ern_recording(title="Rain, again"), message="M2", created="2026-02-02T03:04:05Z")
    (folder / "one" / "one.xml").write_text(first, encoding="utf-8")
    (folder / "two" / "two.XML").write_text(later, encoding="utf-8")
    return folder


KINDS: dict[str, tuple[str, Callable[[Path], Path], dict[str, Any]]] = {
    "mtg-jamendo": ("mtg-jamendo", mtg_jamendo, {}),
    "fma": ("fma", fma, {}),
    "stable-audio": ("stable-audio", stable_audio, {}),
    "ddex-ern": ("ddex-ern", ddex_ern, {}),
    "csv": ("table", csv_table, {}),
    "tsv": ("table", tsv_table, {"name": "mine"}),
    "jsonl": ("table", jsonl_table, {"columns": {"title": "path"}}),
    "parquet": ("table", parquet_table, {"scheme": "jamendo"}),
    "audio-folder": ("audio-folder", audio_folder, {}),
}
