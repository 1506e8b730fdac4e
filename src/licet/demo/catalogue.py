"""Who made the pieces and what they allow: make-believe, all of it, so that every kind of answer comes up."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

LICENCE_OF_THE_MUSIC = """\
The music in this folder was composed in code for Licet, and its makers give it away: to the extent that the law
allows, they have waived all copyright and neighbouring rights to it, the compositions and the recordings alike, under
CC0 1.0 Universal (https://creativecommons.org/publicdomain/zero/1.0/). Do with it what you like.
"""

README_OF_THE_CATALOGUE = f"""\
A catalogue that is made up
===========================

The artists, albums, holders, codes and LICENCES in this folder (in licences.csv and in the files' tags) are
make-believe. They are here so that Licet has something to clear, and bind nobody.

{LICENCE_OF_THE_MUSIC}"""

COLUMNS = ("path", "title", "artist", "album", "isrc", "licence", "holder", "url")

_CC = "https://creativecommons.org"


@dataclass(frozen=True, slots=True)
class Master:
    """One recording as its make-believe makers published it."""

    piece: str  # a key of `licet.demo.music.PIECES`
    suffix: str  # `.flac`, `.mp3` or `.m4a`
    title: str
    artist: str
    album: str
    licence: str  # as licences.csv words it; "" where nobody ever said
    link: str = ""  # the same as an address, for the file's tags
    isrc: str = ""
    holder: str = ""  # where it is not the artist

    @property
    def path(self) -> str:
        """Return where the master lies below `catalogue/`."""
        return f"{_plain(self.artist)}/{_plain(self.title)}{self.suffix}"

    @property
    def url(self) -> str:
        """Return the page to credit, in a domain that RFC 2606 keeps for examples."""
        return f"https://music.example/{_plain(self.artist)}/{_plain(self.title)}"


def licence_table(masters: tuple[Master, ...]) -> str:
    """Return `licences.csv`: what the makers allow, one recording a line (RFC 4180)."""
    lines = io.StringIO()
    table = csv.writer(lines, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in masters:
        table.writerow(
            (one.path, one.title, one.artist, one.album, one.isrc, one.licence, one.holder or one.artist, one.url)
        )
    return lines.getvalue()


def _plain(name: str) -> str:
    """Return a name that any file system takes: small letters, digits and hyphens."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


MASTERS: tuple[Master, ...] = (
    Master(
        piece="chorale",
        suffix=".flac",
        title="Evening, and the Ferry Late",
        artist="Nine Lamps Quartet",
        album="Slow Water",
        licence="CC0 1.0",
        link=f"{_CC}/publicdomain/zero/1.0/",
        isrc="ZZDEM2600001",
    ),
    Master(
        piece="canon",
        suffix=".flac",
        title="Three Neighbours on the Stairs",
        artist="Nine Lamps Quartet",
        album="Slow Water",
        licence=f"{_CC}/publicdomain/zero/1.0/",
        link=f"{_CC}/publicdomain/zero/1.0/",
        isrc="ZZDEM2600002",
    ),
    Master(
        piece="waltz",
        suffix=".mp3",
        title="Waltz for a Rainy Tram",
        artist="Odile Marchetti",
        album="Terminus",
        licence="CC BY 4.0",
        link=f"{_CC}/licenses/by/4.0/",
        isrc="ZZDEM2600003",
    ),
    Master(
        piece="lullaby",
        suffix=".flac",
        title="Lullaby for a Lighthouse",
        artist="Odile Marchetti",
        album="Terminus",
        licence=f"{_CC}/licenses/by/4.0/",
        link=f"{_CC}/licenses/by/4.0/",
        isrc="ZZDEM2600004",
    ),
    Master(
        piece="fugue",
        suffix=".mp3",
        title="Argument Among Clocks",
        artist="Uhrmacher & Sohn",
        album="Werkstatt",
        licence="http://creativecommons.org/licenses/by/3.0/de/",
        link="http://creativecommons.org/licenses/by/3.0/de/",
    ),
    Master(
        piece="woodwork",
        suffix=".flac",
        title="Fourteen Ways to Stack a Shelf",
        artist="Joiners United",
        album="Offcuts",
        licence="CC BY-SA 4.0",
        link=f"{_CC}/licenses/by-sa/4.0/",
        isrc="ZZDEM2600006",
    ),
    Master(
        piece="blues",
        suffix=".m4a",
        title="Blues for the Lost Umbrella",
        artist="Cloakroom Six",
        album="Lost Property",
        licence="CC BY-NC 3.0",
        link="http://creativecommons.org/licenses/by-nc/3.0/",
    ),
    Master(
        piece="bossa",
        suffix=".m4a",
        title="Tuesday on the Balcony",
        artist="Léa Perraudin",
        album="Plein sud",
        licence="http://creativecommons.org/licenses/by-nc-sa/2.0/fr/",
        link="http://creativecommons.org/licenses/by-nc-sa/2.0/fr/",
        isrc="ZZDEM2600008",
        holder="Léa Perraudin=1/2; Balcon Disques=1/2",
    ),
    Master(
        piece="techno",
        suffix=".flac",
        title="Substation",
        artist="Ohm Street",
        album="Three Phase",
        licence="CC BY-ND 4.0",
        link=f"{_CC}/licenses/by-nd/4.0/",
        isrc="ZZDEM2600009",
        holder="Transformer Records",
    ),
    Master(
        piece="drone",
        suffix=".m4a",
        title="What the Harbour Kept",
        artist="Slack Tide",
        album="Soundings",
        licence="Attribution-NonCommercial-NoDerivatives 3.0",
        link="http://creativecommons.org/licenses/by-nc-nd/3.0/",
    ),
    Master(
        piece="sarabande",
        suffix=".flac",
        title="Sarabande for an Empty House",
        artist="Benoît Aubry",
        album="Cordes",
        licence="Licence Art Libre",
        link="http://artlibre.org/licence/lal/",
    ),
    Master(
        piece="march",
        suffix=".mp3",
        title="The Allotment Society Goes By",
        artist="Allotment Society Band",
        album="Prize Marrow",
        licence="All rights reserved",
        isrc="ZZDEM2600012",
        holder="Greenhouse Recordings Ltd",
    ),
    Master(
        piece="seven",
        suffix=".mp3",
        title="Seven Goats",
        artist="Mira of the Hill",
        album="Milk and Thyme",
        licence="Ask me first, I usually say yes",
    ),
    Master(
        piece="ragtime",
        suffix=".m4a",
        title="Left Shoe Rag",
        artist="Pockets Delaney",
        album="Odd Socks",
        licence="",
    ),
)
