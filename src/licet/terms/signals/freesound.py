"""What a Freesound uploader would like of generative AI: `gen_ai_preference` in the JSON of a sound.

Freesound adds the preference to the sound's licence and calls it a wish, not a term that binds. So it never permits;
what permits is the licence, which stands in another field and is another statement. Its four words:

1. `no-gen-ai`: no training of generative models.
2. `noncommercial-open-source-models`: only open models, trained and used without gain.
3. `open-source-models`: only open models.
4. `no-additional-preferences`: nothing beyond the licence. That is silence.

Whether a model will be an open one is not part of a use, so 3 is left for a person to read. So would 2 be, but it also
refuses outright what is done for gain, and a refusal may not be lost: it is read as a reservation, with a way out.

Known from programs that use the API (2026-07 and later); the field is not in the last API page that we could read.
"""

from __future__ import annotations

import json
from functools import partial

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import Unreadable, shown

_FIELD = "gen_ai_preference"
_TRAINING = frozenset((Act.TRAIN_GENERATIVE, Act.FINE_TUNE))
_OPEN = "whether the model will be an open one, a person must say"
_PROBLEMS: dict[str, tuple[str, ...]] = {  # by the word; `no-additional-preferences` is silence and stands in none
    "no-gen-ai": (),
    "noncommercial-open-source-models": (f"allowed for open models, without gain: {_OPEN}",),
    "open-source-models": (f"allowed for open models: {_OPEN}",),
}

_signal = partial(Signal, "freesound", "apiv2", "no-additional-preferences")


def _read(content: bytes, _target: Target) -> Signal:
    sound = read_json(content)
    if isinstance(sound, Unreadable):
        return _signal(problems=(sound.why,))
    if not isinstance(sound, dict) or "results" in sound:
        return _signal(problems=("not the JSON of one sound",))
    return _preferred(sound.get(_FIELD))


def _preferred(preference: object) -> Signal:
    if preference is None or preference == "no-additional-preferences":  # 4
        return _signal()
    token = shown(f'"{_FIELD}": {json.dumps(preference, ensure_ascii=False)}')
    if not isinstance(preference, str) or preference not in _PROBLEMS:
        return _signal(problems=(f"not a word of Freesound's: {token}",))
    problems = _PROBLEMS[preference]
    if preference == "open-source-models":  # 3
        return _signal(problems=problems)
    return _signal((Clause(Says.RESERVES, _TRAINING, token, Force.PREFERENCE),), problems)  # 1, 2


READER = Reader(
    protocol="freesound",
    standard="Freesound API v2, field gen_ai_preference, 2026-07",
    certainty=Certainty.SECOND_HAND,
    silence="no-additional-preferences",
    read=_read,
)
