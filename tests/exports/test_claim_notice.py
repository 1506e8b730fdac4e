"""A notice of a claim: what it says, its pictures, its document, and the signed list that tells when it was changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from PIL import Image

from licet.corpus import StatementLine
from licet.errors import AudioError, UsageError
from licet.exports.claim_notice import (
    CLAIM_BUNDLE,
    Dossier,
    Exhibit,
    Held,
    Kept,
    LoggedEntry,
    Shown,
    Spoken,
    check_pack,
    write_pack,
)
from licet.exports.claim_notice import bundle as bundle_room
from licet.exports.claim_notice.bundle import bundled
from licet.exports.claim_notice.content import Text, notice_of
from licet.exports.claim_notice.document import document
from licet.exports.claim_notice.pictures import LONGEST_S, WIDE, Stretch, levels_of, side_by_side, stretch_of
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from licet.registry.claims import (
    LOGGED_TYPE,
    Against,
    Answer,
    Ask,
    Claim,
    Disclosed,
    Found,
    HeardIn,
    Remedy,
    Respondent,
    Step,
    StepKind,
    What,
    standing,
)
from licet.registry.parties import Party
from licet.transparency import (
    PAYLOAD_TYPE,
    Log,
    LogWriter,
    Signer,
    Statement,
    Subject,
    Verifier,
    create_log,
    make_key,
    parse_envelope,
    parse_statement,
    prove_entry,
    sealed,
)
from playing import encode, music, write_wav
from test_eu_page import COMPLAINTS, browse

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> \u202egnp.3pm\u202c 歌 & 'söng'"
FOUND = Found(
    recording="jamendo:1",
    query_start_ms=500,
    query_end_ms=4_500,
    reference_start_ms=2_500,
    reference_end_ms=6_500,
    time_factor="0.95",
    frequency_factor="1",
    aligned_peaks=1_234,
    probability="1",
    path="one.wav",
)
CLAIM = Claim(
    claimant="ann",
    actor="desk",
    at=NOON.isoformat(),
    recordings=("jamendo:1", "jamendo:2"),
    against=Against(what=What.OUTPUT, name=HOSTILE),
    respondent=Respondent(name="Big Lab"),
    grounds=(
        HeardIn(name=HOSTILE, sha256="5" * 64, found=(FOUND,)),
        Disclosed(words="We used it.", url="https://lab.example/", read="2026-11-20", evidence="6" * 64),
    ),
    asks=tuple(Ask),
    words=f"{'A long letter. ' * 250}\n{HOSTILE}",
)
TERM = StatementLine("corpus", "tag", HOSTILE, "", "silent", "", "", NOON.isoformat(), "7" * 64, "", 0, 0)


def steps() -> list[Step]:
    """Some steps, one of which nobody may take."""
    facts = {"claim": CLAIM.id, "party": "ann", "actor": "desk"}
    later = [NOON.replace(hour=hour).isoformat() for hour in (13, 14, 15, 16)]
    return [
        Step(kind=StepKind.ANSWERED, at=later[0], answer=Answer.DENIED, words=HOSTILE, **facts),  # type: ignore[arg-type]  # texts
        Step(kind=StepKind.REMEDIED, at=later[1], remedy=Remedy.REMOVED, place=7, **facts),  # type: ignore[arg-type]  # likewise
        Step(kind=StepKind.REMEDIED, at=later[2], remedy=Remedy.LICENSED, grant="8" * 64, **facts),  # type: ignore[arg-type]  # likewise
        Step(kind=StepKind.ACKNOWLEDGED, at=later[3], **facts),  # type: ignore[arg-type]  # likewise
    ]


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """The key of a log."""
    return make_key(tmp_path_factory.mktemp("keys") / "log.key", "log.example/one")


@pytest.fixture(scope="module")
def dossier(signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    """A dossier of hostile names, with one real picture and a real entry of a log."""
    folder = tmp_path_factory.mktemp("house")
    sound = music(1, 8, rate_hz=SAMPLE_RATE_HZ)
    file = write_wav(folder / "one.wav", sound, SAMPLE_RATE_HZ)
    create_log(folder / "log", "log.example/one", signer)
    entry = Statement((Subject("claim", {"sha256": CLAIM.id}),), LOGGED_TYPE, {"at": CLAIM.at}).encoded()
    with LogWriter(folder / "log", signer) as writer:
        writer.append([entry])
    log = Log(folder / "log", [signer.verifier])
    picture = side_by_side(Stretch(HOSTILE, stretch_of(file, 2.5, 6.5), 0.5, 4.5), Stretch("jamendo:1", None, 2.5, 6.5))
    return Dossier(
        claim=CLAIM,
        claimant=Party("ann", "Ann Maker"),
        standing=standing(CLAIM, steps(), as_of=NOON.replace(hour=20)),
        as_of=NOON.replace(hour=20),
        origin="log.example/one",
        places={CLAIM.id: 0},
        titles={"jamendo:1": HOSTILE},
        exhibits=(
            Exhibit(
                "Output",
                HOSTILE,
                "",
                (("What it is", "an audio file"),),
                (Shown(FOUND, "pictures/001.png", ("a note",)), Shown(FOUND)),
                ((TERM, Kept("evidence/a.txt")), (TERM, Kept(trouble="it is gone"))),
                Kept(trouble="there is none"),
                ("another note",),
            ),
        ),
        disclosures=((CLAIM.grounds[1], Kept("evidence/a.txt")),),  # type: ignore[arg-type]  # it is one
        held=(Held("jamendo:1", "", "work", None, "vouched"), Held("jamendo:2", "", "work", Fraction(1, 2), "account")),
        spoken=(Spoken("9" * 64, "grant", NOON.isoformat(), "all", signed=True, kept=Kept("evidence/a.txt")),),
        files={
            "pictures/001.png": picture,
            "evidence/a.txt": b"we used it",
            "receipts/claim-entry.json": msgspec.json.encode(LoggedEntry(entry.decode(), prove_entry(log, 0))),
        },
        licet="0.1",
    )


@pytest.fixture(scope="module")
def pack(dossier: Dossier, signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack."""
    folder = tmp_path_factory.mktemp("packs") / "pack"
    write_pack(dossier, folder, signer)
    return folder


