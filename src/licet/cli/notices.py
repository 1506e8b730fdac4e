"""`licet notices`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet import __version__
from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.registry.outbox.channels import Channel

SHOWN = 20


@click.command("notices")
@click.option("--deliver", is_flag=True, help="Send what is due.")
@click.option("--key", type=click.Path(path_type=Path), help="The private key that signs web hooks.")
@click.option("--relay", metavar="HOST:PORT", help="The mail server that sends for you.")
@click.option("--sender", metavar="MAILBOX", help="Whom mail is from.")
@click.option("--security", type=click.Choice(("tls", "starttls", "dangerously-plain")), default="starttls")
@click.option("--feeds", type=click.Path(path_type=Path), help="Where the Atom feeds of `feed:` addresses go.")
@click.option("--user", default="", help="Who logs in at the mail server.")
@click.option("--secret", metavar="PLACE", help="Its password: file:/path or env:NAME. It is never shown.")
@click.option("--private-hosts", is_flag=True, help="Post to private addresses too: where the receivers are your own.")
@workspace_option
@json_option
def command(
    deliver: bool,
    key: Path | None,
    relay: str | None,
    sender: str | None,
    security: str,
    feeds: Path | None,
    user: str,
    secret: str | None,
    private_hosts: bool,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Show what waits to be told to whom, and with --deliver send it.

    Web hooks need --key, mail needs --relay, and feeds need --feeds.

    \b
    Examples:
      licet notices
      licet notices --deliver --key hooks.key --feeds /srv/www/feeds
      licet notices --deliver --relay mail.example.org:587 --sender licet@example.org --user licet --secret env:MAIL
    """
    channels = _channels(key, relay, sender, security, user, secret, private_hosts=private_hosts) if deliver else []
    if deliver and feeds is not None:
        from licet.registry.outbox.channels import Feeds

        channels.append(Feeds(feeds, f"Licet/{__version__}"))
    if deliver and not channels:
        raise UsageError(
            "there is no way to send", mend="--key signs web hooks, --relay sends mail, --feeds writes files"
        )
    with open_workspace(workspace) as room:
        attempts = list(room.notices.deliver(channels, now)) if channels else []
        waiting, lost = room.notices.outbox.waiting(), room.notices.outbox.undelivered()
    ends = dict(Counter(str(one.end) for one in attempts))
    if as_json:
        listed = [{"key": one.message.key, "to": one.message.to.text, "kind": one.message.kind} for one in waiting]
        print_json("notices", {"attempts": ends, "waiting": listed, "given_up": len(lost)})
        return
    out = console()
    for end, count in sorted(ends.items()):
        out.print(f"{count:>6,}  {end}")
    out.print(f"{len(waiting):>6,}  waiting, {len(lost):,} given up")
    for one in waiting[:SHOWN]:
        out.print(
            f"  {printable(one.message.to.text)}  {one.message.kind}  {printable(one.message.subject)}", soft_wrap=True
        )


def _channels(
    key: Path | None,
    relay: str | None,
    sender: str | None,
    security: str,
    user: str,
    secret: str | None,
    *,
    private_hosts: bool,
) -> list[Channel]:
    from licet.registry.outbox.channels import Email, Relay, Secret, Security, Webhook
    from licet.transparency import read_key

    found: list[Channel] = []
    if key is not None:
        agent = f"Licet/{__version__}"
        found.append(Webhook([read_key(key)], agent, dangerously_allow_private_addresses=private_hosts))
    if relay is not None:
        host, _, port = relay.rpartition(":")
        if not host or not port.isdecimal() or sender is None:
            raise UsageError("a mail server is a host and a port, and mail is from somebody", mend="--relay, --sender")
        place = Secret(secret) if secret is not None else None
        found.append(Email(Relay(host, int(port), sender, Security(security), user, place)))
    return found
