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
from embedded_hub import EmbeddedHub
from embedded_hub.errors import ApiError
from ground.ground import ENGINE, HOME, LOCAL, Ground
from ground.test_rights import FLAGS as WANTED
from ground.test_rights import IMAGES, S3, account
from playing import kill
from rbac.ground_rights import GROUND_MODULES, expanded

MCE = f"/apis/multicluster.openshift.io/v1/multiclusterengines/{ENGINE}"
CONFIG = f"/apis/addon.open-cluster-management.io/v1alpha1/namespaces/{HOME}/addondeploymentconfigs/hypershift-addon-deploy-config"
FLAGS = f"/api/v1/namespaces/{LOCAL}/configmaps/hypershift-operator-install-flags"
ROUNDS = 12


class Others(Thread):
    """Another party that adds its own entries to the three lists, twenty a second, each under the version that it has read."""

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
                self._ended.wait(0.05)
                return
            except ApiError as error:
                if error.status != 409:
                    raise


def test_entries_of_others_are_never_lost(installed: Ground) -> None:
    flags = {"install_flags": {"add": {"--metrics-set": "SRE"}}}
    installed.play(installed.task("hypershift_addon_config", **flags)).ok()
    others = Others(installed)
    others.start()
    ours = 0
    try:
        while ours < ROUNDS or others.added < ROUNDS:
            options = {"variables": {f"ours{ours}": ours}, "install_flags": {"add": {f"--ours{ours}": ours}}, "wait": False}
            state = {"enabled": ["discovery"]} if ours % 2 else {"disabled": ["discovery"]}
            components = installed.task("multicluster_engine_components", wait=False, **state)
            installed.play(installed.task("hypershift_addon_config", **options), components).ok()
            ours += 1
    finally:
        others.end()
    direct = Direct(installed.player.hub)
    variables = {v["name"] for v in direct.request("GET", CONFIG)["spec"]["customizedVariables"]}
    words = set(direct.request("GET", FLAGS)["data"]["installFlagsToAdd"].split())
    components = {e["name"]: e["enabled"] for e in direct.request("GET", MCE)["spec"]["overrides"]["components"]}
    wanted = {f"other{n}" for n in range(others.added)} | {f"ours{n}" for n in range(ours)}
    assert wanted | {"hcMaxNumber", "hcThresholdNumber"} <= variables
    assert {f"--{name}=1" for name in wanted if name.startswith("other")} <= words
    assert {f"--ours{n}={n}" for n in range(ours)} | {"--metrics-set=SRE"} <= words
    assert components["discovery"] is ((ours - 1) % 2 == 1) and components["hypershift"] is True and len(components) >= 13
    assert components["hive"] is ((others.added - 1) % 2 == 0)
    clear = [f"--other{n}" for n in range(others.added)] + [f"--ours{n}" for n in range(ours)]
    gone = dict.fromkeys([n for n in variables if n.startswith("o")])
    installed.play(installed.task("hypershift_addon_config", variables=gone, install_flags={"clear": [*clear, "--metrics-set"]})).ok()
    left = direct.request("GET", FLAGS).get("data") or {}
    assert not left.get("installFlagsToAdd") and {v["name"] for v in direct.request("GET", CONFIG)["spec"]["customizedVariables"]} == {
        "hcMaxNumber",
        "hcThresholdNumber",
    }


@pytest.mark.parametrize("seed", range(2))
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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"install_flags": {"add": {"metrics-set": "All"}}}, "'metrics-set' is no name of a flag"),
        ({"install_flags": {"add": {"--metrics-set": "All SRE"}}}, "the value of --metrics-set has a space in it"),
        ({"install_flags": {"add": {"--image-refs": "x"}}}, "the add-on ignores --image-refs"),
        ({"install_flags": {"add": {"--a": ""}, "remove": ["--a"]}}, "--a is named in more than one of add, remove and clear"),
        ({"variables": {"hcMaxNumber": "many"}}, "variable hcMaxNumber is 'many', but it counts hosted clusters"),
        ({"private_link": {"region": "eu-central-1", "access_key_id": "AKIA"}}, "private_link has no credentials"),
        ({"managed_cluster": "nowhere"}, "Namespace nowhere: it does not exist"),
    ],
)
def test_configuration_that_cannot_work(installed: Ground, options: dict[str, Any], says: str) -> None:
    since = time.time()
    result = installed.play(installed.task("hypershift_addon_config", **options)).failed()
    assert says in result["msg"] and installed.player.writes(since) == [], result["msg"]


READS = [
    (module, verb, resource)
    for module, verb, resource in sorted({(m, v, r) for m, rows in GROUND_MODULES.items() for v, r, _s in expanded(rows)})
    if verb in ("get", "list") and module != "hosted_cluster_import"
]


def test_what_is_missing_is_named(ground_hub: EmbeddedHub, installed: Ground) -> None:
    """Every right to read, taken away one at a time, seen by a run in check mode, and one to write by a run."""
    first = {"multicluster_engine": installed.engine(channel="stable-2.10"), **{m: installed.task(m) for m in ("hypershift_addon",)}}
    first["multicluster_engine_components"] = installed.task("multicluster_engine_components", enabled=["discovery"])
    first["hypershift_addon_config"] = installed.task("hypershift_addon_config", **WANTED, **IMAGES, oidc_s3=S3)
    named = 0
    for number, (module, verb, resource) in enumerate(READS):
        rights = {right for right in expanded(GROUND_MODULES[module]) if right[:2] != (verb, resource)}
        played = account(ground_hub, f"lacks-{number}", rights).play(first[module], check=True)
        if played.code:
            failure = played.failed()["failure"]
            assert failure["code"] == "missing_permission" and f"may not {verb} {resource.partition('.')[0]}" in failure["cause"], failure
            named += 1
    assert named >= 14, named
    rights = {right for right in expanded(GROUND_MODULES["multicluster_engine_components"]) if right[0] != "patch"}
    failure = (
        account(ground_hub, "reader", rights)
        .play(installed.task("multicluster_engine_components", disabled=["discovery"]))
        .failed()["failure"]
    )
    assert failure["code"] == "missing_permission" and "may not patch multiclusterengines" in failure["cause"]
