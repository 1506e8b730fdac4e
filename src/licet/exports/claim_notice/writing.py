"""From a dossier to a folder: every file of the pack, and last the signed list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.errors import UsageError
from licet.exports.claim_notice.bundle import BUNDLE_NAME, CLAIM_NAME, bundled
from licet.exports.claim_notice.content import notice_of
from licet.exports.claim_notice.document import document
from licet.exports.claim_notice.page import page
from licet.placing import place
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.claim_notice.dossier import Dossier
    from licet.transparency import Signer

STEPS_NAME, PAGE_NAME, DOCUMENT_NAME = "steps.json", "notice.html", "notice.pdf"


def write_pack(dossier: Dossier, folder: Path, signer: Signer) -> tuple[str, ...]:
    """Write the pack into a folder that is not there or empty, and return its files. The same dossier, the same bytes.

    Raises:
        UsageError: something lies in the folder, or the pack is too large.
        OSError: it cannot be written. Without `bundle.json`, which is written last, it is no pack.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already", mend="name a folder that is not")
    notice = notice_of(dossier)
    files = {
        **dossier.files,
        CLAIM_NAME: dossier.claim.encoded(),  # and nothing after it: its SHA-256 is the claim's id
        STEPS_NAME: _steps(dossier),
        PAGE_NAME: page(notice, dossier.files).encode(),
        DOCUMENT_NAME: document(notice, dossier.files),
    }
    bundle = bundled(files, dossier.claim.id, dossier.as_of, signer)
    place({folder / name: files[name] for name in sorted(files)})
    place({folder / BUNDLE_NAME: bundle})
    return (*sorted(files), BUNDLE_NAME)


def _steps(dossier: Dossier) -> bytes:
    """Write down how the claim stands, and every step, taken or void."""
    standing = dossier.standing
    taken = [{"id": one.id, "place": dossier.places.get(one.id), "step": one} for one in standing.taken]
    void = [
        {"id": one.id, "place": dossier.places.get(one.id), "step": one, "void_because": why}
        for one, why in standing.void
    ]
    told = {
        "format": "licet-claim-steps/1",
        "claim": dossier.claim.id,
        "place": dossier.places.get(dossier.claim.id),
        "log": dossier.origin,
        "as_of": dossier.as_of.isoformat(timespec="seconds"),
        "state": standing.state,
        "since": standing.since.isoformat(timespec="seconds"),
        "due": [{"what": one.what, "by": one.by.isoformat(), "overdue": one.overdue} for one in standing.due],
        "steps": taken,
        "void": void,
    }
    return canonical(told) + b"\n"
