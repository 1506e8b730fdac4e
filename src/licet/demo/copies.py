"""The copies that a corpus might hold of the pieces: honest, worn, cut, bent, drowned and mislabelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.demo.altering import cut, sped, stretched, under_noise, under_talk
from licet.demo.encoding import FLAC, M4A_64K, MP3_64K, OPUS_24K, WAV_16K, Encoding, Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.demo.tones import Samples

BARE = Label()  # somebody took the tags off
_NOISE_DB = 5.0  # how far the noise lies under the music


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a piece: where it lies below `corpus/`, what was done to it, and what it says about itself."""

    path: str
    piece: str
    what: str
    encoding: Encoding | None = None  # None for the master's own bytes
    label: Label | None = None  # None for what its makers tagged it with
    altered: Callable[[Samples], Samples] | None = None


def _cc(kind: str) -> str:
    return f"https://creativecommons.org/{kind}/"


_EXACT = (
    Copy("albums/slow-water/01 evening.flac", "chorale", "exact"),
    Copy("albums/terminus/01 rainy tram.mp3", "waltz", "exact"),
    Copy("albums/lost-property/03 umbrella.m4a", "blues", "exact"),
    Copy("albums/plein-sud/02 mardi.m4a", "bossa", "exact"),
    Copy("albums/prize-marrow/07 allotment.mp3", "march", "exact"),
    Copy("albums/milk-and-thyme/01 goats.mp3", "seven", "exact"),
    Copy("albums/odd-socks/05 left shoe.m4a", "ragtime", "exact, nobody stated a licence"),
)

_REENCODED = (
    Copy("scraped/dl_0001.mp3", "waltz", "re-encoded mp3 64k", MP3_64K),
    Copy("scraped/dl_0002.opus", "canon", "re-encoded opus 24k", OPUS_24K),
    Copy("scraped/dl_0003.wav", "fugue", "re-encoded wav 16 kHz mono", WAV_16K),
    Copy("scraped/dl_0004.m4a", "lullaby", "re-encoded m4a 64k", M4A_64K),
    Copy("scraped/dl_0005.m4a", "drone", "re-encoded m4a 64k", M4A_64K),
    Copy("scraped/dl_0006.opus", "sarabande", "re-encoded opus 24k", OPUS_24K),
    Copy("scraped/dl_0007.opus", "ragtime", "re-encoded opus 24k, nobody stated a licence", OPUS_24K),
    Copy("scraped/dl_0008.mp3", "woodwork", "re-encoded mp3 64k, tags stripped", MP3_64K, BARE),
    Copy("scraped/dl_0009.opus", "seven", "re-encoded opus 24k, tags stripped", OPUS_24K, BARE),
    Copy("scraped/dl_0010.m4a", "fugue", "re-encoded m4a 64k, tags stripped", M4A_64K, BARE),
)

_BENT = (
    Copy("scraped/fast.opus", "waltz", "sped up 2 %", OPUS_24K, altered=lambda sound: sped(sound, 1.02)),
    Copy("scraped/slow.opus", "canon", "slowed 2 %", OPUS_24K, altered=lambda sound: sped(sound, 0.98)),
    Copy("scraped/hasty.m4a", "fugue", "tempo +5 %", M4A_64K, altered=lambda sound: stretched(sound, 1.05)),
    Copy("scraped/lazy.opus", "blues", "tempo -5 %", OPUS_24K, altered=lambda sound: stretched(sound, 0.95)),
    Copy(
        "scraped/tape.mp3",
        "lullaby",
        "under white noise at 5 dB",
        MP3_64K,
        altered=lambda sound: under_noise(sound, _NOISE_DB, seed=5),
    ),
    Copy(
        "scraped/cafe.opus",
        "woodwork",
        "under a murmur at 5 dB",
        OPUS_24K,
        altered=lambda sound: under_talk(sound, _NOISE_DB, seed=7),
    ),
)

