from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import av.error
import numpy as np
import pytest

from licet.errors import AudioError
from licet.identify import decoding
from licet.identify.decoding import Damage, demuxed, sounds, stated_duration_s

if TYPE_CHECKING:
    from collections.abc import Iterator

BAD = av.error.InvalidDataError(1, "bad packet")


class Packet:
    """A packet that decodes to frames, or does not."""

    def __init__(self, *frames: Any, error: Exception | None = None) -> None:
        self._frames, self._error = frames, error

    def decode(self) -> tuple[Any, ...]:
        """Return the frames, or fail."""
        if self._error is not None:
            raise self._error
        return self._frames


class Frame:
    """A frame of four samples on one channel, or of a kind that no array has."""

    sample_rate, samples = 8000, 4
    format, layout = SimpleNamespace(is_planar=True), SimpleNamespace(nb_channels=1)

    def __init__(self, *, strange: bool = False) -> None:
        self._strange = strange

    def to_ndarray(self) -> np.ndarray[Any, Any]:
        """Return the samples, or fail."""
        if self._strange:
            raise ValueError("no such type")
        return np.zeros((1, 4), np.float32)


def _container(*packets: Packet | Exception) -> Any:
    def demux(_: object) -> Iterator[Packet]:
        for packet in packets:
            if isinstance(packet, Exception):
                raise packet
            yield packet

    return SimpleNamespace(demux=demux, streams=SimpleNamespace(audio=[None]))


@pytest.mark.parametrize(
    ("packets", "samples", "bad", "trailing", "gave_up"),
    [
        pytest.param([Packet(Frame()), Packet(Frame())], 8, 0, 0, False, id="all good"),
        pytest.param([Packet(Frame()), Packet(error=BAD), Packet(Frame())], 8, 1, 0, False, id="one bad between"),
        pytest.param([Packet(Frame()), Packet(error=BAD)], 4, 1, 1, False, id="one bad at the end"),
        pytest.param([Packet(Frame()), BAD, Packet(Frame())], 4, 1, 1, True, id="the file itself breaks off"),
        pytest.param([Packet(Frame()), OSError(5, "disk")], 4, 1, 1, True, id="the disk fails"),
        pytest.param([Packet(Frame())] + 9 * [Packet(error=BAD)], 4, 5, 5, True, id="nothing but bad"),
        pytest.param([Packet(Frame(strange=True)), Packet(Frame())], 4, 1, 0, False, id="a strange type"),
        pytest.param([], 0, 0, 0, False, id="nothing"),
    ],
)
def test_damage_is_stepped_over_and_noted(
    monkeypatch: pytest.MonkeyPatch,
    packets: list[Any],
    samples: int,
    bad: int,
    trailing: int,
    gave_up: bool,
) -> None:
    """What decodes is heard, what does not is counted, and a long run of it ends the attempt."""
    monkeypatch.setattr(decoding, "WORST_RUN", 5)
    damage = Damage()
    assert sum(len(sound.samples) for sound in sounds(_container(*packets), damage)) == samples
    assert (damage.packets, damage.trailing, damage.gave_up) == (bad, trailing, gave_up)
    assert bool(damage.says) == bool(bad)


@pytest.mark.parametrize(
    ("of_stream", "of_container", "streams", "stated"),
    [
        pytest.param(8000, 3_000_000, 1, 1.0, id="the stream's own"),
        pytest.param(None, 3_000_000, 1, 3.0, id="the container's"),
        pytest.param(None, 3_000_000, 2, None, id="perhaps the picture's"),
        pytest.param(None, None, 1, None, id="none"),
    ],
)
def test_the_stated_length_is_the_sound_s(
    of_stream: int | None, of_container: int | None, streams: int, stated: float | None
) -> None:
    """A length that may be another stream's is not taken for the sound's."""
    stream = SimpleNamespace(duration=of_stream, time_base=Fraction(1, 8000))

    class Streams(list[object]):
        audio = (stream,)

    container: Any = SimpleNamespace(duration=of_container, streams=Streams([None] * streams))
    assert stated_duration_s(container) == stated


def test_a_file_opens_no_other() -> None:
    """Whatever a demuxer asks for, nothing but the file at hand is read."""
    with pytest.raises(PermissionError, match="http://example"):
        decoding._refuse("http://example.org/a.mp3", 0, {})


def test_a_disk_that_fails_while_opening_is_unreadable() -> None:
    """A stream that cannot be read again to say why it did not open is unreadable, not something else."""

    class Failing(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(AudioError) as caught, demuxed(Path("a.wav"), Failing(b"RIFF")):
        pass
    assert caught.value.code == "unreadable"
