"""A courier that is killed while servers fail loses nothing, and what it sends twice has one effect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import killed_courier
import killing
from licet.db import is_url
from receivers import FAULTS, Inbox, MailServer, WebServer, at_random, make_certificate, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
DEATHS, FEWER_DEATHS = 100, 50  # the latter in PostgreSQL, whose crashes are not ours
SHARE_OF_FAULTS = 0.3


def test_a_courier_killed_a_hundred_times_tells_everybody_once(database: str, tmp_path: Path) -> None:
    """Kill -9 whenever it falls, and servers that refuse, break off, fail or stall: nothing is lost or done twice."""
    deaths = FEWER_DEATHS if is_url(database) else DEATHS
    certificate = make_certificate(tmp_path / "both.pem")
    web = WebServer(Inbox(), certificate, at_random(1, SHARE_OF_FAULTS))
    mail = MailServer(Inbox(), certificate, at_random(2, SHARE_OF_FAULTS))
    with serving(web, mail):
        done = subprocess.run(
            [
                *(sys.executable, killed_courier.__file__, database),
                *(web.url, str(mail.port), str(certificate), str(deaths)),
            ],
            env={**os.environ, "PYTHONPATH": str(Path(killing.__file__).parent)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    effects = web.inbox.effects | mail.inbox.effects
    arrived = web.inbox.arrived + mail.inbox.arrived
    assert len(said["promised"]) >= deaths // 4
    assert set(said["promised"]) <= set(effects), "a message that was durable did not arrive"
    assert said["counts"] == {"waiting": 0, "delivered": len(effects), "given-up": 0}
    assert all(events.count("delivered") == 1 and events[-1] == "delivered" for events in said["ends"].values())
    assert len(arrived) > len(effects), "nothing was ever repeated: the servers were too kind"
    assert [key for key, body in arrived if body != effects[key]] == [], "a repeat said something else"
    assert all((web.inbox.faults + mail.inbox.faults)[fault] for fault in FAULTS)
