"""The rights card of a model says what it read, what it owes and what it inherits; no name can make it say more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from msgspec import json

from licet.cli.running import chain_fed
from licet.corpus import read_lines
from licet.corpus.manifest import Written, writing
from licet.errors import GateError, LogError
from licet.exports.finished import Finished
from licet.exports.model_card import card_lines, write
from licet.training.runs import Base
from licet.training.sharding import Share
from schooling import NOON, SALT, lab, manifest_of, opened, started

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from licet.workspace import Workspace

FLAMINGO = Base(
    name="nvidia/music-flamingo-2601-hf",
    version="4f0c",
    licence="NVIDIA OneWay Noncommercial License",
    states="MF-Skills and MF-Think",
)
SECRET = Base(name="our-own", version="3")
HEADINGS = (
    "What it was trained on",
    "What it read",
    "Conditions to keep",
    "What it inherits",
    "What Licet cannot tell",
    "How to verify it",
)
EVIL = "</td></table><script>alert(1)</script>|[x](javascript:y)\n---\nlicense: mit\n# heading `code` \u202e"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Make one workspace, in which each test has a run of its own."""
    return lab(tmp_path_factory.mktemp("lab"), seconds=0.5)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of a test's own run."""
    return re.sub(r"\W", "-", request.node.name)


def trained(room: Workspace, name: str, *, reads: Iterable[str] | None = None, epochs: int = 1, **how: Any) -> Finished:
    """Run to the end: read some of the items in each epoch, or all that pass, and finish with two files of weights."""
    folder = started(room, name, **how)
    gate = opened(room, name)
    for _ in gate.epochs(epochs):
        places = gate.admitted() if reads is None else map(gate.place_of, reads)
        for place in places:
            gate.read(place if place is None else int(place))
    weights = folder / "weights"
    weights.mkdir()
    for part in ("a", "b"):
        (weights / f"{part}.safetensors").write_bytes(part.encode())
    room.runs.finish(name, [weights], at=NOON, salt=SALT)
    return finished(room, name)


def finished(room: Workspace, name: str) -> Finished:
    """Open a finished run."""
    folder = room.runs.at(name)
    sealed, *newer = chain_fed(folder, room.receipts)
    return Finished.of(folder, sealed, newer)


def card(run: Finished, licence: str = "") -> str:
    """Return the card of a run."""
    with run.asking() as read:
        return "\n".join(card_lines(run, read, licence))


def section(text: str, heading: str) -> str:
    """Return what stands under one heading."""
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_it_has_every_part(room: Workspace, name: str) -> None:
    """In one order, whatever was read; also where nothing was."""
    for each, reads in ((name, None), (f"{name}-nothing", ())):
        found = card(trained(room, each, reads=reads))
        assert tuple(re.findall(r"^## (.+)$", found, re.MULTILINE)) == HEADINGS
    assert "Nothing passed the gate that it was trained through." in found
    assert "| sound, at most | 0 seconds |" in found


def test_it_says_what_was_read_and_for_which_use(room: Workspace, name: str) -> None:
    """Items, epochs, and hours as an upper bound; the use, the reading and the day."""
    text = card(trained(room, name, epochs=3))
    assert "**Through the gate it read 4 items, each cleared, in 3 epochs.**" in text
    asked = section(text, "What it was trained on")
    for words in ("**train a model that does not generate**, **commercially**, **in the EU**", "22 November 2026"):
        assert words in asked
    assert "Read as: Strict." in asked
    read = section(text, "What it read")
    for row in ("items | 4", "readings: an item counts once an epoch | 12", "sound, at most | 6 seconds"):
        assert f"| {row} |" in read
    assert "| CC BY 4.0 | <https://creativecommons.org/licenses/by/4.0/> | 2 |" in read
    assert "NC" not in read
    assert "| refused | 2 |" in read


def test_it_owes_what_was_read_asks_for_and_nothing_else(room: Workspace, name: str, tmp_path: Path) -> None:
    """The credits are those of items that were read, though more of the manifest passes."""
    free = trained(room, f"{name}-free", reads=["0001.wav"])
    assert "What it read asks for nothing in return." in card(free)
    assert "No permitted item asks for a credit." in write(free, tmp_path / "free")[1].read_text()
    owing = trained(room, name, reads=["0003.wav"])
    assert "**attribution** (1 item; binds now)" in section(card(owing), "Conditions to keep")
    _, credit = write(owing, tmp_path / "owing")
    assert "“Song 3” by Ann" in credit.read_text()
    assert "Song 0" not in credit.read_text()