_CLIPS = (
    Copy("clips/a1.mp3", "chorale", "clip of 10 s", MP3_64K, altered=lambda sound: cut(sound, 12, 10)),
    Copy("clips/a2.opus", "blues", "clip of 8 s", OPUS_24K, altered=lambda sound: cut(sound, 6, 8)),
    Copy("clips/a3.m4a", "waltz", "clip of 12 s", M4A_64K, altered=lambda sound: cut(sound, 20, 12)),
    Copy("clips/a4.wav", "lullaby", "clip of 9 s", WAV_16K, altered=lambda sound: cut(sound, 15, 9)),
    Copy("clips/b1.mp3", "techno", "clip of 12 s, tags stripped", MP3_64K, BARE, lambda sound: cut(sound, 14, 12)),
    Copy("clips/b2.m4a", "march", "clip of 10 s, tags stripped", M4A_64K, BARE, lambda sound: cut(sound, 8, 10)),
    Copy("clips/b3.opus", "ragtime", "clip of 10 s, tags stripped", OPUS_24K, BARE, lambda sound: cut(sound, 3, 10)),
    Copy(
        "clips/c1.mp3",
        "sarabande",
        "clip of 10 s under white noise at 5 dB",
        MP3_64K,
        altered=lambda sound: under_noise(cut(sound, 10, 10), _NOISE_DB, seed=11),
    ),
    Copy(
        "clips/c2.opus",
        "canon",
        "clip of 12 s, sped up 2 %",
        OPUS_24K,
        BARE,
        lambda sound: sped(cut(sound, 16, 12.24), 1.02),
    ),
)

# A file that says more than its makers allow is laundered; one that says less is mislabelled all the same.
_MISLABELLED = (
    Copy(
        "scraped/free/sunny-background-loop-7.mp3",
        "bossa",
        "laundered: CC BY-NC-SA tagged CC0 under another title",
        MP3_64K,
        Label("Sunny Background Loop 7", "FreeLoopz", "", "CC0 1.0", _cc("publicdomain/zero/1.0")),
    ),
    Copy(
        "scraped/free/village-parade.m4a",
        "march",
        "laundered: all rights reserved tagged CC BY 4.0",
        M4A_64K,
        Label("Village Parade (Royalty Free)", "FreeLoopz", "", "CC BY 4.0", _cc("licenses/by/4.0")),
    ),
    Copy(
        "scraped/free/deep-ocean-meditation.opus",
        "drone",
        "laundered: CC BY-NC-ND tagged public domain",
        OPUS_24K,
        Label("Deep Ocean Meditation", "Calm Archive", "", "", _cc("publicdomain/mark/1.0")),
    ),
    Copy(
        "scraped/free/night-drive.mp3",
        "techno",
        "laundered: CC BY-ND tagged CC BY 4.0, and sped up 2 %",
        MP3_64K,
        Label("Night Drive", "FreeLoopz", "", "CC BY 4.0", _cc("licenses/by/4.0")),
        lambda sound: sped(sound, 1.02),
    ),
    Copy(
        "scraped/claimed.m4a",
        "chorale",
        "mislabelled: CC0 tagged all rights reserved",
        M4A_64K,
        Label("Evening Hymn", "Omnibus Content GmbH", "", "All rights reserved"),
    ),
)

_STRANGERS = (
    Copy("scraped/unknown_1.opus", "tango", "unknown: in no catalogue, without tags", OPUS_24K, BARE),
    Copy(
        "scraped/unknown_2.mp3",
        "jig",
        "unknown: in no catalogue, tagged CC BY 4.0",
        MP3_64K,
        Label("The Borrowed Bicycle", "Somebody", "", "CC BY 4.0", _cc("licenses/by/4.0")),
    ),
)

_MISNAMED = (
    Copy(
        "odds/misnamed.mp3",
        "lullaby",
        "wrong extension: a flac named .mp3",
        FLAC,
        altered=lambda sound: cut(sound, 4, 9),
    ),
)

COPIES: tuple[Copy, ...] = _EXACT + _REENCODED + _BENT + _CLIPS + _MISLABELLED + _STRANGERS + _MISNAMED
