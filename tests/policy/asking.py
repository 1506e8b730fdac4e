"""Makers of terms and questions, and the bytes of the house's own policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources

from licet.corpus import law_files
from licet.digests import sha256_bytes
from licet.policy import Act, Purpose, Question, Use
from licet.terms import Clause, Evidence, Resolution, Scope, Stance, Standing, Term, Voice, resolve

LAW = law_files()
HOUSE = resources.files("licet.policy").joinpath("data/house.toml").read_bytes()
DAY = date(2026, 11, 22)
ITEM = sha256_bytes(b"the file")


def make_term(
    statement: str,
    *,
    voice: Voice = Voice.CATALOGUE,
    about: str = "jamendo:214",
    scope: Scope = Scope.RECORDING,
    standing: Standing = Standing.PUBLIC,
    captured: date = DAY,
    **more: object,
) -> Term:
    """Make a term that says `statement`."""
    when = datetime(captured.year, captured.month, captured.day, 12, tzinfo=UTC)
    evidence = Evidence(sha256_bytes(f"{voice}{about}{statement}".encode()), "test", "a test", when)
    about = about if voice is Voice.CATALOGUE else ""
    return Term(statement, resolve(statement), evidence, voice, about, scope, standing, **more)  # type: ignore[arg-type]  # keywords pass through


def make_signal(*clauses: Clause, **more: object) -> Term:
    """Make a term that a signal says, clause by clause."""
    resolution = Resolution(Stance.SIGNALLED, clauses=clauses)
    term = make_term("; ".join(clause.token for clause in clauses), **more)  # type: ignore[arg-type]  # likewise
    return replace(term, resolution=resolution)


def make_question(
    *terms: Term,
    act: Act = Act.TRAIN_GENERATIVE,
    purpose: Purpose = Purpose.COMMERCIAL,
    accepts: frozenset[str] = frozenset({"attribution", "notice"}),
    day: date = DAY,
    places: frozenset[str] = frozenset({"EU"}),
    **more: object,
) -> Question:
    """Make a question about terms."""
    use = Use(act, purpose, places, day)
    return Question(use=use, terms=terms, item_evidence=ITEM, accepts=accepts, **more)  # type: ignore[arg-type]  # likewise
