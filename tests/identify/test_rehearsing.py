from __future__ import annotations

from licet.identify import overlaying, packing, resampling, voting
from licet.identify.rehearsing import rehearse


def test_a_rehearsal_goes_all_the_way() -> None:
    """From a sound to a match, so that no kernel on the way is left to be compiled."""
    assert rehearse()
    for kernel in (resampling.mix, packing.pack_postings, packing.scan, voting.counted, overlaying.likeliest):
        assert kernel.signatures
