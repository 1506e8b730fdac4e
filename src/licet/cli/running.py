"""How the options of `licet run` are read: bases, a share of the corpus, the code's commit; and what did not pass."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.training.runs import Base
    from licet.training.sharding import Share
    from licet.workspace.receipts import ReceiptBook

MOST_BYTES = 1 << 20  # of a file that tells of a base
SHOWN = 5  # items that are named for each reason
_SHARE = re.compile(r"(\d{1,4})/(\d{1,4})(?::(\d{1,4})/(\d{1,4}))?", re.ASCII)


class _BaseFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a TOML file tells of a base that nobody attested."""

    name: str
    version: str = ""
    licence: str = ""
    states: str = ""


def bases_given(given: Iterable[str], licence: str, states: str) -> list[Base | Path]:
    """Return the models that `--base` names, each with what is told of it, or the file that attests it.

    Args:
        given: what `--base` says: a file that ends in .toml or .json, or a name, perhaps with @ and a version.
        licence: that the weights of the one that is named are under.
        states: what its maker says that it was trained on.

    Raises:
        UsageError: a file tells of no base, or it is not clear which one `licence` and `states` are about.
    """
    from licet.training.runs import Base

    bases: list[Base | Path] = []
    named = 0
    for one in given:
        if one.endswith(".json"):
            bases.append(Path(one))
        elif one.endswith(".toml"):
            bases.append(_in_file(Path(one)))
        else:
            name, _, version = one.partition("@")
            bases.append(Base(name=name, version=version, licence=licence, states=states))
            named += 1
    if (licence or states) and named != 1:
        raise UsageError(
            f"--base-licence and --base-states are about one model, and {named} are named",
            mend="name one with --base NAME, and tell of the others in TOML files",
        )
    return bases


def share_given(text: str) -> Share:
    """Return the share of a corpus that `2/8` or `2/8:3/5` names: a shard of so many, and its slices up to one.

    Raises:
        UsageError: it names none.
    """
    from licet.training.sharding import Share

    found = _SHARE.fullmatch(text)
    if found is None:
        raise UsageError(
            f"{text!r} names no share", mend="write SHARD/SHARDS or SHARD/SHARDS:SLICE/SLICES, counted from 0"
        )
    shard, shards, cut, cuts = found.groups()
    return Share(shard=int(shard), shards=int(shards), slice=int(cut or 0), slices=int(cuts or 1))


def commit_of(folder: Path) -> str:
    """Return the git commit that `folder` is at, with `-dirty` where files differ from it; "" where there is none."""
    git = shutil.which("git")
    if git is None:
        return ""
    asked = [git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (fixed words)
    return done.stdout.strip() if done.returncode == 0 else ""


def chain_fed(folder: Path, book: ReceiptBook) -> list[Path]:
    """Return the sealed manifest that the run in `folder` is fed, and those that superseded lines of it by then.

    Raises:
        ManifestError: one of them is not here.
    """
    from licet.digests import sha256_bytes
    from licet.training.passes import read_pass_head
    from licet.training.runs import passes_of, read_run

    chain = book.chain(book.sealed_named(read_run(folder).sealed))
    bases = {read_pass_head(path).basis for path in passes_of(folder)[-1:]}
    for many in range(len(chain), 1, -1):  # what a pass follows from names them in the log's order
        if sha256_bytes("\n".join(one.name for one in chain[:many]).encode()) in bases:
            return chain[:many]
    return chain[:1]


def dropped_in(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return some of the items that did not pass in the run in `folder`, by why, each with what is said of it."""
    found: dict[str, dict[str, str]] = {}
    for why, item, says in _dropped(folder):
        some = found.setdefault(why, {})
        if len(some) < SHOWN:
            some.setdefault(item, says)
    return {why: [{"item": item, "says": says} for item, says in some.items()] for why, some in found.items()}


def _dropped(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield why, item and a sentence: first of the last epoch's pass, then what was found when it was read."""
    import numpy as np

    from licet.training.drops import read_drops
    from licet.training.passes import Pass
    from licet.training.runs import DROPS, passes_of

    for path in passes_of(folder)[-1:]:
        passed = Pass(path)
        codes = np.array(passed.codes, np.uint8)
        for code in np.unique(codes[codes > 0]):
            for place in np.flatnonzero(codes == code)[:SHOWN].tolist():
                drop = passed.why(place)
                if drop is not None:
                    yield drop.why, passed.item(place).name, drop.says
    for one in read_drops(folder / DROPS):
        yield one.why, one.item, one.says


def _in_file(path: Path) -> Base:
    from licet.training.runs import Base

    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise UsageError(f"{path} is too long", mend=f"at most {MOST_BYTES} bytes")
        told: dict[str, Any] = msgspec.structs.asdict(msgspec.toml.decode(content, type=_BaseFile))
    except OSError as refused:
        raise UsageError(f"{path} cannot be read: {refused.strerror}") from refused
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(
            f"{path} tells of no base: {wrong}", mend="it may have: name, version, licence, states"
        ) from wrong
    return Base(**told)
