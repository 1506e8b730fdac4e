"""The layers of a data set, and the two rights in a recording, as they reach a verdict."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from licet.catalog import Entry, Holding, Identifier, Listed, Party, Right, Snapshot, Span, Tags, Work
from licet.corpus import Corpus, stated_for_all
from licet.corpus.house import house_policy
from licet.corpus.items import Item
from licet.corpus.sighting import SIGNED_BYTES, Sighting, _signed
from licet.corpus.testimony import grants_found, rights_covered, terms_of_item, terms_of_set, terms_on_record
from licet.digests import sha256_bytes
from licet.errors import SourceError, UsageError
from licet.policy import Act, Outcome, Purpose, Question, Use, Verdict, decide
from licet.terms import Layer, Scope, Stance, Term, Voice

HOUSE = house_policy()
DAY = date(2026, 11, 22)
BEFORE, BETWEEN, AFTER = (
    datetime(2024, 7, 1, tzinfo=UTC),
    datetime(2025, 7, 1, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
)
BY, ZERO = "http://creativecommons.org/licenses/by/3.0/", "CC0"
ACCEPTED = frozenset({"attribution", "notice"})
MANIFEST = b"manifest_version: 1\nissuer:\n  type: self\nrights:\n  commercial: {granted: true}\n"
ITEM = sha256_bytes(b"the file")


def entry(licence: str | None = BY, *, artist: str = "Ann", **more: object) -> Entry:
    """Make an entry for jamendo:214."""
    span = Span(sha256_bytes(b"the row"), "", 0, 7)
    return Entry(Identifier("jamendo", "214"), span, artist=artist, licence=licence, **more)  # type: ignore[arg-type]  # keywords pass through


def holding(name: str, right: Right) -> Holding:
    """Make a holding."""
    return Holding(Party(name), right, "holder")


def listed(
    captured: datetime, source: str = "mtg-jamendo", one: Entry | None = None, licence: str | None = None
) -> Listed:
    """Make what one snapshot says of one recording."""
    span = Span(sha256_bytes(b"terms"), "", 0, 5) if licence else None
    name = f"{source} {captured}"
    return Listed(one or entry(), Snapshot(name, source, "there", captured, (), 1, 1, licence, span), current=True)


def asked(*terms: Term, purpose: Purpose = Purpose.COMMERCIAL, day: date = DAY) -> Verdict:
    """Ask whether a model may be trained on it."""
    use = Use(Act.TRAIN_GENERATIVE, purpose, frozenset({"EU"}), day)
    return decide(Question(use, terms, ITEM, ACCEPTED), HOUSE, "strict")


def of_layer(terms: tuple[Term, ...], layer: Layer) -> list[Term]:
    """Return the terms of one layer."""
    return [term for term in terms if term.layer is layer]


CASES = {
    "before the change, commercial": (BEFORE, Purpose.COMMERCIAL, Outcome.PERMITTED),
    "nobody saw the change, commercial": (BETWEEN, Purpose.COMMERCIAL, Outcome.UNKNOWN),
    "after the change, commercial": (AFTER, Purpose.COMMERCIAL, Outcome.REFUSED),
    "after the change, non-commercial": (AFTER, Purpose.NON_COMMERCIAL, Outcome.REFUSED),
    "after the change, research": (AFTER, Purpose.RESEARCH, Outcome.PERMITTED),
    "before the change, research": (BEFORE, Purpose.RESEARCH, Outcome.PERMITTED),
}


@pytest.mark.parametrize(("captured", "purpose", "outcome"), CASES.values(), ids=CASES)
def test_jamendo_by_capture(captured: datetime, purpose: Purpose, outcome: Outcome) -> None:
    """A track under CC BY is judged by the terms that MTG-Jamendo had when the snapshot was taken."""
    assert asked(*terms_on_record(listed(captured)), purpose=purpose).outcome is outcome


@pytest.mark.parametrize(("captured", "heard"), [(BEFORE, 0), (AFTER, 1)], ids=["before", "after"])
def test_both_statements_are_shown(captured: datetime, heard: int) -> None:
    """Both versions are there; the one that did not hold at the capture is set aside, and its notes say why."""
    versions = of_layer(tuple(terms_on_record(listed(captured))), Layer.DATA_SET)
    assert [term.dropped for term in versions] == [place != heard for place in range(2)]
    aside = versions[1 - heard]
    assert ("newer" if heard == 0 else "earlier") in aside.resolution.notes[-1]
    assert aside.evidence.digest in {
        digest for reason in asked(*terms_on_record(listed(captured))).opinion.reasons for digest in reason.evidence
    }


def test_asked_about_an_earlier_day() -> None:
    """Terms that were first read after the day asked about are set aside as later."""
    reasons = asked(*terms_on_record(listed(BEFORE)), day=date(2025, 1, 1)).opinion.reasons
    assert "later" in {reason.rule for reason in reasons}


def test_other_layers_say_nothing_of_the_audio() -> None:
    """Where a track states nothing, neither the metadata's licence nor the code's permits it; both are shown."""
    terms = tuple(terms_on_record(listed(BEFORE, one=entry(None))))
    verdict = asked(*terms)
    assert verdict.outcome is Outcome.UNKNOWN
    assert [reason.rule for reason in verdict.opinion.reasons].count("other-layer") == 2
    assert {term.scope for term in terms if term.layer is not Layer.AUDIO} == {Scope.COLLECTION}
    assert {term.voice for term in terms} == {Voice.CATALOGUE}


def test_a_set_without_terms_of_its_own() -> None:
    """The list of Stable Audio Open clears as its makers say; a table that is no known set has its own line alone."""
    assert asked(*terms_on_record(listed(AFTER, "stable-audio"))).outcome is Outcome.PERMITTED
    assert [term.layer for term in terms_on_record(listed(AFTER, "table"))] == [Layer.AUDIO]


def test_what_a_data_set_says_it_is_meant_for_sets_no_condition() -> None:
    """FMA is "meant for research purposes": that is shown, and each track's own licence decides."""
    terms = tuple(terms_on_record(listed(AFTER, "fma")))
    assert asked(*terms).permitted
    assert any("meant for research" in term.statement for term in terms)


