"""The one error tree. Bad records are values; an error here is misuse or input that cannot be read at all.

::

    LicetError
    ├── UsageError         what was asked makes no sense: an unknown reading, a negative number of workers
    ├── WorkspaceError     the workspace is missing, locked, damaged or of another version
    │   └── OvertakenError     somebody else was faster: look again
    ├── SourceError        a source (a licence file, a table, a checkout) cannot be read as what it was said to be
    ├── IdentifierError    a text is not the identifier it was said to be
    ├── PolicyError        a policy file is not valid
    ├── EvidenceError      evidence is missing, or its bytes no longer hash to its name
    ├── IndexDamagedError  a fingerprint segment does not match its checksum or its version
    ├── LogError           a log, a checkpoint, a proof or a signature does not check
    ├── ManifestError      a manifest is not one, or of a version this Licet does not read
    ├── GateError          a gate has nothing to stand on, or too much does not pass: it is shut
    └── AudioError         a file is not audio that can be decoded; its `code` says why

Every error says what is wrong, where, and how to mend it, in words for the person at the keyboard.
"""

from __future__ import annotations


class LicetError(Exception):
    """Something the user can mend. `message` says what is wrong and where, `mend` what to do about it."""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.message} ({self.mend})" if self.mend else self.message


class UsageError(LicetError):
    """What was asked makes no sense."""


class WorkspaceError(LicetError):
    """The workspace is missing, locked, damaged or of another version."""


class OvertakenError(WorkspaceError):
    """Somebody else said something between the looking and the saying: nothing was said."""


class SourceError(LicetError):
    """A source cannot be read as what it was said to be."""


class IdentifierError(LicetError, ValueError):
    """A text is not the identifier it was said to be."""


class PolicyError(LicetError):
    """A policy file is not valid."""


class EvidenceError(LicetError):
    """Evidence is missing, or its bytes no longer hash to its name."""


class LogError(LicetError):
    """A log, a checkpoint, a proof or a signature is not one, or does not check."""


class IndexDamagedError(LicetError):
    """A fingerprint segment does not match its checksum or its version."""


class ManifestError(LicetError):
    """A manifest is not one, or is of a version this Licet does not read."""


class GateError(LicetError):
    """A gate has nothing to stand on, or too much does not pass: it is shut."""


class AudioError(LicetError):
    """A file is not audio that can be decoded.

    `code` is one of `empty`, `not-audio`, `no-audio-stream`, `damaged`, `unreadable`, `not-a-file`, `too-short`.
    """

    def __init__(self, message: str, *, code: str, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error travel between processes: keyword arguments do not pickle by themselves."""
        return (_audio_error, (self.message, self.code, self.mend))


def _audio_error(message: str, code: str, mend: str) -> AudioError:
    return AudioError(message, code=code, mend=mend)