def wrong(folder: Path, *known: Verifier) -> dict[str, str]:
    """Return what is wrong with a pack, by file."""
    return {one.file: one.says for one in check_pack(folder, known).wrong}


def names(folder: Path) -> list[str]:
    """Return the files of a pack."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_same_dossier_gives_the_same_bytes(dossier: Dossier, pack: Path, signer: Signer, tmp_path: Path) -> None:
    """Down to the pictures, the document and the signature."""
    written = write_pack(dossier, tmp_path / "again", signer)
    assert sorted(written) == names(pack)
    for name in written:
        assert (tmp_path / "again" / name).read_bytes() == (pack / name).read_bytes(), name


def test_the_page_says_what_it_must_and_hides_nothing(pack: Path) -> None:
    """Names of other people's run nothing and turn nothing around."""
    page = (pack / "notice.html").read_text(encoding="utf-8")
    assert "A finding is no proof of training." in page
    assert "<script" not in page
    assert "\u202e" not in page
    assert "script-src" not in page
    assert "default-src &#39;none&#39;" in page
    assert page.count("data:image/png;base64,") == 1
    for text in ("speed −5.0 %, pitch unchanged", "probability 0.9999", "not stated"):
        assert text in page, text
    assert "Void: acknowledged does not follow when the claim is remedied" in page
    assert "by entry 7 of the log" in page
    assert "They are set by no law." in page
    assert page.count("letter.") == 250, "quoted whole, in parts"