def test_evidence_is_kept() -> None:
    """With somewhere to keep it, every statement of a data set can be read back from the bytes its evidence names."""
    kept: dict[str, bytes] = {}

    def keep(content: bytes) -> str:
        digest = sha256_bytes(content)
        kept[digest] = content
        return digest

    terms = [term for term in terms_of_set(listed(AFTER).snapshot, keep) if term.layer is not Layer.AUDIO]
    for term in terms:
        content = kept[term.evidence.blob]
        assert term.evidence.digest == sha256_bytes(content)
        assert term.evidence.length == len(content)
        assert json.loads(content)["states"] == term.statement
    assert {term.evidence.blob for term in terms_on_record(listed(AFTER)) if term.layer is not Layer.AUDIO} == {""}


ANOTHER = (holding("Ann", Right.RECORDING), holding("Bea", Right.WORK))
WORK = Work("The Song")
COVERS = {
    "an artist's own upload": (entry(), True),
    "the artist wrote it": (entry(holdings=(holding("ANN ", Right.WORK),), work=WORK), True),
    "a holder of the recording wrote it": (entry(holdings=(holding("Bea", Right.RECORDING), ANOTHER[1])), True),
    "a work whose writers are not named": (entry(work=WORK), True),
    "another wrote it": (entry(holdings=ANOTHER, work=WORK), False),
    "one of two others wrote it": (entry(holdings=(*ANOTHER, holding("Ann", Right.WORK)), work=WORK), False),
    "the artist is not named": (entry(artist="", holdings=(holding("", Right.WORK),)), False),
}


@pytest.mark.parametrize(("one", "both"), COVERS.values(), ids=COVERS)
def test_what_a_licence_covers(one: Entry, both: bool) -> None:
    """A licence covers both rights, unless the work is known to be another's."""
    assert (rights_covered(one) == frozenset(Right)) is both
    assert Right.RECORDING in rights_covered(one)


@pytest.mark.parametrize("licence", [None, ZERO], ids=["its own licence", "the collection's"])
def test_the_song_is_missing(licence: str | None) -> None:
    """A cover under CC BY leaves the song uncleared, and the reason says which right is missing."""
    cover = entry(None if licence else BY, holdings=ANOTHER, work=WORK)
    verdict = asked(*terms_on_record(listed(AFTER, "table", cover, licence)))
    assert verdict.outcome is Outcome.UNKNOWN
    (says,) = [reason.says for reason in verdict.opinion.reasons if reason.outcome is Outcome.UNKNOWN]
    assert "composition" in says


def test_a_list_that_names_the_writers(tmp_path: Path) -> None:
    """A list's licence for a cover speaks for the recording alone; for an artist's own song it speaks for both."""
    rows = f"path,artist,composer,licence\na.mp3,Ann,Bea,{BY}\nb.mp3,Ann,ann,{BY}\nc.mp3,Ann,Bea=9,{BY}\n"
    (tmp_path / "list.csv").write_text(rows, encoding="utf-8")
    covers, outcomes = [], []
    for item in Corpus(tmp_path / "list.csv").items():
        (term,) = terms_of_item(Sighting(item=item), sha256_bytes, trust_tags=False)
        covers.append(term.covers)
        dated = Sighting(item=item, seen=DAY)
        outcomes.append(asked(*terms_of_item(dated, sha256_bytes, trust_tags=False)).outcome)
    master = frozenset({Right.RECORDING})
    assert covers == [master, frozenset(Right), master]
    assert outcomes == [Outcome.UNKNOWN, Outcome.PERMITTED, Outcome.UNKNOWN]