@pytest.mark.parametrize(
    ("given", "bases", "expected"),
    [
        ("CC-BY-NC-4.0", [FLAMINGO], "license: cc-by-nc-4.0\nbase_model:"),
        ("Apache-2.0", [SECRET], "license: apache-2.0\ntags:"),
        ("Apache-2.0", [FLAMINGO], "license: other\nlicense_name: nvidia-oneway-noncommercial-license\nbase_model:"),
        ("mit", [], 'license: "mit"\ntags:'),
        ("Our own terms: ask", [], "license: other\nlicense_name: our-own-terms-ask\ntags:"),
        ("", [FLAMINGO], "license: other\nlicense_name: nvidia-oneway-noncommercial-license\nbase_model:"),
        ("", [FLAMINGO, SECRET], "license: other\nlicense_name: those-of-its-bases\nbase_model:"),
        ("", [SECRET], "license: other\nlicense_name: not-stated\ntags:"),
    ],
    ids=["given", "over none", "hiding one", "short", "in words", "inherited", "of two", "not stated"],
)
def test_the_licence_is_its_makers_or_its_bases(
    room: Workspace, name: str, given: str, bases: list[Base], expected: str
) -> None:
    """In the front matter; a base that the hub does not have is not linked there."""
    text = card(trained(room, name, bases=bases), given)
    front = text.partition("\n---\n")[0]
    assert expected in front
    assert ('- "nvidia/music-flamingo-2601-hf"' in front) is (FLAMINGO in bases)
    assert "our-own\n" not in front


def test_a_fine_tune_inherits_what_its_base_is_under(room: Workspace, name: str) -> None:
    """With its maker's words on what it was trained on, or that nobody discloses that."""
    told = section(card(trained(room, name, bases=[FLAMINGO, SECRET])), "What it inherits")
    flamingo, _, secret = told.partition("### our-own")
    assert "Licence of its weights: NVIDIA OneWay Noncommercial License. A fine-tune inherits it." in flamingo
    assert "That licence calls itself non-commercial" in flamingo
    assert "trained on: MF-Skills and MF-Think. Licet has not checked that." in flamingo
    assert "What it was trained on is **not disclosed**." in secret
    assert "Licence of its weights: not stated" in secret
    assert "non-commercial" not in secret


def test_an_attested_base_brings_its_own_figures(room: Workspace, name: str) -> None:
    """And what it began with itself."""
    first = trained(room, f"{name}-base", reads=["0000.wav"], epochs=2, bases=[FLAMINGO, SECRET])
    second = trained(room, name, bases=[first.folder / "attestation.json"], model="singer")
    told = section(card(second), "What it inherits")
    assert f"`{sha256(first.attestation.envelope.body).hexdigest()}`" in told
    assert "It read 1 item in 2 epochs, 1 seconds of sound at most, cleared for train-other, commercial, in EU." in told
    assert "What it read asks for attribution (1) and notice (1) in return." in told
    assert "(licence: NVIDIA OneWay Noncommercial License; trained on: MF-Skills and MF-Think)" in told
    assert "It began with our-own (licence: not stated; trained on: **not disclosed**)" in told
    third = trained(room, f"{name}-third", bases=[second.folder / "attestation.json"])
    assert "It began with tagger (attested too)." in section(card(third), "What it inherits")


@pytest.mark.parametrize("licence", ["", "Apache-2.0"])
def test_a_non_commercial_licence_is_inherited_through_any_number_of_models(
    room: Workspace, name: str, licence: str
) -> None:
    """Whatever licence is given to the one that came out; and one whose base carries it no further is looked into."""
    run = trained(room, f"{name}-0", bases=[FLAMINGO])
    for number in range(1, 4):
        run = trained(room, f"{name}-{number}", bases=[run.folder / "attestation.json"])
    (base,) = run.attested.bases
    bare = replace(run, attested=replace_in(run.attested, bases=(replace_in(base, licence=""),)))
    for one in (run, bare):
        text = card(one, licence)
        assert "license: other\nlicense_name: nvidia-oneway-noncommercial-license" in text
        assert f"Licence that it inherits itself: {FLAMINGO.licence}" in section(text, "What it inherits")
        assert "That licence calls itself non-commercial" in section(text, "What it inherits")
        assert ("Its maker gives it under Apache-2.0. It inherits NVIDIA" in text) is bool(licence)