def test_the_document_holds_the_same(pack: Path) -> None:
    """On A4; a letter that its fonts do not have is shown by its number, and that is said."""
    content = (pack / "notice.pdf").read_bytes()
    assert content.startswith(b"%PDF-1.")
    assert content.count(b"/MediaBox [ 0 0 595.2756 841.8898 ]") >= 3
    assert b"CreationDate (D:2000" in content, "no time of making"
    parts = re.findall(rb"(?<!end)stream\r?\n(.*?)endstream", content, re.DOTALL)
    drawn = b"".join(zlib.decompressobj().decompress(one) for one in parts)
    for text in (
        b"Notice of claim",
        b"A finding is no proof of training.",
        b"[U+6B4C]",
        b"by their numbers in Unicode",
    ):
        assert text in drawn, text


def test_in_a_browser(pack: Path, tmp_path: Path) -> None:
    """The picture is drawn, the style holds, and nothing is refused."""
    seen = browse(pack / "notice.html", tmp_path / "home", "--dump-dom")
    assert seen.stdout.count("<h2") == 7
    assert not [line for line in seen.stderr.splitlines() if COMPLAINTS.search(line)]


def test_a_pack_checks_with_the_public_key_alone(pack: Path, signer: Signer) -> None:
    """And says whose claim it is, and who signed."""
    checked = check_pack(pack, [signer.verifier])
    assert (checked.wrong, checked.claim) == ((), CLAIM.id)
    assert checked.signed_by[0].startswith("log.example/one+")
    statement = parse_statement(parse_envelope((pack / "bundle.json").read_bytes()).body, of_type=CLAIM_BUNDLE)
    assert [one.name for one in statement.subject] == [name for name in names(pack) if name != "bundle.json"]


def test_each_file_that_is_changed_missing_or_added_is_named(pack: Path, signer: Signer, tmp_path: Path) -> None:
    """One after the other, and nothing else is complained of."""
    for number, name in enumerate(names(pack)):
        folder = tmp_path / f"{number}"
        shutil.copytree(pack, folder)
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        assert list(wrong(folder, signer.verifier)) == [name]
        (folder / name).unlink()
        assert wrong(folder, signer.verifier) == {name: "missing"}
        (folder / name).write_bytes(content)
        (folder / f"{name}.bak").write_bytes(b"more")
        assert wrong(folder, signer.verifier) == {f"{name}.bak": "added"}


def test_nothing_leads_out_of_a_pack(pack: Path, signer: Signer, tmp_path: Path) -> None:
    """No link in the place of a file or a folder, no folder in the place of a file, and no unknown one."""
    for number, (name, says) in enumerate(
        [("claim.json", "it is a link"), ("evidence/a.txt", "it is a link"), ("notice.pdf", "it is no plain file")]
    ):
        folder = tmp_path / f"{number}"
        shutil.copytree(pack, folder)
        (folder / name).unlink()
        if says == "it is a link":
            (folder / name).symlink_to(pack / name)
        else:
            (folder / name).mkdir()
        assert wrong(folder, signer.verifier) == {name: says}
    folder = tmp_path / "whole"
    shutil.copytree(pack, folder)
    shutil.rmtree(folder / "evidence")
    (folder / "evidence").symlink_to(pack / "evidence")
    (folder / "more").mkdir()
    assert wrong(folder, signer.verifier) == {"evidence/a.txt": "evidence is a link", "more": "added"}
    shutil.rmtree(folder)
    with pytest.raises(UsageError, match="there is no folder"):
        check_pack(folder, [signer.verifier])


def test_what_nobody_known_signed_is_not_looked_into(pack: Path, tmp_path: Path) -> None:
    """Whatever its list says."""
    stranger = make_key(tmp_path / "other.key", "log.example/one")
    assert list(wrong(pack, stranger.verifier)) == ["bundle.json"]


