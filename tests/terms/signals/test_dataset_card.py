from __future__ import annotations

import pytest

from licet.terms.signals import Target
from licet.terms.signals.dataset_card import READER, licences
from licet.terms.statement import Stance


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        pytest.param(b"---\nlicense: cc-by-nc-4.0\n---\n", ("cc-by-nc-4.0",), id="one"),
        pytest.param(
            b"---\r\nlicense:\r\n- mit # the code\r\n- 'cc0-1.0'\r\n---\r\n", ("mit", "cc0-1.0"), id="block-list"
        ),
        pytest.param(b'---\nlicense: [mit, "odbl",]\n---\n', ("mit", "odbl"), id="flow-list"),
        pytest.param(b"---\nlicenses:\n  - cc-by-4.0\n---\n", ("cc-by-4.0",), id="old-key"),
        pytest.param(
            b"---\nlicense: other\nlicense_name: ours\nlicense_link: LICENSE\n---\n",
            ("other", "ours", "LICENSE"),
            id="other",
        ),
        pytest.param(b"\xef\xbb\xbf---\nlicense: mit\n...\n", ("mit",), id="byte-order-mark"),
        pytest.param(b"---\nlicense: mit\nlicense: cc0-1.0\n---\n", ("mit", "cc0-1.0"), id="twice"),
        pytest.param(b"---\nlicense: &a mit\ntags: *a\n---\n", (), id="anchor"),
        pytest.param(b"---\nlicense: |\n  mit\n---\n", (), id="block-text"),
        pytest.param(b"---\npretty_name: x\n  license: mit\n---\n", (), id="not-at-the-beginning"),
        pytest.param(b"---\n- mit\nlicense:\n---\n", (), id="no-key"),
        pytest.param(b"---\nlicense: mit\n", (), id="never-ends"),
        pytest.param(b"# A card\nlicense: mit\n", (), id="no-front-matter"),
        pytest.param(b"---\nlicense: \xff\n---\n", (), id="not-utf-8"),
        pytest.param(b"---\nlicense: mit\n---\n" + b" " * (1 << 20), (), id="too-long"),
        pytest.param(b"", (), id="nothing"),
    ],
)
def test_a_card_names_licences(card: bytes, expected: tuple[str, ...]) -> None:
    """The front matter's licence keys are read as written, in the forms that people use."""
    assert licences(card) == expected


@pytest.mark.parametrize(
    ("card", "stance"),
    [
        pytest.param(b"---\nlicense: cc0-1.0\n---\n", Stance.SILENT, id="licensed"),
        pytest.param(b"# A card\n", Stance.SILENT, id="no-front-matter"),
        pytest.param(b"---\nextra_gated_prompt: Research only.\n---\n", Stance.UNRESOLVED, id="gated"),
        pytest.param(b"---\nextra_gated_fields:\n  I agree: checkbox\n---\n", Stance.UNRESOLVED, id="gated-by-fields"),
        pytest.param(b"---\nlicense: cc0-1.0\n", Stance.UNRESOLVED, id="never-ends"),
    ],
)
def test_a_card_never_speaks_of_a_recording(card: bytes, stance: Stance) -> None:
    """A card gives no clause; terms that access is gated by are left to people."""
    signal = READER.read(card, Target())
    assert not signal.clauses
    assert signal.resolution.stance is stance