def test_a_model_that_began_with_none_inherits_nothing(room: Workspace, name: str) -> None:
    """As whoever started the run states."""
    assert "It began with no other model" in section(card(trained(room, name)), "What it inherits")


def test_it_names_the_share_the_code_and_the_configuration(room: Workspace, name: str, tmp_path: Path) -> None:
    """Where they were stated."""
    config = tmp_path / "config.toml"
    config.write_text("rate = 1")
    share = Share(shards=2, shard=1, slices=3, slice=2)
    told = section(card(trained(room, name, share=share, code="abc123-dirty", config=config)), "What it was trained on")
    assert "shard 1 of 2, up to slice 2 of 3, counted from 0" in told
    assert "Code: `abc123-dirty`." in told
    assert f"`{sha256(b'rate = 1').hexdigest()}`" in told


def test_how_to_verify_it(room: Workspace, name: str) -> None:
    """By digests, by the log's entries, and with two commands."""
    run = trained(room, name)
    told = section(card(run), "How to verify it")
    assert f"| a.safetensors | `{sha256(b'a').hexdigest()}` |" in told
    assert sha256((run.folder / "usage.parquet").read_bytes()).hexdigest() in told
    assert f"`attestation.json`, entry {run.attestation.log.place} of log.example/lab" in told
    assert f"Manifest: entry {run.attested.manifest.place} of log.example/lab" in told
    assert "`licet verify attestation.json --known log.key.pub`" in told
    assert f"`licet prove RECORDING --run {name}`" in told


def test_many_files_of_weights_are_summed_after_the_first(room: Workspace, name: str) -> None:
    """And where there are none it says so."""
    folder = started(room, name)
    for _ in opened(room, name).epochs(1):
        pass
    weights = folder / "weights"
    weights.mkdir()
    for number in range(25):
        (weights / f"{number:02}.bin").write_bytes(b"")
    room.runs.finish(name, [weights], at=NOON, salt=SALT)
    told = card(finished(room, name))
    assert "| 19.bin |" in told
    assert "| 20.bin |" not in told
    assert "And 5 more, which the attestation lists." in told
    started(room, f"{name}-none")
    for _ in opened(room, f"{name}-none").epochs(1):
        pass
    room.runs.finish(f"{name}-none", at=NOON, salt=SALT)
    assert "No weights were attested." in card(finished(room, f"{name}-none"))


def test_the_same_run_gives_the_same_bytes(room: Workspace, name: str, tmp_path: Path) -> None:
    """Wherever it is written."""
    run = trained(room, name, bases=[FLAMINGO])
    first = [path.read_bytes() for path in write(run, tmp_path / "first")]
    assert [path.name for path in write(finished(room, name), tmp_path / "second")] == ["RIGHTS.md", "ATTRIBUTION.txt"]
    assert first == [path.read_bytes() for path in sorted((tmp_path / "second").iterdir(), reverse=True)]


def test_no_name_of_others_becomes_markup(room: Workspace, name: str) -> None:
    """That of a model, a base, a licence, a corpus or a log; what a maker states, and what a file is called."""
    base = Base(name=EVIL, version=EVIL, licence=EVIL, states=EVIL)
    first = trained(room, f"{name}-base", model=EVIL, bases=[base], code=EVIL)
    run = trained(room, name, model=EVIL, bases=[base, first.folder / "attestation.json"], code=EVIL)
    manifest = replace_in(run.attested.manifest, origin=EVIL)
    attested = replace_in(run.attested, manifest=manifest, dropped={EVIL: 1}, config=EVIL)
    run = replace(run, attested=attested, head=replace_in(run.head, corpus=EVIL, accepts=(EVIL,), reading=EVIL))
    text = card(run, EVIL)
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text.partition("\n---\n\n")[2])
    known = set("h1 h2 h3 p strong em ul li table thead tbody tr th td code a".split())
    assert set(re.findall(r"<(\w+)", page)) <= known
    assert {
        url.partition("/licenses")[0].partition("/publicdomain")[0] for url in re.findall(r'href="([^"]+)"', page)
    } == {"https://creativecommons.org"}
    assert text.count("\n---\n") == 1
    assert "\u202e" not in text
    assert text.count("\nlicense") == 2  # license and license_name


