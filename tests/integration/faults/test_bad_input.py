# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the platform would refuse is refused before the first write, through both execution paths: option, rule and allowed values are named."""

from __future__ import annotations

from typing import Any

import pytest

from direct import IMAGE
from playing import Played, Player

NEW = {"name": "bad", "namespace": "bad-input", "platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}}
POOL = {"name": "bad", "namespace": "bad-input", "cluster_name": "bad"}
PAUSE = {"name": "bad", "namespace": "bad-input", "state": "paused", "owner": "tests"}

# What is wrong -> module, options, code, words of the message.
BAD: dict[str, tuple[str, dict[str, Any], str, tuple[str, ...]]] = {
    "unknown platform": ("hosted_cluster", {**NEW, "platform": "vsphere"}, "invalid_option", ("platform", "agent, kubevirt, aws, none", "vsphere")),
    "two ways at once": (
        "nodepool", {**POOL, "replicas": 1, "auto_scaling": {"min": 1, "max": 2}}, "invalid_option", ("mutually exclusive", "replicas|auto_scaling"),
    ),
    "misspelt option": ("hosted_cluster", {**NEW, "chanel": "stable-4.20"}, "invalid_option", ("Unsupported parameters", "chanel")),
    "pause without owner": ("pause_reconcile", {**PAUSE, "owner": None}, "invalid_option", ("state is paused", "owner")),
    "name too long": ("hosted_cluster", {**NEW, "name": "b" * 64}, "invalid_option", ("option name", "DNS label", "at most 63")),
    "no quantity": ("hosted_cluster", {**NEW, "etcd_storage_size": "much"}, "invalid_option", ("etcd_storage_size", "'much'", "8Gi")),
    "no CIDR": ("hosted_cluster", {**NEW, "cluster_networks": ["10.132.0.0"]}, "invalid_option", ("cluster_networks", "CIDR", "10.132.0.0/14")),
    "no duration": (
        "hosted_cluster", {**NEW, "node_pools": [{"name": "bad", "replicas": 1, "node_drain_timeout": "soon"}]}, "invalid_option",
        ("node_drain_timeout", "'soon'", "15m"),
    ),
    "no publishing address": (
        "hosted_cluster", {**NEW, "platform": "none"}, "missing_option", ("service_publishing.api_server_address", "load_balancer"),
    ),
    "given twice": ("hosted_cluster", {**NEW, "fips": True, "spec": {"fips": False}}, "option_given_twice", ("option fips", "spec.fips")),
    "bounds upside down": (
        "hosted_cluster", {**NEW, "node_pools": [{"name": "bad", "auto_scaling": {"min": 3, "max": 1}}]}, "invalid_option", ("auto_scaling", "min", "max"),
    ),
    "unsupported release": (
        "hosted_cluster", {**NEW, "release_image": "quay.io/openshift-release-dev/ocp-release:4.1.0-multi"}, "release_version_unsupported", ("4.1", "supports"),
    ),
    "field that nobody knows": (
        "hosted_cluster", {**NEW, "spec": {"autoscaling": {"maxNodeTotal": 5}}}, "unknown_field",
        ("spec.autoscaling.maxNodeTotal", "did you mean maxNodesTotal?"),
    ),
    "two of them": (
        "hosted_cluster", {**NEW, "spec": {"olmCatalogPlacment": "guest", "platfrom": {}}}, "unknown_field",
        ("spec.olmCatalogPlacment (did you mean olmCatalogPlacement?)", "spec.platfrom (did you mean platform?)"),
    ),
    "in the configuration": ("hosted_cluster", {**NEW, "configuration": {"oauht": {}}}, "unknown_field", ("spec.configuration.oauht (did you mean oauth?)",)),
    "in a node pool": (
        "hosted_cluster", {**NEW, "node_pools": [{"name": "bad", "replicas": 1, "spec": {"platform": {"kubevirt": {"rootVolum": {}}}}}]}, "unknown_field",
        ("NodePool bad-input/bad", "rootVolum (did you mean rootVolume?)"),
    ),
    "rule of the server": (
        "hosted_cluster", {**NEW, "spec": {"autoscaling": {"balancingIgnoredLabels": ["not a label!"]}}}, "rejected",
        ("HostedCluster bad-input/bad", "balancingIgnoredLabels"),
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=["in_process", "module"])
def played(request: pytest.FixtureRequest, hub: Any, kubeconfig: Any) -> tuple[Player, Played]:
    """All of them in one play."""
    player = Player(hub, kubeconfig, in_process=request.param == "in_process")
    tasks = []
    for name, (module, options, _code, _words) in BAD.items():
        given = {k: v for k, v in options.items() if v is not None}
        tasks.append({"name": name, f"hypershift.core.{module}": given, "ignore_errors": True})
    return player, player.play(*tasks, arguments=["-vvv", "--diff"])


@pytest.mark.parametrize("name", BAD)
def test_option_rule_and_allowed_values_are_named(played: tuple[Player, Played], name: str) -> None:
    _module, _options, code, words = BAD[name]
    (task,) = [t for t in played[1].tasks if t["task"] == name]
    result = task["result"]
    assert task["state"] == "failed" and [w for w in words if w not in result["msg"]] == [], result["msg"]
    assert result["failure"]["code"] == code and result["failure"]["cause"]
    assert "\n" not in result["msg"] and result["changed"] is False


def test_nothing_was_written_and_no_traceback_shown(played: tuple[Player, Played]) -> None:
    player, play = played
    assert len(play.tasks) == len(BAD) and player.writes(play.started) == []
    assert "Traceback" not in play.output and 'File "/' not in play.output
