"""What a signed audio file says of training and mining: the C2PA and CAWG assertions of that name.

Takes the JSON of a C2PA manifest store, as `c2pa_file.manifest_store` gives it, or of one such assertion.

1. The assertions are `c2pa.training-mining` (C2PA 1.x) and `cawg.training-mining` (CAWG 1.1). Both are read, and where
   they differ both hold, so that the stricter decides. A further copy of one is numbered `__1`, `__2` ...
2. Of the active manifest everything counts; of the others, which its ingredients brought along, only what reserves.
3. The uses stand in `entries`, or straight in the assertion, where version 1.x also has them.
4. `allowed` permits, unless the entry says more than that; then a person must read it.
5. `notAllowed` reserves, and so does `constrained` without information.
6. `constrained` with information reserves as well until a person has read it. `constraint_info` and
   `constraints_info` are one.
7. A permission counts only where the signature was found good and its certificate trusted: anybody can sign with a
   certificate of their own. A reservation counts in any case. One assertion alone is for the caller to vouch for.
8. Where anything was not understood, only the reservations count. No assertion, no statement.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import MOST_PROBLEMS, Unreadable, shown, understood

if TYPE_CHECKING:
    from collections.abc import Iterator

_ACTS = {
    "data_mining": frozenset((Act.INDEX, Act.EVALUATE)),
    "ai_inference": frozenset((Act.RETRIEVE,)),
    "ai_generative_training": frozenset((Act.TRAIN_GENERATIVE, Act.FINE_TUNE)),
    "ai_training": frozenset((Act.TRAIN_OTHER,)),  # by definition the training of models that generate nothing
}
_LABEL = re.compile(r"(?:c2pa|cawg)\.training-mining(?:__\d+)?")
_LIKE_A_LABEL = ("c2pa.training-mining", "cawg.training-mining")
_ENTRY = re.compile(r"(?:c2pa|cawg)\.(\w+)")
_INFORMATION = ("constraint_info", "constraints_info")
_GOOD = ("Valid", "Trusted")  # `Valid` beside no fault; an untrusted certificate is a fault
_CONSTRAINED = "=constrained: "

_Said = Clause | str  # a clause, or a problem in words

_signal = partial(Signal, "c2pa", "CAWG 1.1, C2PA 1.4", "no statement")


def _read(content: bytes, _target: Target) -> Signal:
    if not content:
        return _signal()  # no manifest
    document = read_json(content)
    if isinstance(document, Unreadable):
        return _signal(problems=(document.why,))
    if not isinstance(document, dict):
        return _signal(problems=("neither a manifest store nor an assertion",))
    said = list(_of_a_store(document) if "manifests" in document else _of_an_assertion(document))
    clauses, problems = understood(  # 8
        (one for one in said if isinstance(one, Clause)), (one for one in said if isinstance(one, str))
    )
    constraints = tuple(f"a person must read {one.token}" for one in clauses if _CONSTRAINED in one.token)
    return _signal(clauses, (*problems, *constraints)[:MOST_PROBLEMS])  # 6


def _of_a_store(store: dict[str, object]) -> Iterator[_Said]:
    manifests, active = store["manifests"], store.get("active_manifest")
    if not isinstance(manifests, dict) or active not in list(manifests):
        yield "the manifest store names no active manifest of its own"
        manifests = manifests if isinstance(manifests, dict) else {}
    faults = _faults(store)
    for name, manifest in manifests.items():
        for one in _of_a_manifest(manifest):
            if isinstance(one, str) or one.says is Says.RESERVES:
                yield one
            elif name == active:  # 2
                yield f"{one.token}, but its signature is not good: {faults}" if faults else one  # 7


def _faults(store: dict[str, object]) -> str:
    """Return what is wrong with the signature, in the validator's own words, or "" (step 7)."""
    state, statuses = store.get("validation_state"), store.get("validation_status")
    if statuses:
        codes = [one.get("code") if isinstance(one, dict) else one for one in _listed(statuses)[:5]]
        return shown(", ".join(map(str, codes)))
    return "" if state in _GOOD else f"its state is {shown(state)}"


def _of_a_manifest(manifest: object) -> Iterator[_Said]:
    assertions = manifest.get("assertions", []) if isinstance(manifest, dict) else None
    if not isinstance(assertions, list):
        yield "a manifest without a list of assertions"
        return
    for assertion in assertions:
        label = assertion.get("label") if isinstance(assertion, dict) else None
        if not isinstance(label, str):
            yield "an assertion without a label"
        elif label.startswith(_LIKE_A_LABEL):
            yield from _of_an_assertion(assertion)


def _of_an_assertion(assertion: dict[str, object]) -> Iterator[_Said]:
    label = assertion.get("label", _LIKE_A_LABEL[0])
    if not isinstance(label, str) or not _LABEL.fullmatch(label):  # 1
        yield f"not a version of the assertion that is known: {shown(label)}"
    data = assertion.get("data", assertion)
    if not isinstance(data, dict):
        yield "an assertion that is no JSON object"
        return
    entries = data.get("entries", {})
    if not isinstance(entries, dict):
        yield "entries that are no JSON object"
        entries = {}
    straight = {key: value for key, value in data.items() if key not in {"entries", "label", "metadata"}}
    if not entries and not straight:
        yield "an assertion without entries"
    for key, value in (*entries.items(), *straight.items()):  # 3
        yield from _of_an_entry(key, value)


def _of_an_entry(key: str, entry: object) -> Iterator[_Said]:
    known = _ENTRY.fullmatch(key)
    acts = _ACTS.get(known[1]) if known else None
    if acts is None or not isinstance(entry, dict):
        yield f"an entry that is not known: {shown(key)}"
        return
    use = entry.get("use")
    information = [entry[name] for name in _INFORMATION if entry.get(name)]
    more = {name for name in entry if name != "use" and entry[name]}
    if use == "allowed" and not more:  # 4
        yield Clause(Says.PERMITS, acts, f"{key}=allowed")
    elif use == "notAllowed" or (use == "constrained" and not information):  # 5
        yield Clause(Says.RESERVES, acts, f"{key}={use}")
    elif use == "constrained":  # 6
        yield Clause(Says.RESERVES, acts, shown(f"{key}{_CONSTRAINED}{information[0]}"))
    else:
        yield f"a use that is not understood: {key}: {shown(entry)}"  # 4


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


READER = Reader(
    protocol="c2pa",
    standard="CAWG Training and Data Mining Assertion 1.1, 2025-05-16; C2PA 1.4, 19.23",
    certainty=Certainty.PRIMARY,
    silence="no statement",
    read=_read,
)
