from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import av
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


def _frame(kind: str = "fltp", *, rate_hz: int = 8000, samples: int = 4) -> av.AudioFrame:
    frame = av.AudioFrame(format=kind, layout="mono", samples=samples)
    frame.sample_rate = rate_hz
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    return frame


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
        pytest.param([Packet(_frame()), Packet(_frame())], 8, 0, 0, False, id="all good"),
        pytest.param([Packet(_frame()), Packet(error=BAD), Packet(_frame())], 8, 1, 0, False, id="one bad between"),
        pytest.param([Packet(_frame()), Packet(error=BAD)], 4, 1, 1, False, id="one bad at the end"),
        pytest.param([Packet(_frame()), BAD, Packet(_frame())], 4, 1, 1, True, id="the file itself breaks off"),
        pytest.param([Packet(_frame()), OSError(5, "disk")], 4, 1, 1, True, id="the disk fails"),
        pytest.param([Packet(_frame())] + 9 * [Packet(error=BAD)], 4, 5, 5, True, id="nothing but bad"),
        pytest.param([Packet(_frame("s64")), Packet(_frame())], 4, 1, 0, False, id="a strange type"),
        pytest.param([Packet(_frame(rate_hz=0)), Packet(_frame())], 4, 1, 0, False, id="no sample rate"),
        pytest.param([Packet(_frame(samples=0)), Packet(_frame())], 4, 0, 0, False, id="an empty frame"),
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
    assert sum(len(sound.channels[0]) for sound in sounds(_container(*packets), damage)) == samples
    assert (damage.packets, damage.trailing, damage.gave_up) == (bad, trailing, gave_up)
    assert bool(damage.says) == bool(bad)


KINDS = [
    pytest.param("u8", np.uint8, id="8 bits"),
    pytest.param("s16", np.int16, id="16 bits"),
    pytest.param("s32p", np.int32, id="32 bits, planar"),
    pytest.param("flt", np.float32, id="float"),
    pytest.param("fltp", np.float32, id="float, planar"),
    pytest.param("dblp", np.float64, id="double, planar"),
]


@pytest.mark.parametrize(("kind", "dtype"), KINDS)
def test_channels_come_apart(kind: str, dtype: type) -> None:
    """Each channel is an array of its own in the decoder's type, whether the decoder interleaves them or not."""
    channels = np.arange(12, dtype=dtype).reshape(2, 6)
    planar = kind.endswith("p")
    frame = av.AudioFrame.from_ndarray(channels if planar else channels.T.reshape(1, -1), format=kind, layout="stereo")
    frame.sample_rate = 8000
    (sound,) = sounds(_container(Packet(frame)), Damage())
    assert (sound.rate_hz, sound.channels[0].dtype) == (8000, dtype)
    assert np.array_equal(np.stack(sound.channels), channels)


def test_frames_are_joined_while_they_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames are joined up to a piece, and never with those of another rate, type or number of channels."""
    monkeypatch.setattr(decoding, "PIECE", 10)
    stereo = av.AudioFrame(format="fltp", layout="stereo", samples=4)
    stereo.sample_rate = 8000
    frames = [*(_frame() for _ in range(5)), _frame(rate_hz=9000), _frame("flt", rate_hz=9000), stereo]
    pieces = list(sounds(_container(Packet(*frames)), Damage()))
    assert [len(sound.channels[0]) for sound in pieces] == [12, 8, 4, 4, 4]
    assert [len(sound.channels) for sound in pieces] == [1, 1, 1, 1, 2]


def test_a_gap_in_the_time_stamps_is_no_gap_in_the_sound() -> None:
    """Frames are joined as they come, whatever times they claim."""
    frames = [_frame(), _frame()]
    for frame, stamp in zip(frames, (7, 90_000), strict=True):
        frame.pts, frame.time_base = stamp, Fraction(1, 8000)
    (sound,) = sounds(_container(Packet(*frames)), Damage())
    assert len(sound.channels[0]) == 8


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