RSL = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>{}</license></content></rsl>'
STORE = (
    '{{"active_manifest": "1", "validation_state": "Trusted", "manifests": {{"1": {{"assertions": ['
    '{{"label": "cawg.training-mining", "data": {{"entries": {{'
    '"cawg.ai_generative_training": {{"use": "{}"}}}}}}}}]}}}}}}'
)
CARRIED = {
    "nothing": ({}, False, Outcome.PERMITTED),
    "RSL that prohibits": ({"tags": RSL.format('<prohibits type="usage">all</prohibits>')}, False, Outcome.REFUSED),
    "a manifest that does not allow": ({"signed": STORE.format("notAllowed")}, False, Outcome.REFUSED),
    "a manifest that allows": ({"signed": STORE.format("allowed")}, False, Outcome.PERMITTED),
    "a manifest that cannot be read": ({"signed": "the manifest is damaged"}, False, Outcome.UNKNOWN),
    "alone, RSL that permits": ({"tags": RSL.format('<permits type="usage">all</permits>')}, True, Outcome.UNKNOWN),
    "alone, a manifest that allows": ({"signed": STORE.format("allowed")}, True, Outcome.UNKNOWN),
}


@pytest.mark.parametrize(("carried", "alone", "outcome"), CARRIED.values(), ids=CARRIED)
def test_what_a_file_carries_only_takes_away(carried: dict[str, str], alone: bool, outcome: Outcome) -> None:
    """A signal in the file itself refuses beside a licence on record; by itself it permits nothing."""
    more: dict[str, Any] = dict(carried)
    if "tags" in more:
        more["tags"] = Tags("id3", (("TXXX:RSL", more["tags"]),))
    sighting = Sighting(item=Item("one.mp3", path="one.mp3"), seen=DAY, sha256=ITEM, **more)
    kept: dict[str, bytes] = {}

    def keep(content: bytes) -> str:
        kept[sha256_bytes(content)] = content
        return sha256_bytes(content)

    terms = tuple(terms_of_item(sighting, keep, trust_tags=False))
    assert all(kept[term.evidence.blob][: term.evidence.length] for term in terms)
    on_record = () if alone else terms_on_record(listed(BEFORE))
    assert asked(*on_record, *terms).outcome is outcome


@pytest.mark.parametrize(
    ("error", "signed"),
    [
        pytest.param(UsageError("no extra"), "", id="the extra is not installed"),
        pytest.param(SourceError("it is damaged"), "it is damaged", id="damaged"),
        pytest.param(None, "more than", id="too large"),
    ],
)
def test_a_signed_manifest_is_looked_for(monkeypatch: pytest.MonkeyPatch, error: Exception | None, signed: str) -> None:
    """What cannot be read is not taken for silence; what cannot be looked for is."""

    def store(_path: Path) -> bytes:
        if error is not None:
            raise error
        return b" " * (SIGNED_BYTES + 1)

    monkeypatch.setattr("licet.corpus.sighting.manifest_store", store)
    assert _signed(Path("a.mp3")).startswith(signed)
    assert bool(_signed(Path("a.mp3"))) == bool(signed)


def test_a_third_partys_grant_given_as_evidence() -> None:
    """`--stated-from` such a manifest states nothing: it is reported, and silence is what is left."""
    term = stated_for_all("Apache-2.0", "stated for the corpus", "manifest.yaml", MANIFEST, AFTER)
    verdict = asked(term)
    assert (term.layer, term.resolution.stance) == (Layer.THIRD_PARTY, Stance.UNRESOLVED)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "third-party" in {reason.rule for reason in verdict.opinion.reasons}


def test_a_licence_stated_for_all() -> None:
    """Any other file is taken for what it is said to be."""
    assert asked(stated_for_all(BY, "stated for the corpus", "README", b"CC BY", AFTER)).outcome is Outcome.PERMITTED


def test_a_third_partys_grant_in_the_corpus(tmp_path: Path) -> None:
    """A grant that lies in the corpus is kept and reported, and changes no verdict."""
    (tmp_path / ".rights").mkdir()
    (tmp_path / ".rights" / "manifest.yaml").write_bytes(MANIFEST)
    (found,) = grants_found(tmp_path, sha256_bytes, AFTER)
    assert found.layer is Layer.THIRD_PARTY
    assert found.evidence.where == ".rights/manifest.yaml"
    own = tuple(terms_on_record(listed(AFTER, "table")))
    assert asked(*own, found).outcome is asked(*own).outcome is Outcome.PERMITTED
    assert asked(found).outcome is Outcome.UNKNOWN
