"""What a TDM·AI declaration reserves: preferences bound to an asset by its ISCC, published in a registry.

1. A declaration is one flat JSON object that names the asset (`iscc`). What it may hold is listed; any other member is
   not understood.
2. Each use says yes or no: `"true"` and `"false"` since 2025-11, `"y"` and `"n"` before, or JSON's own true and false.
   In the TDMRep form, `tdm-reservation` is 1 for no and 0 for yes.
3. `all` holds `train-ai`, which holds `train-genai`. A no goes down to what it holds. One page of the protocol lets
   `all` hold `ai-use` and `search` too and another does not: a no goes down to them, a yes does not.
4. One page lets a particular yes lift a general no, another says that a no restricts all below it. Here it restricts.
5. The protocol reserves, and by its own words licenses nothing. A yes says that rights are not reserved.
6. Where anything was not understood, only the reservations count.

Follows docs.tdmai.org as of 2025-11-04, which is aligned with draft-ietf-aipref-vocab-02.
"""

from __future__ import annotations

import json
from functools import partial

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import Unreadable, shown, understood

_GENERATIVE = frozenset((Act.TRAIN_GENERATIVE, Act.FINE_TUNE))
_TRAINING = _GENERATIVE | {Act.TRAIN_OTHER}
_MINING = _TRAINING | {Act.EVALUATE}
# By name, what a no reserves and what a yes leaves unreserved (step 3).
_USES = {
    "all": (_MINING | {Act.RETRIEVE, Act.INDEX}, _MINING),
    "train-ai": (_TRAINING, _TRAINING),
    "train-genai": (_GENERATIVE, _GENERATIVE),
    "ai-use": (frozenset({Act.RETRIEVE}),) * 2,
    "search": (frozenset({Act.INDEX}),) * 2,
    "tdm-reservation": (_MINING | {Act.RETRIEVE}, _MINING),
}
_ABOUT = frozenset(("version", "iscc", "intent", "reference", "summary", "policy", "tdm-policy"))
_ANSWERS = {
    **dict.fromkeys(('"true"', '"y"', "true"), Says.PERMITS),
    **dict.fromkeys(('"false"', '"n"', "false"), Says.RESERVES),
}
_RESERVATION = {"0": Says.PERMITS, "1": Says.RESERVES}

_signal = partial(Signal, "tdm-ai", "2025-11-04", "no declaration")


def _read(content: bytes, _target: Target) -> Signal:
    declaration = read_json(content)
    if isinstance(declaration, Unreadable):
        return _signal(problems=(declaration.why,))
    if not isinstance(declaration, dict):
        return _signal(problems=("not a declaration: a JSON object is one",))
    said = {name: _says(name, value) for name, value in declaration.items() if name in _USES}
    clauses = (_clause(name, declaration[name], says) for name, says in said.items() if says is not None)
    problems = (
        *(() if _names_an_asset(declaration) else ("names no asset: its iscc is missing",)),  # 1
        *(f"not understood: {shown(name)}" for name in sorted(declaration.keys() - _USES.keys() - _ABOUT)),  # 1
        *(f"neither yes nor no: {name}" for name, says in said.items() if says is None),  # 2
    )
    return _signal(*understood(clauses, problems))  # 6


def _names_an_asset(declaration: dict[str, object]) -> bool:
    iscc = declaration.get("iscc")
    return isinstance(iscc, str) and iscc.upper().startswith("ISCC:")


def _says(name: str, value: object) -> Says | None:
    """Return what a value says (step 2), by its JSON: Python holds true and 1 for one and the same."""
    answers = _RESERVATION if name == "tdm-reservation" else _ANSWERS
    return answers.get(json.dumps(value))


def _clause(name: str, value: object, says: Says) -> Clause:
    reserved, unreserved = _USES[name]
    token = f'"{name}": {json.dumps(value)}'
    if says is Says.RESERVES:
        return Clause(says, reserved, token)  # 3, 4
    return Clause(says, unreserved, token, Force.NO_RESERVATION)  # 5


READER = Reader(
    protocol="tdm-ai",
    standard="TDM·AI Protocol, JSON format for usage declarations, 2025-11-04",
    certainty=Certainty.PRIMARY,
    silence="no declaration",
    read=_read,
)