@pytest.mark.parametrize(
    ("subjects", "says"),
    [
        (["claim.json", "../../etc/passwd"], "is no name of a file"),
        (["claim.json", "/etc/passwd"], "is no name of a file"),
        (["claim.json", "evidence/../claim.json"], "is no name of a file"),
        (["claim.json", "claim.json"], "each is named once"),
        (["notice.pdf"], "there is no claim.json"),
    ],
    ids=["upwards", "absolute", "round about", "twice", "no claim"],
)
def test_a_signed_list_that_bites(subjects: list[str], says: str, signer: Signer, tmp_path: Path) -> None:
    """Even a known key's list opens nothing outside of the pack."""
    named = tuple(Subject(name, {"sha256": "0" * 64}) for name in subjects)
    body = Statement(named, CLAIM_BUNDLE, {"claim": CLAIM.id, "made": ""}).encoded()
    (tmp_path / "bundle.json").write_bytes(msgspec.json.encode(sealed(PAYLOAD_TYPE, body, [signer])) + b"\n")
    ((file, complaint),) = wrong(tmp_path, signer.verifier).items()
    assert file == "bundle.json"
    assert says in complaint


def signed(folder: Path, files: dict[str, bytes], signer: Signer, claim: str = CLAIM.id) -> dict[str, str]:
    """Write files with a list that names them, and return what is wrong with them."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "bundle.json").write_bytes(bundled(files, claim, NOON, signer))
    return wrong(folder, signer.verifier)


def test_what_is_listed_must_be_what_it_says(dossier: Dossier, signer: Signer, tmp_path: Path) -> None:
    """A claim that is another's, a receipt that is none, and an entry of another claim."""
    entry = dossier.files["receipts/claim-entry.json"]
    other = msgspec.structs.replace(CLAIM, words="other")
    whole = {"claim.json": CLAIM.encoded(), "receipts/claim-entry.json": entry}
    assert signed(tmp_path / "a", whole, signer) == {}
    assert signed(tmp_path / "b", whole | {"claim.json": b"{}"}, signer).keys() == {"claim.json"}
    assert "another claim" in signed(tmp_path / "c", whole | {"claim.json": other.encoded()}, signer)["claim.json"]
    both = signed(tmp_path / "d", whole, signer, other.id)
    assert both == {
        "claim.json": "it is another claim than the list names",
        "receipts/claim-entry.json": "it is the entry of another claim",
    }
    bad = {"receipts/item-001.json": b"{}", "receipts/claim-entry.json": b"{}"}
    assert signed(tmp_path / "e", whole | bad, signer).keys() == bad.keys()


