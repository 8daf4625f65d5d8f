# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""On a management cluster that is installed: others write at the same time, and runs are killed."""

from __future__ import annotations

import random
import time
from threading import Event, Thread
from typing import Any

import pytest

from direct import Direct
from embedded_hub.errors import ApiError
from ground.ground import ENGINE, HOME, LOCAL, Ground
from playing import kill

MCE = f"/apis/multicluster.openshift.io/v1/multiclusterengines/{ENGINE}"
CONFIG = f"/apis/addon.open-cluster-management.io/v1alpha1/namespaces/{HOME}/addondeploymentconfigs/hypershift-addon-deploy-config"
FLAGS = f"/api/v1/namespaces/{LOCAL}/configmaps/hypershift-operator-install-flags"
ROUNDS = 12


class Others(Thread):
    """Another party that adds its own entries to the three lists, as fast as it can, each under the version that it has read."""

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self._direct = Direct(ground.player.hub)
        self._ended = Event()
        self.added = 0

    def run(self) -> None:
        while not self._ended.is_set():
            self._add(CONFIG, ("spec", "customizedVariables"), {"name": f"other{self.added}", "value": "1"})
            self._add(FLAGS, ("data", "installFlagsToAdd"), f"--other{self.added}=1")
            self._add(MCE, ("spec", "overrides", "components"), {"name": "hive", "enabled": self.added % 2 == 0})
            self.added += 1

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _add(self, where: str, path: tuple[str, ...], entry: Any) -> None:
        while True:
            live = self._direct.request("GET", where)
            value: Any = live
            for key in path:
                value = value.get(key) or {}
            if isinstance(entry, str):
                after: Any = f"{value or ''} {entry}".strip()
            else:
                after = [e for e in value if e["name"] != entry["name"]] + [
                    {**next((e for e in value if e["name"] == entry["name"]), {}), **entry}
                ]
            body: Any = after
            for key in reversed(path):
                body = {key: body}
            try:
                self._direct.request("PATCH", where, {**body, "metadata": {"resourceVersion": live["metadata"]["resourceVersion"]}})
                return
            except ApiError as error:
                if error.status != 409:
                    raise


def test_entries_of_others_are_never_lost(installed: Ground) -> None:
    flags = {"install_flags": {"add": {"--metrics-set": "SRE"}}}
    installed.play(installed.task("hypershift_addon_config", **flags)).ok()
    others = Others(installed)
    others.start()
    try:
        tasks = []
        for number in range(ROUNDS):
            options = {"variables": {f"ours{number}": number}, "install_flags": {"add": {f"--ours{number}": number}}, "wait": False}
            tasks.append(installed.task("hypershift_addon_config", **options))
            state = {"enabled": ["discovery"]} if number % 2 else {"disabled": ["discovery"]}
            tasks.append(installed.task("multicluster_engine_components", wait=False, **state))
        installed.play(*tasks).ok()
    finally:
        others.end()
    direct = Direct(installed.player.hub)
    variables = {v["name"] for v in direct.request("GET", CONFIG)["spec"]["customizedVariables"]}
    words = set(direct.request("GET", FLAGS)["data"]["installFlagsToAdd"].split())
    components = {e["name"]: e["enabled"] for e in direct.request("GET", MCE)["spec"]["overrides"]["components"]}
    assert others.added >= ROUNDS, "they must have met"
    wanted = {f"other{n}" for n in range(others.added)} | {f"ours{n}" for n in range(ROUNDS)}
    assert wanted | {"hcMaxNumber", "hcThresholdNumber"} <= variables
    assert {f"--{name}=1" for name in wanted if name.startswith("other")} <= words
    assert {f"--ours{n}={n}" for n in range(ROUNDS)} | {"--metrics-set=SRE"} <= words
    assert components["discovery"] is True and components["hypershift"] is True and len(components) >= 13
    assert components["hive"] is ((others.added - 1) % 2 == 0)
    clear = [f"--other{n}" for n in range(others.added)] + [f"--ours{n}" for n in range(ROUNDS)]
    gone = dict.fromkeys([n for n in variables if n.startswith("o")])
    installed.play(installed.task("hypershift_addon_config", variables=gone, install_flags={"clear": [*clear, "--metrics-set"]})).ok()
    left = direct.request("GET", FLAGS).get("data") or {}
    assert not left.get("installFlagsToAdd") and {v["name"] for v in direct.request("GET", CONFIG)["spec"]["customizedVariables"]} == {
        "hcMaxNumber",
        "hcThresholdNumber",
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_goes_on(installed: Ground, seed: int) -> None:
    """Installation and removal, each killed twice at random points; what they lead to is as if nothing had happened."""
    chance = random.Random(seed)
    away = [installed.task("hypershift_addon", state="absent"), installed.engine(state="absent")]
    back = [installed.engine(channel="stable-2.10", patience=60), installed.task("hypershift_addon")]
    for tasks in (away, back):
        for _attempt in range(2):
            process, _record = installed.player.start(*tasks)
            time.sleep(chance.uniform(0.8, 5.0))  # it is about the moment of the kill
            kill(process)
        installed.play(*tasks).ok()
        installed.again(*tasks)
