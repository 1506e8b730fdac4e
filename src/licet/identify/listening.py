"""Hear a file once, from beginning to end: what it is, what its samples hash to, and its fingerprint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from licet.errors import AudioError
from licet.identify.endings import cut_short, states_length

if TYPE_CHECKING:
    from pathlib import Path

    from licet.identify.decoding import Damage, Sound
    from licet.identify.fingerprint import Fingerprint

SHORT_BY_S = 0.2  # less than stated by more than this is a loss, not an encoder's padding
SHORT_BY_PART = 0.002
RUBBISH = 4  # packets after the last sound that may be a tag or a torn frame; more of them were music
_GUESSED = frozenset({"aac", "ac3", "amr", "dts", "eac3", "loas", "mpeg", "mpegts", "truehd"})  # libav estimates


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a file holds, as decoded.

    `pcm_sha256` is the SHA-256 of the samples in the decoder's own type, interleaved, at the native rate and number of
    channels. Equal digests mean equal sound. Unequal ones mean different sound only for lossless codecs (the same
    samples in WAV, FLAC, WavPack or ALAC hash alike, if stored at the same width); a lossy stream may hash differently
    under another decoder or another version of it.
    """

    codec: str  # its general name in libav: `mp3`, `flac`, `pcm_s16le`
    container: str  # libav's name of the demuxer: `mp3`, `ogg`, `mov,mp4,m4a,3gp,3g2,mj2`
    sample_rate_hz: int  # of the first frame
    channels: int  # of the first frame
    duration_s: float  # of what was decoded
    pcm_sha256: str  # "" where it was not asked for
    partial: bool  # the file holds, or held, more than could be decoded
    note: str  # why it is partial, or what else was odd; "" where nothing was


@dataclass(frozen=True, slots=True)
class Heard:
    """A file's facts and its fingerprint, from one pass."""

    audio: AudioFacts
    fingerprint: Fingerprint


def listen(path: Path, *, digest: bool = True) -> Heard:
    """Decode the file at `path` once, in bounded memory, and return what was heard.

    The name plays no part. Silence and a single sample give an empty fingerprint; they are no error. Without `digest`
    the samples are not hashed, which saves about a tenth of the time.

    Raises:
        AudioError: `not-a-file`, `unreadable`, `empty`, `not-audio`, `no-audio-stream`, or `damaged` where nothing
            decodes.
    """
    # Libav is slow to load, and much that imports this room never listens.
    from licet.identify.decoding import (
        Damage,
        demuxed,
        opened,
        shown,
        sounds,
        stated_duration_s,
        unreadable,
    )

    with opened(path) as stream:
        try:
            length_stated = states_length(stream)
            says = cut_short(stream)
            stream.seek(0)
        except OSError as error:
            raise unreadable(path, error) from error
        with demuxed(path, stream) as container:
            damage, ear = Damage(), _Ear(digest=digest)
            for sound in sounds(container, damage):
                ear.take(sound)
            if ear.first is None:
                raise AudioError(
                    f"nothing in {shown(path)} decodes{': ' + damage.says if damage.says else ''}",
                    code="damaged",
                    mend="copy it again from its source",
                )
            fingerprint = ear.fingerprint()
            name = container.format.name
            guessed = name in _GUESSED or (name == "mp3" and not length_stated)
            stated_s = None if guessed else stated_duration_s(container)
            losses = _losses(says, damage, stated_s, fingerprint.duration_s)
            audio = AudioFacts(
                codec=container.streams.audio[0].codec_context.codec.canonical_name,
                container=name,
                sample_rate_hz=ear.first.rate_hz,
                channels=len(ear.first.channels),
                duration_s=fingerprint.duration_s,
                pcm_sha256=ear.digest.hexdigest() if ear.digest else "",
                partial=bool(losses),
                note="; ".join(losses + _oddities(damage, ear, losses)),
            )
            return Heard(audio, fingerprint)


class _Ear:
    """What has been heard so far: one piece goes to the digest, the resampler and the peak finder."""

    def __init__(self, *, digest: bool) -> None:
        # Compiled kernels are slow to load, like libav.
        from licet.identify.peaks import PeakFinder
        from licet.identify.resampling import Resampler

        self.first: Sound | None = None
        self.changes = False  # the rate or the number of channels did not stay as it was at first
        self.digest = hashlib.sha256() if digest else None
        self._samples_at: dict[int, int] = {}  # rate in Hz: samples heard at it
        self._resampler = Resampler()
        self._finder = PeakFinder()

    def take(self, sound: Sound) -> None:
        self.first = self.first or sound
        self.changes |= sound.rate_hz != self.first.rate_hz or len(sound.channels) != len(self.first.channels)
        self._samples_at[sound.rate_hz] = self._samples_at.get(sound.rate_hz, 0) + len(sound.channels[0])
        if self.digest:
            self.digest.update(np.stack(sound.channels, axis=1).data)
        self._finder.feed(self._resampler.feed(sound.channels, sound.rate_hz))

    def fingerprint(self) -> Fingerprint:
        self._finder.feed(self._resampler.finish())
        return self._finder.finish(sum(samples / rate for rate, samples in self._samples_at.items()))


def _losses(says: str, damage: Damage, stated_s: float | None, heard_s: float) -> list[str]:
    """Say what of the recording was lost; nothing where it is whole."""
    losses = [says] if says else []
    short = stated_s is not None and stated_s - heard_s > max(SHORT_BY_S, SHORT_BY_PART * stated_s)
    if short:
        losses.append(f"{heard_s:.1f} s were decoded of the {stated_s:.1f} s stated")
    if damage.gave_up:
        losses.append(f"decoding broke off at {heard_s:.1f} s: {damage.says}")
    elif damage.packets > damage.trailing or damage.trailing > RUBBISH:
        losses.append(f"{damage.packets} packets did not decode: {damage.says}")
    return losses


def _oddities(damage: Damage, ear: _Ear, losses: list[str]) -> list[str]:
    """Say what was odd and cost nothing that could be told."""
    odd = []
    if damage.trailing and not losses:
        odd.append(f"what follows the last sound does not decode: {damage.says}")
    if ear.changes:
        odd.append("the sample rate or the number of channels changes on the way")
    return odd