def test_a_pack_has_bounds(
    dossier: Dossier, pack: Path, signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is written, and when it is read."""
    with pytest.raises(UsageError, match="is there already"):
        write_pack(dossier, pack, signer)
    with pytest.raises(UsageError, match="is no name of a file in a pack"):
        write_pack(replace(dossier, files=dossier.files | {"../a.txt": b""}), tmp_path / "x", signer)
    shutil.copytree(pack, tmp_path / "full")
    for number in range(20):
        (tmp_path / "full" / f"{number}.txt").write_bytes(b"")
    monkeypatch.setattr(bundle_room, "MOST_FILES", len(names(pack)))
    found = wrong(tmp_path / "full", signer.verifier)
    assert any("were not looked at" in says for says in found.values())
    monkeypatch.setattr(bundle_room, "MOST_FILES", 2)
    assert list(wrong(pack, signer.verifier)) == ["bundle.json"]
    with pytest.raises(UsageError, match="fewer recordings at once"):
        write_pack(dossier, tmp_path / "x", signer)
    monkeypatch.undo()
    monkeypatch.setattr(bundle_room, "MOST_FILE_BYTES", 4_000)
    assert set(wrong(pack, signer.verifier).values()) == {"it is too large"}


def test_a_picture_shows_the_sound(tmp_path: Path) -> None:
    """A tone stands where its pitch is, and a copy that was encoded again looks like its original."""
    time = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    for hertz, high in ((160, 0.83), (2_500, 0.17)):
        rows = levels_of(np.sin(2 * np.pi * hertz * time).astype(np.float32)).mean(axis=1)
        assert abs(int(rows.argmax()) / len(rows) - high) < 0.01
    assert not levels_of(np.zeros(SAMPLE_RATE_HZ, np.float32)).any()
    sound = music(3, 8, rate_hz=SAMPLE_RATE_HZ)
    master = write_wav(tmp_path / "master.wav", sound, SAMPLE_RATE_HZ)
    copy = encode(tmp_path / "copy.mp3", sound[2 * SAMPLE_RATE_HZ :], "libmp3lame", SAMPLE_RATE_HZ)
    stranger = write_wav(tmp_path / "stranger.wav", music(4, 8, rate_hz=SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    there, here = levels_of(stretch_of(master, 3, 6)), levels_of(stretch_of(copy, 1, 4))
    elsewhere = levels_of(stretch_of(stranger, 3, 6))
    assert np.corrcoef(there.ravel(), here.ravel())[0, 1] > 0.8
    assert np.corrcoef(there.ravel(), elsewhere.ravel())[0, 1] < 0.5


def test_a_stretch_has_bounds(tmp_path: Path) -> None:
    """It begins where it begins, holds no more than is drawn, and must be there."""
    sound = np.linspace(-0.5, 0.5, 40 * SAMPLE_RATE_HZ).astype(np.float32)
    file = write_wav(tmp_path / "a.wav", sound, SAMPLE_RATE_HZ)
    found = stretch_of(file, 5, 40)
    assert len(found) == LONGEST_S * SAMPLE_RATE_HZ
    assert abs(found[0] - (-0.5 + 5 / 40)) < 0.001
    assert len(stretch_of(file, 39, 50)) <= SAMPLE_RATE_HZ + 100
    with pytest.raises(AudioError, match="does not reach to 60"):
        stretch_of(file, 60, 70)


def test_a_picture_without_a_sound_says_so() -> None:
    """Its panel is empty but for the words, and a long name is cut at its beginning."""
    samples = music(1, 2, rate_hz=SAMPLE_RATE_HZ)
    one, two = (
        np.asarray(
            Image.open(BytesIO(side_by_side(Stretch("x" * 300, samples, 0, 2), Stretch("b", other, 0, 40)))).convert(
                "L"
            )
        )
        for other in (None, samples)
    )
    half = one.shape[1] // 2
    assert (abs(one[:, :half].astype(int) - two[:, :half]) < 16).mean() > 0.99
    assert (one[100:200, half + WIDE // 4 :] > 200).mean() > 0.95
    assert (two[100:200, half + WIDE // 4 :] > 200).mean() < 0.95


def test_a_claim_on_which_nothing_happened(dossier: Dossier, signer: Signer, tmp_path: Path) -> None:
    """Has its deadlines, and says that no step was taken."""
    late = datetime(2027, 1, 2, tzinfo=UTC)
    bare = replace(
        dossier, standing=standing(CLAIM, (), as_of=late), as_of=late, exhibits=(), disclosures=(), spoken=(), places={}
    )
    write_pack(bare, tmp_path / "pack", signer)
    page = (tmp_path / "pack" / "notice.html").read_text(encoding="utf-8")
    for text in ("by 29 November 2026: overdue", "No step was taken yet.", "rests on no disclosure", "no statement on"):
        assert text in page
    told = json.loads((tmp_path / "pack" / "steps.json").read_bytes())
    assert told["due"][1] == {"what": "answer", "by": date(2026, 12, 22).isoformat(), "overdue": True}


CJK, LATIN = "許" * 4_000, "We deny this claim, as it was licensed. " * 100


TEXTS = {"cjk": CJK, "latin": LATIN, "one word": "W" * 4_000, "mixed": "x" * 59 + "ж" * 1_000}


@pytest.mark.untraced
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_keeps_a_document_from_being_made(dossier: Dossier, text: str) -> None:
    """In whatever field it stands: it is shown whole, page after page, or cut where a table cannot hold it."""
    name = text[:600]
    found = msgspec.structs.replace(FOUND, recording=f"local:{text[:200]}", path=name)
    keys = tuple(f"local:{text[:198]}{number}" for number in range(3))
    claim = msgspec.structs.replace(
        CLAIM,
        recordings=(found.recording, *keys),
        actor=name,
        against=Against(what=What.MODEL, name=name),
        respondent=Respondent(name=name, party=name),
        grounds=(
            HeardIn(name=name, sha256="5" * 64, found=(found,)),
            Disclosed(words=text, url=f"https://lab.example/{name[:500]}", read="2026-11-20", evidence="6" * 64),
        ),
        words=text,
    )
    said = {"claim": claim.id, "actor": name, "words": text}
    denied = Step(kind=StepKind.ANSWERED, party=name, at=CLAIM.at, answer=Answer.DENIED, **said)  # type: ignore[arg-type]  # texts
    void = Step(kind=StepKind.ANSWERED, party=name[1:], at=CLAIM.at, answer=Answer.DENIED, **said)  # type: ignore[arg-type]  # likewise
    gone = Kept(trouble=text)
    term = msgspec.structs.replace(TERM, source=text, about=text, statement=text, licence=name)
    shown = (Shown(found, "pictures/001.png", (text,)),)
    exhibit = Exhibit("Item", text, text, ((text[:40], text),), shown, ((term, gone),), gone, (text,))
    hostile = replace(
        dossier,
        claim=claim,
        claimant=Party("ann", text, proof=text),
        standing=standing(claim, [denied, void], as_of=NOON.replace(hour=20)),
        origin=name,
        titles=dict.fromkeys(claim.recordings, text),
        exhibits=(exhibit,),
        disclosures=((claim.grounds[1], gone),),  # type: ignore[arg-type]  # it is one
        held=(Held(keys[0], text, text, None, text),),
        spoken=(Spoken("9" * 64, text, NOON.isoformat(), text, signed=True, kept=gone),),
    )
    notice = notice_of(hostile)
    assert document(notice, dossier.files).startswith(b"%PDF-1.")
    parts = [one.says for section in notice.sections for one in section.blocks if isinstance(one, Text) and one.quoted]
    assert "".join(parts).count(text[0]) >= 4 * text.count(text[0]), "claim, disclosure and both steps, whole"


def test_what_was_said_with_a_step_is_quoted(pack: Path) -> None:
    """And by whom, after the table of the steps."""
    page = (pack / "notice.html").read_text(encoding="utf-8")
    assert "what ann said with it:" in page


def test_a_name_of_any_kind_can_stand_over_a_picture() -> None:
    """With a break in it, as long as names get, or in letters that the font does not have."""
    for title in ("a\nb.mp3", "n" * 5_000, "許" * 300, "\u202e\x9b", ""):
        assert side_by_side(Stretch(title, None, 0, 1), Stretch(title, None, 0, 1)).startswith(b"\x89PNG")


def test_a_list_that_is_nested_without_end_is_none(pack: Path, signer: Signer, tmp_path: Path) -> None:
    """It is said, and so is a name that is no text, as text."""
    folder = tmp_path / "pack"
    shutil.copytree(pack, folder)
    os.close(os.open(os.fsencode(folder) + b"/\xff\n", os.O_CREAT))
    assert wrong(folder, signer.verifier) == {"\\xff\\x0a": "added"}
    (folder / "bundle.json").write_bytes(b'{"x":' * 200_000)
    assert "it is no envelope" in wrong(folder, signer.verifier)["bundle.json"]
    entry = {"claim.json": CLAIM.encoded(), "receipts/claim-entry.json": b'{"proof":' * 200_000}
    assert list(signed(tmp_path / "deep", entry, signer)) == ["receipts/claim-entry.json"]
