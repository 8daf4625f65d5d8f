# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Campaigns as users run them: the shipped playbooks over a fleet, and what the audit log says about it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from direct import Direct, Obj
from playing import FOLDER, USER, Played, Player, describe, kill
from upgrades.fleet import Fleet

FROM, TO = "4.20.4", "4.21.3"
Key = tuple[str, str]
WAVES = [
    {"name": "one", "label_selectors": ["wave=one"], "canaries": "1"},
    {"name": "two", "label_selectors": ["wave=two"], "after": ["one"]},
    {"name": "three", "label_selectors": ["wave=three"], "after": ["two"]},
]


class Campaigns:
    """Each campaign has namespaces of its own, which stand for its hubs."""

    def __init__(self, player: Player) -> None:
        self.player, self.fleet, self.direct = player, Fleet(player.hub), Direct(player.hub)

    def prepare(self, name: str, count: int, hubs: int = 3, first: int = 0, nodes: int = 2) -> Campaign:
        """Installed clusters. The first ``first`` and one more are wave one, of the rest every other one is wave two, then three."""
        keys = [(f"{name}-{number % hubs}", f"{name}-{number:03d}") for number in range(count)]
        waves = {key[1]: "one" if n <= first else ("two", "three")[n % 2] for n, key in enumerate(keys)}
        self.fleet.release(TO)
        self.fleet.create(*keys, version=FROM, replicas=nodes, labels={key: {"wave": wave} for key, wave in waves.items()})
        self.fleet.until_at(FROM, *keys)
        return Campaign(self, name, keys, [f"{name}-{number}" for number in range(hubs)])


class Campaign:
    def __init__(self, stage: Campaigns, name: str, keys: list[Key], namespaces: list[str]) -> None:
        self.name, self.keys = name, keys
        self._stage, self._player = stage, stage.player
        self.file = FOLDER / f"{name}-plan.json"
        self.hubs = [{"name": n, "namespace": n, "kubeconfig": str(self._player.kubeconfig)} for n in namespaces]
        self.digest = ""

    def plan(self, *arguments: str, **policy: Any) -> Played:
        self.file.unlink(missing_ok=True)
        given = {"target": {"version": TO}, "waves": WAVES, **policy}
        played = self._player.playbook(
            "upgrade_plan",
            *arguments,
            upgrade_campaign=self.name,
            upgrade_plan_file=str(self.file),
            upgrade_hubs=self.hubs,
            upgrade_policy=given,
        )
        if self.file.exists():
            self.digest = json.loads(self.file.read_text())["digest"]
        return played

    @property
    def document(self) -> Obj:
        found: Obj = json.loads(self.file.read_text())
        return found

    def variables(self, as_data: bool = False, **extra: Any) -> dict[str, Any]:
        """as_data: the plan itself, as a workflow hands it on."""
        plan = {"upgrade_plan_data": self.document} if as_data else {"upgrade_plan_file": str(self.file)}
        return {**plan, "upgrade_digest": self.digest, "upgrade_hubs": self.hubs, **extra}

    def run(self, *arguments: str, **extra: Any) -> Played:
        return self._player.playbook("upgrade_run", "-f", "10", *arguments, **self.variables(**extra))

    def start(self, **extra: Any) -> tuple[subprocess.Popen[str], Path]:
        """Start a run and return at once."""
        _playbook, record = self._player.files([], None)
        given = json.dumps({"hypershift_in_process": self._player.in_process, **self.variables(**extra)})
        return self._player._popen("hypershift.core.upgrade_run", record, ["-f", "10", "-e", given]), record

    def run_until(self, writes: int) -> int:
        """Start, and end it with SIGKILL once so many updates of hosted clusters and node pools were answered; how many there were in the end.

        With 0 it is killed at its first request.
        """
        log = Tail(self._player.hub.audit_log)
        process, _record = self.start()
        requests = answered = 0
        while not requests or answered < writes:
            assert process.poll() is None, f"the run has ended after {answered} of {writes} updates, before it was killed"
            time.sleep(0.02)
            new = [event for event in log.events() if event["user"]["username"] == USER]
            requests, answered = requests + len(new), answered + sum(map(_is_update, new))
        kill(process)
        return answered + sum(_is_update(event) for event in log.events() if event["user"]["username"] == USER)

    def at(self, version: str) -> bool:
        found = self._stage.fleet.versions()
        return all(found[key] == (version, version) for key in self.keys)

    def patches(self, since: float, answered: bool = True) -> Counter[str]:
        """How often each hosted cluster and node pool was patched by the account under test, as the API server answered.

        not answered: the sender was killed meanwhile (504 in the audit log), and the write may have been stored or not.
        """
        events = self._player.hub.audit(user=USER, since=since)
        codes = {id(e): e.get("responseStatus", {}).get("code", 0) for e in events}
        found = [
            describe(e) for e in events if e["verb"] in ("patch", "update") and (codes[id(e)] < 300 if answered else codes[id(e)] == 504)
        ]
        return Counter(
            w for w in found if re.match(r"\w+ (hostedclusters|nodepools) ", w) and any(f" {n['namespace']}/" in w for n in self.hubs)
        )

    def patched_once(self, since: float) -> bool:
        """Every hosted cluster and node pool was patched, and none a second time. A write that was stored is never sent again."""
        done, unsure = self.patches(since), self.patches(since, answered=False)
        wanted = {f"patch {kind} {namespace}/{name}" for namespace, name in self.keys for kind in ("hostedclusters", "nodepools")}
        return set(done.values()) == {1} and set(done) | set(unsure) == wanted

    def writes(self, since: float) -> list[str]:
        return [w for w in self._player.writes(since) if any(f" {n['namespace']}/" in w for n in self.hubs)]

    def journal(self) -> dict[str, Obj]:
        """Records by name of the hosted cluster."""
        found: dict[str, Obj] = {}
        for hub in self.hubs:
            data = (self._stage.direct.get("ConfigMap", hub["namespace"], f"upgrade-{self.name}") or {}).get("data") or {}
            found |= {name: json.loads(text) for name, text in data.items()}
        return found

    def leases(self) -> Sequence[Obj]:
        return [lease for hub in self.hubs for lease in self._stage.direct.list("Lease", hub["namespace"])]


class Tail:
    """What comes into a log of JSON lines from now on."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._file.seek(0, os.SEEK_END)
        self._rest = b""

    def events(self) -> list[Obj]:
        *whole, self._rest = (self._rest + self._file.read()).split(b"\n")
        return [json.loads(line) for line in whole]


def _is_update(event: Obj) -> bool:
    answered = event["stage"] == "ResponseComplete" and event.get("responseStatus", {}).get("code", 0) < 300
    return answered and event["verb"] == "patch" and (event.get("objectRef") or {}).get("resource") in ("hostedclusters", "nodepools")
