"""What YouTube's video trainability says: whom a video's owner lets train on it.

The answer to `videoTrainability.get` names one video and whom it is permitted to:

1. The answer must be of its kind, and speak of the video that was asked about.
2. `all` means that anyone may train on it.
3. `none` means that training is not permitted. It is also what a video says whose owner never looked at the setting,
   which is off until somebody turns it on. YouTube words the two alike, as "not permitted", and so they are read alike.
4. A list of names permits the companies that it names, and nobody else. Licet does not know who is asking, so it is
   left for a person to read.

Documented at developers.google.com/youtube/v3/video-trainability (page dated 2025-01-22).
"""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import parse_qs, urlsplit

from licet.terms.clauses import Act, Clause, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import Unreadable, shown

_KIND = "youtube#videoTrainability"
_TRAINING = frozenset((Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE))
_PAGES = frozenset(("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com"))
_FOLDERS = ("shorts", "embed", "live", "v")

_signal = partial(Signal, "youtube", "videoTrainability v3", "no answer")


def _read(content: bytes, target: Target) -> Signal:
    answer = read_json(content)
    if isinstance(answer, Unreadable):
        return _signal(problems=(answer.why,))
    if not isinstance(answer, dict) or answer.get("kind") != _KIND:  # 1
        return _signal(problems=(f"not an answer of the kind {_KIND}",))
    if (asked := _asked(target.url)) is not None and answer.get("videoId") != asked:  # 1
        return _signal(problems=(f"speaks of the video {shown(answer.get('videoId'))}, not of {shown(asked)}",))
    return _permitted(answer.get("permitted"))


def _permitted(parties: object) -> Signal:
    token = shown(f'"permitted": {json.dumps(parties, ensure_ascii=False)}')
    if parties == ["all"]:  # 2
        return _signal((Clause(Says.PERMITS, _TRAINING, token),))
    if isinstance(parties, list) and "none" in parties:  # 3
        problem = "YouTube's default: nobody can tell whether the owner chose it"
        if parties != ["none"]:
            problem = f"contradicts itself: {token}"
        return _signal((Clause(Says.RESERVES, _TRAINING, token),), (problem,))
    return _signal(problems=(f"permitted to those it names and nobody else: {token}",))  # 4


def _asked(url: str) -> str | None:
    """Return the id of the video at a YouTube address, "" where it names none, or None for any other address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    path = [part for part in parts.path.split("/") if part]
    if host == "youtu.be":
        return path[0] if path else ""
    if host not in _PAGES:
        return None
    if len(path) > 1 and path[0] in _FOLDERS:
        return path[1]
    return parse_qs(parts.query, max_num_fields=100).get("v", [""])[0] if parts.query.count("&") < 100 else ""


READER = Reader(
    protocol="youtube",
    standard="YouTube Video Third-Party Trainability API, v3, 2025-01-22",
    certainty=Certainty.PRIMARY,
    silence="no answer",
    read=_read,
)
