"""A house in which Kept's Maker finds its recording in somebody's corpus: cropped, mislabelled and encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from corpora import COMMERCIAL, RATE_HZ, clip, launder, write_masters
from house import NOON, ORIGIN, SALT
from licet.catalog import Right
from licet.registry.claims import Against, Ask, Claim, Respondent, Step, StepKind, What
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.transparency import create_log, make_key
from licet.workspace import Workspace
from playing import encode, music, write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from licet.registry.claims import Ground

THEN = NOON - timedelta(days=1)
ITEM = "free/lullaby (royalty free).mp3"
PAGE = b"<p>We trained Singer on Big Set.</p>"


@dataclass
class Case:
    """The workspace, the sealed manifest of the corpus, and where everything lies."""

    room: Workspace
    manifest: Path
    corpus: Path
    masters: Path
    recording: str

    @property
    def output(self) -> Path:
        """What a model is said to have given out."""
        return self.corpus.parent / "output.mp3"

    def claim(self, *grounds: Ground, **facts: object) -> Claim:
        """Word a claim on the corpus, or on something else."""
        given = {
            "claimant": "maker",
            "actor": "desk",
            "at": NOON.isoformat(),
            "recordings": (self.recording,),
            "against": Against(what=What.CORPUS, name="Big Set"),
            "respondent": Respondent(name="Big Lab", party="biglab"),
            "grounds": grounds or (self.room.claims.in_manifest(self.manifest, [self.recording]),),
            "asks": (Ask.TELL, Ask.REMOVE),
        }
        return Claim(**given | facts)  # type: ignore[arg-type]  # fields of several types

    def made(self, **facts: object) -> Claim:
        """Make a claim on the corpus."""
        claim = self.claim(**facts)  # type: ignore[arg-type]  # keywords pass through
        self.room.claims.make(claim)
        return claim


def step(claim: Claim, kind: StepKind, party: str, hour: float = 1, **facts: object) -> Step:
    """Word a step of a claim, some hours after it."""
    at = (claim.moment + timedelta(hours=hour)).isoformat()
    return Step(claim=claim.id, kind=kind, party=party, actor="desk", at=at, **facts)  # type: ignore[arg-type]  # likewise


def granted(case: Case) -> None:
    """Take back what the maker reserved, and grant it to everybody."""
    about = (Subject(Reach.RECORDING, case.recording),)
    at = (THEN + timedelta(hours=1)).isoformat()
    for one in case.room.desk.store.about({case.recording: about}, ["maker"]):
        case.room.desk.say(Statement(kind=Kind.REVOCATION, party="maker", actor="desk", at=at, of=one.id))
    case.room.desk.say(Statement(kind=Kind.GRANT, party="maker", actor="desk", at=at, subjects=about))


def make_case(folder: Path, database: str = "licet.db") -> Case:
    """Make the house, its parties and its log, clear the corpus and seal the manifest."""
    listed = write_masters(folder / "masters")
    room = Workspace.init(folder / "workspace")
    settings = room.folder / "licet.toml"
    settings.write_text(settings.read_text().replace('"licet.db"', f'"{database}"'))
    room.close()
    room = Workspace.open(room.folder)
    room.add("table", listed, captured_at=THEN, audio=listed.parent, workers=1)
    create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
    recording = "local:licences/kept.wav"
    for party in ("maker", "biglab", "other"):
        room.desk.introduce(Party(party, f"The {party}", control=Control.VOUCHED, proof="vouched for"), THEN)
    held = [(recording, Holding("maker", "The maker", right, Fraction(1))) for right in Right]
    room.desk.register("maker", held, THEN)
    about = (Subject(Reach.RECORDING, recording),)
    room.desk.say(Statement(kind=Kind.RESERVATION, party="maker", actor="desk", at=THEN.isoformat(), subjects=about))
    for party in ("maker", "biglab"):
        room.notices.watch(party, Address(f"mailto:{party}@example.org"), THEN)
    corpus = folder / "corpus"
    (corpus / "free").mkdir(parents=True)
    launder(encode(corpus / ITEM, clip(2), "libmp3lame", RATE_HZ))
    write_wav(corpus / "stranger.wav", music(99, 10, rate_hz=RATE_HZ), RATE_HZ)
    encode(folder / "output.mp3", clip(2), "libmp3lame", RATE_HZ)
    cleared = room.clear(corpus, COMMERCIAL, workers=1, report=False)
    room.receipts.seal(cleared.folder, salt=SALT, at=NOON)
    return Case(room, cleared.folder, corpus, folder / "masters", recording)
