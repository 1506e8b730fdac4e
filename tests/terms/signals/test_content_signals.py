from __future__ import annotations

import pytest

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals import Target
from licet.terms.signals.content_signals import READER, SIGNALS
from licet.terms.statement import Stance

TRACK = Target("https://music.example/songs/one.mp3")

MANAGED = b"""# As a condition of accessing this website, you agree to abide by the following content signals:
# (a)  If a Content-Signal = yes, you may collect content for the corresponding use.
User-agent: *
Content-Signal: search=yes,ai-train=no,use=reference
Allow: /

User-agent: Amazonbot
Disallow: /
"""


def test_cloudflares_managed_file_permits_search_and_reserves_training() -> None:
    """The file that Cloudflare serves for its customers; what it says of the manner of use permits nothing."""
    signal = READER.read(MANAGED, TRACK)
    assert signal.problems == ()
    assert signal.clauses == (
        Clause(Says.PERMITS, frozenset({Act.INDEX}), "search=yes", Force.PREFERENCE),
        Clause(Says.RESERVES, SIGNALS["ai-train"], "ai-train=no", Force.PREFERENCE),
    )


@pytest.mark.parametrize(
    ("lines", "tokens"),
    [
        pytest.param("Content-Signal: search=yes, ai-input=no, ai-train=no", "+search=yes -ai-input=no -ai-train=no"),
        pytest.param("CONTENT-SIGNAL: AI-Train=NO", "-ai-train=no", id="case does not count"),
        pytest.param("Content-Signal: ai-train=yes, ai-train=no", "-ai-train=no", id="no wins in a line"),
        pytest.param("Content-Signal: ai-train=no\nContent-Signal: ai-train=yes", "-ai-train=no", id="no wins"),
        pytest.param("Content-Signal: /songs/ ai-train=yes\nContent-Signal: ai-train=no", "+ai-train=yes", id="a path"),
        pytest.param("Content-Signal: /other/ ai-train=yes", "", id="another path"),
        pytest.param("Content-Signal:", "", id="an empty line"),
        pytest.param("# Content-Signal: ai-train=yes", "", id="a comment"),
        pytest.param("Content-Signal: ai-train", "", id="no value"),
        pytest.param("Content-Signal: ai-train=maybe, search=yes", "", id="another value permits nothing beside it"),
        pytest.param("Content-Signal: ai-sing=no, ai-train=no", "-ai-train=no", id="another name"),
    ],
)
def test_signals_are_read_line_by_line(lines: str, tokens: str) -> None:
    """`yes` permits, `no` reserves, and nothing else says anything."""
    signal = READER.read(f"User-agent: *\n{lines}\n".encode(), TRACK)
    signs = {Says.PERMITS: "+", Says.RESERVES: "-"}
    assert " ".join(signs[clause.says] + clause.token for clause in signal.clauses) == tokens


def test_a_signal_that_is_left_out_is_silence() -> None:
    """An omitted signal neither grants nor restricts."""
    assert READER.read(b"User-agent: *\nAllow: /\n", TRACK).resolution.stance is Stance.SILENT
