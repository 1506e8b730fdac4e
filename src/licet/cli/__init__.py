"""The workspace at the command line.

A command gathers its input, calls the library, prints, and exits. Its file is loaded only when it is run, so that
`licet --help` answers in a blink.

Exit codes: 0, everything asked about is permitted (or identified, or done); 1, something is not; 2, an error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import click

from licet import __version__
from licet.errors import LicetError

_COMMANDS = {
    "init": "Make a workspace.",
    "add": "Put a source on record: licence lists, data sets, folders of audio.",
    "gather": "Ask the web what it says of recordings, and keep the answers as evidence.",
    "identify": "Tell which recordings on record sound in a file.",
    "duplicates": "Tell which recordings on record share their sound.",
    "forget": "Take the sound of recordings out of the index.",
    "clear": "Clear a corpus for a use: a verdict and its reasons for every item.",
    "bulk": "Decide on millions of items at once, from a table of what is said of them.",
    "diff": "Show what changed between two clearances, and why.",
    "explain": "Show everything behind one verdict, down to the bytes of the evidence.",
    "export": "Write a manifest in other formats: Croissant, SPDX, CycloneDX, the EU summary ...",
    "report": "Write the report and the attribution text of a manifest again.",
    "party": "Put on record who speaks for rights, and how that was proved.",
    "register": "Put on record who holds what: a folder, a catalogue, a list, one recording.",
    "conflicts": "Show claims that contradict each other: to one recording, or to one sound.",
    "grant": "Put on record what a holder allows.",
    "reserve": "Put on record what a holder reserves: an opt-out, bound to the sound.",
    "revoke": "Take back a grant or a reservation of one's own.",
    "dispute": "Dispute what another party said.",
    "settle": "Settle a dispute.",
    "offer": "Put on record at what price a holder grants uses.",
    "quote": "Tell what it costs to license what a manifest refuses.",
    "accept": "Accept a quote, and be granted what it prices.",
    "claim": "Claim a recording that is in a corpus, an output or a model, and hand over the evidence.",
    "watch": "Let a party hear of its statements and its recordings.",
    "tell": "Tell parties which of their recordings were found in a clearance.",
    "notices": "Show and deliver what waits to be told.",
    "seal": "Seal a manifest into the log: every verdict in it gets a receipt.",
    "receipt": "Print the receipt of an item: its verdict, its evidence, its way into the log.",
    "prove": "Prove that a recording is in a sealed manifest or was read by a run, or that it is not.",
    "verify": "Check a receipt, a model's attestation or a proof, offline, with public keys alone.",
    "reopen": "Decide again what leans on changed evidence, and supersede it in the log.",
    "run": "Train through a gate that lets only cleared recordings pass, and have the model attested.",
    "scrub": "Tell which models read a recording, and take it out of them again, with proof.",
    "key": "Make, rotate and revoke the keys that sign.",
    "log": "Keep a log that only grows, prove what is in it, and check others'.",
    "demo": "Compose a small catalogue, copy it badly, and clear the copies.",
}


class _Lazy(click.Group):
    """A group that knows its commands by name, and loads one only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"licet.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


_EPILOG = """\b
A first clearance:
  licet init
  licet add audio-folder music/ --licence CC-BY-4.0
  licet clear corpus/ --use train-generative --purpose commercial --in EU --in US

Exit codes: 0 all permitted; 1 some not; 2 an error.
Licet informs. It is no legal advice."""


@click.command(
    cls=_Lazy,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="licet")
def licet() -> None:
    """Rights clearance for music AI.

    Licet tells, for every recording in a corpus, whose it is, what its holders allow for this use, in this place, on
    this day, and why; and it keeps the proof.
    """


def main() -> None:
    """Run the command line. Our own errors become one sentence, its mend, and exit code 2."""
    try:
        code = licet.main(standalone_mode=False)
    except LicetError as error:
        code = _told(type(error).__name__, error.message, error.mend)
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        code = _told("Interrupted", "stopped", "give the same command again: a scan goes on where it stopped", code=130)
    except BrokenPipeError:
        # Whoever read our output has seen enough. Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        code = _told("OSError", str(error), "see whether the disk is full and the folder may be written")
    sys.exit(code)


def _told(kind: str, message: str, mend: str, *, code: int = 2) -> int:
    """Print an error as one sentence and its mend, in JSON too where it was asked for."""
    if "--json" in sys.argv:
        facts = {"kind": kind, "message": message, "mend": mend}
        click.echo(json.dumps({"format": "licet-error/1", "error": facts}))
    click.echo(f"licet: {message}", err=True)
    if mend:
        click.echo(f"  mend: {mend}", err=True)
    return code
