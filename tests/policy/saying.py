"""What the table of cases says, made into terms: words are resolved, signals go through the readers themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from asking import ITEM, make_term
from licet.catalog import Right
from licet.policy import Doubt
from licet.terms import Layer, Scope, Standing, Voice
from licet.terms.data_sets import Bearing, data_set_of, layers_of
from licet.terms.signals import (
    Target,
    ai_txt,
    aipref,
    cc_signals,
    content_signals,
    croissant,
    embedded_rsl,
    freesound,
    odrl,
    robots,
    robots_meta,
    rsl,
    tdmai,
    tdmrep,
    training_mining,
    youtube,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.terms import Term
    from licet.terms.signals import Reader

TRACK = "https://music.example/songs/one.mp3"

_OF_FILE = {
    "robots.txt": (robots.READER, aipref.ROBOTS, cc_signals.ROBOTS, content_signals.READER, rsl.ROBOTS),
    "ai.txt": (ai_txt.READER,),
    "tdmrep.json": (tdmrep.FILE,),
    "ODRL": (odrl.READER,),
    "RSL": (rsl.DOCUMENT,),
}
_OF_HEADER = {
    "content-usage": (aipref.HEADER, cc_signals.HEADER),
    "x-robots-tag": (robots_meta.HEADER,),
    "tdm-reservation": (tdmrep.HEADERS,),
}
_OF_RECORDING = {
    "page": (robots_meta.PAGE, tdmrep.META),
    "RSL": (embedded_rsl.READER,),
    "CAWG": (training_mining.READER,),
    "C2PA": (training_mining.READER,),
    "YouTube": (youtube.READER,),
    "Freesound": (freesound.READER,),
    "TDM·AI": (tdmai.READER,),
}
_RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>{}</license></content></rsl>'
_STORE = (
    '{{"active_manifest": "1", "validation_state": "{}", "manifests": {{"1": {{"assertions": ['
    '{{"label": "{}.training-mining", "data": {{"entries": {{{}}}}}}}]}}}}}}'
)
_SCOPES = {scope.name.lower(): scope for scope in Scope}
_LAYERS = {"data set": Layer.DATA_SET, "metadata": Layer.METADATA, "code": Layer.CODE, "third party": Layer.THIRD_PARTY}
_RIGHTS = {"recording only": frozenset({Right.RECORDING}), "work only": frozenset({Right.WORK})}
_VOCABULARY = re.compile(r"aipref-vocab-\d\d")


def terms_said(said: str, day: date) -> Iterator[Term]:
    """Yield the terms that one statement of a case comes to: `on record, recording only: CC BY 4.0`."""
    head, _, words = said.partition(":")
    kind, *more = head.split(", ")
    words = words.strip().replace(" ⏎ ", "\n")
    if kind == "identity":  # a doubt, and nobody's statement
        return
    if kind == "MTG-Jamendo":
        yield from _of_mtg_jamendo(date.fromisoformat(words.removeprefix("taken on ")))
    elif kind in {"header", "Croissant"} or kind in _OF_FILE.keys() | _OF_RECORDING.keys() or "RSL" in more:
        yield from _signalled(kind, more, words, day)
    else:
        yield _stated(kind, more, words, day)


def doubts_said(said: str) -> Iterator[Doubt]:
    """Yield the doubt about identity that one statement of a case is: `identity: doubtful`."""
    kind, _, law = said.partition(": ")
    if kind == "identity":
        yield Doubt(law, "as the case says", (ITEM,))


def _stated(kind: str, more: list[str], words: str, day: date) -> Term:
    """Return a statement in words, by whoever makes it."""
    captured = next((one.removeprefix("captured ") for one in more if one.startswith("captured ")), None)
    own = kind in {"list", "tag", "trusted tag"}
    wide = Scope.COLLECTION if kind in _LAYERS else Scope.RECORDING
    return make_term(
        words,
        voice=Voice.CORPUS if own else Voice.CATALOGUE,
        about="jamendo:215" if "another recording" in more else "jamendo:214",
        scope=next((_SCOPES[one] for one in (kind, *more) if one in _SCOPES), wide),
        standing=Standing.SIGNED if kind == "signed" else Standing.PUBLIC,
        captured=date.fromisoformat(captured) if captured else day,
        covers=next((_RIGHTS[one] for one in more if one in _RIGHTS), frozenset(Right)),
        vouched=kind != "tag",
        layer=_LAYERS.get(kind, Layer.AUDIO),
        dropped="dropped" in more,
    )


def _signalled(kind: str, more: list[str], words: str, day: date) -> Iterator[Term]:
    """Yield what each reader of a place finds in the words that stand there."""
    vocabulary = next((one for one in more if _VOCABULARY.fullmatch(one)), "")
    for reader, content in _read_by(kind, more, words):
        resolution = reader.read(content.encode(), Target(TRACK, vocabulary)).resolution
        term = make_term(
            words,
            voice=Voice.CORPUS if kind == "tag" else Voice.CATALOGUE,
            scope=Scope.COLLECTION if kind in {*_OF_FILE, "Croissant"} else Scope.RECORDING,
            captured=day,
            vouched=kind != "tag",
            layer=Layer.DATA_SET if kind == "Croissant" else Layer.AUDIO,
        )
        yield replace(term, resolution=resolution)


def _read_by(kind: str, more: list[str], words: str) -> Iterator[tuple[Reader, str]]:
    """Yield the readers of a place with what each is given: the document whole, or one header's value."""
    if kind == "header":
        name, _, value = words.partition(": ")
        given = words if name.lower().startswith("tdm") else value
        yield from ((reader, given) for reader in _OF_HEADER[name.lower()])
    elif kind == "tag":
        yield embedded_rsl.READER, _RSL.format(words)
    elif kind == "Croissant":
        yield croissant.READER, words
    else:
        for reader in _OF_FILE.get(kind, ()) or _OF_RECORDING[kind]:
            yield reader, _document(kind, more, words)


def _document(kind: str, more: list[str], words: str) -> str:
    """Return a document with what the table leaves out around it."""
    if kind == "RSL":
        return _RSL.format(words)
    if kind == "ODRL":
        return f'{{"@type": "Offer", {words}}}'
    if kind in {"CAWG", "C2PA"}:
        return _STORE.format("Invalid" if "untrusted" in more else "Trusted", kind.lower(), words)
    return words


def _of_mtg_jamendo(taken: date) -> Iterator[Term]:
    """Yield what MTG-Jamendo states of its layers, to whoever took it on a day."""
    for stated, bearing in layers_of(data_set_of("mtg-jamendo"), taken):
        if stated.layer is not Layer.AUDIO:
            term = make_term(stated.states, scope=Scope.COLLECTION, captured=taken, layer=stated.layer)
            heard = bearing in {Bearing.BINDS, Bearing.DOUBTFUL}
            yield replace(term, resolution=stated.resolution, dropped=not heard)