def replace_in(value: Any, **parts: object) -> Any:
    """Return a value with some parts of it changed."""
    from msgspec.structs import replace as change

    return change(value, **parts)


def test_what_was_attested_must_be_there(room: Workspace, name: str) -> None:
    """A table of usage, or a base's attestation, that is another's: there is no card."""
    first = trained(room, f"{name}-base")
    other = trained(room, f"{name}-other", epochs=2)
    run = trained(room, name, bases=[first.folder / "attestation.json"])
    (base,) = (run.folder / "bases").iterdir()
    kept = base.read_bytes()
    base.write_bytes((other.folder / "attestation.json").read_bytes())
    with pytest.raises(LogError, match="not the attestation that the run began with"):
        finished(room, name)
    base.write_bytes(json.encode(room.receipts.prove(run.sealed, "recording:jamendo:1")))
    with pytest.raises(LogError, match="no attestation of a model"):
        finished(room, name)
    base.write_bytes(kept)
    assert finished(room, name) == run
    kept = (run.folder / "usage.parquet").read_bytes()
    (run.folder / "usage.parquet").write_bytes(b"")
    with pytest.raises(GateError, match="not what was attested"):
        finished(room, name)
    (run.folder / "usage.parquet").write_bytes(kept)
    other = changed(run.sealed, room.folder / f"{name}-other", {}, replace_in(run.head, act="fine-tune"))
    with pytest.raises(GateError, match="not for the use that was attested"):
        Finished.of(run.folder, other)


def changed(sealed: Path, out: Path, parts: dict[str, Any], head: Any) -> Path:
    """Write a sealed manifest again, with something else in every line, as if it were that one."""
    with writing(out, head) as manifest:
        for line in read_lines(sealed):
            manifest.add(Written.of(replace_in(line, **parts)))
    return out


def test_a_card_is_made_of_the_lines_that_were_attested(room: Workspace, name: str, tmp_path: Path) -> None:
    """Another table beside them, with other credits, is not looked at; of other lines no card is made."""
    run = trained(room, name)
    first = [path.read_bytes() for path in write(run, tmp_path / "card")]
    other = changed(run.sealed, tmp_path / "other", {"attribution": "Mallory"}, run.head)
    with pytest.raises(GateError, match=r"manifest\.jsonl is not what was attested"):
        write(replace(run, sealed=other), tmp_path / "card")
    with (other / "manifest.jsonl").open("ab") as stream:
        stream.write(b"no line")
    with pytest.raises(GateError, match=r"manifest\.jsonl is not what was attested"):
        write(replace(run, sealed=other), tmp_path / "card")
    (other / "manifest.jsonl").write_bytes(b"")
    nothing = replace_in(run.attested.manifest, sha256=sha256(b"").hexdigest())
    with pytest.raises(GateError, match=r"does not hold 0000\.wav, which was read"):
        card(replace(run, sealed=other, attested=replace_in(run.attested, manifest=nothing)))
    (other / "manifest.jsonl").write_bytes((run.sealed / "manifest.jsonl").read_bytes())
    assert [path.read_bytes() for path in write(replace(run, sealed=other), tmp_path / "card")] == first


def test_a_card_owes_what_the_last_line_asks_for(name: str, tmp_path: Path) -> None:
    """Where a source changed its word before the epoch began: what was attested and what the card says are one."""
    with lab(tmp_path / "own", seconds=0.5) as own:
        manifest_of(own)
        (tmp_path / "more.csv").write_text("id,title,artist,licence,path\njamendo:1,Song 1,Bo,CC-BY-4.0,0001.wav\n")
        own.add("table", tmp_path / "more.csv", captured_at=NOON - timedelta(hours=1), audio=own.folder / "music")
        run = trained(own, name, reads=["0001.wav"])
        assert len(run.newer) == 1
        assert "attribution" in run.attested.conditions
        assert "**attribution** (1 item; binds now)" in section(card(run), "Conditions to keep")
        assert "“Song 1” by Bo" in write(run, tmp_path / "card")[1].read_text()
        (run.newer[0] / "manifest.jsonl").write_bytes(b"")
        with pytest.raises(GateError, match="not what was attested"):
            card(run)
