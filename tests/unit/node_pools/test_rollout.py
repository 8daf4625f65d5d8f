# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which changes roll which pools: every row of the table of triggers, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.changes import RolloutEffect
from ansible_collections.hypershift.core.plugins.module_utils._node_pools import rollout
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.rollout_triggers import TRIGGERS
from ansible_collections.hypershift.core.plugins.module_utils._node_pools.trigger import Trigger, Where

from builders.objects import live_cluster, live_pool

BY_NAME = {trigger.name: trigger for trigger in TRIGGERS}
OLD, NEW = "quay.io/openshift-release-dev/ocp-release:4.22.9-multi", "quay.io/openshift-release-dev/ocp-release:4.23.0-multi"
ADD_DISK = '[{"op": "add", "path": "/spec/x", "value": 1}]'
OLD_TLS, MODERN = {"type": "Old", "old": {}}, {"type": "Modern", "modern": {}}
AWS = {"instanceType": "m5.large", "resourceTags": [{"key": "a", "value": "1"}]}

# row, value before, value after, whether it rolls, and what of the pool differs from a KubeVirt pool that replaces machines.
CHANGES: tuple[tuple[str, Any, Any, bool, dict[str, Any]], ...] = (
    ("pull_secret_name", "a", "b", True, {}),
    ("trust_bundle_name", None, "ca", True, {}),
    ("trust_bundle_name", "ca", None, True, {}),
    ("image_content_sources", None, [{"source": "a.test/b", "mirrors": ["c.test/b"]}], True, {}),
    ("image_content_sources", None, [], False, {}),
    ("proxy", None, {"httpProxy": "http://proxy.test:3128"}, True, {}),
    ("proxy", None, {"httpProxy": "", "trustedCA": {"name": ""}}, False, {}),
    ("image", {"registrySources": {"insecureRegistries": ["a"]}}, None, True, {}),
    ("image", None, {"registrySources": {}}, False, {}),
    ("tls_security_profile", None, MODERN, True, {"image": NEW}),
    ("tls_security_profile", OLD_TLS, MODERN, True, {"image": NEW.replace("4.23.0", "4.23.0-rc.1")}),
    ("tls_security_profile", OLD_TLS, MODERN, True, {"image": NEW.replace("4.23.0", "5.0.1")}),
    ("tls_security_profile", None, {}, True, {"image": NEW}),
    ("tls_security_profile", OLD_TLS, MODERN, False, {"image": OLD}),
    ("tls_security_profile", OLD_TLS, MODERN, False, {"image": "quay.io/a/b@sha256:00", "version": "4.22.9"}),
    ("tls_security_profile", OLD_TLS, MODERN, True, {"image": "quay.io/a/b@sha256:00", "version": "4.23.1"}),
    ("vm_patch_of_cluster", None, ADD_DISK, True, {}),
    ("vm_patch_of_cluster", ADD_DISK, ADD_DISK.replace(" ", ""), False, {}),
    ("vm_patch_of_cluster", None, ADD_DISK, False, {"platform": "Agent"}),
    ("vm_patch_of_cluster", None, ADD_DISK, False, {"upgrade": "InPlace"}),
    ("aws_public_ips", None, "true", True, {"platform": "AWS"}),
    ("aws_public_ips", None, "yes", False, {"platform": "AWS"}),
    ("aws_endpoint_access", "Public", "PublicAndPrivate", True, {"platform": "AWS"}),
    ("aws_endpoint_access", "PublicAndPrivate", "Private", False, {"platform": "AWS"}),
    ("aws_endpoint_access", None, "Public", False, {"platform": "AWS"}),
    ("api_server_port", None, 7443, True, {}),
    ("api_server_address", None, "198.51.100.1", True, {}),
    ("ssh_key", "a", "b", True, {}),
    ("ssh_key", None, "a", True, {}),
    ("ssh_key", "a", "a", False, {}),
    ("pull_secret", "a", "b", False, {}),
    ("additional_trust_bundle", "a", "b", False, {}),
    ("etcd_encryption", "a", "b", False, {}),
    ("kubevirt.infra_kubeconfig", "a", "b", False, {}),
    ("release_image", OLD, NEW, True, {}),
    ("release_image", OLD, NEW, True, {"upgrade": "InPlace"}),
    ("config", [{"name": "a"}], [{"name": "a"}, {"name": "b"}], True, {}),
    ("config", [{"name": "a"}], [], True, {"upgrade": "InPlace"}),
    ("config", [{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], False, {}),
    ("tuning_config", None, [{"name": "a"}], True, {}),
    ("tuning_config", None, [], False, {}),
    ("os_image_stream", "rhel-9", "rhel-10", True, {}),
    ("haproxy_image", None, "quay.io/a/haproxy:1", True, {}),
    ("haproxy_image", None, "quay.io/a/haproxy:1", True, {"upgrade": "InPlace"}),
    ("haproxy_image", "quay.io/a/haproxy:1", " quay.io/a/haproxy:1 ", False, {}),
    ("aws_template", AWS, {**AWS, "instanceType": "m5.xlarge"}, True, {"platform": "AWS"}),
    ("aws_template", AWS, {**AWS, "resourceTags": []}, False, {"platform": "AWS"}),
    ("kubevirt_template", {"compute": {"memory": "6Gi"}}, {"compute": {"memory": "8Gi"}}, True, {}),
    ("kubevirt_template", {"compute": {"memory": "6Gi"}}, {"compute": {"memory": "6144Mi"}}, False, {}),
    ("kubevirt_template", {"compute": {"cores": 2}}, {"compute": {"cores": 4}}, False, {"upgrade": "InPlace"}),
    ("agent_template", {}, {"agentLabelSelector": {"matchLabels": {"a": "b"}}}, True, {"platform": "Agent"}),
    ("azure_template", {"vmSize": "a"}, {"vmSize": "b"}, True, {"platform": "Azure"}),
    ("powervs_template", {"processors": "1"}, {"processors": "2"}, True, {"platform": "PowerVS"}),
    ("openstack_template", {"flavor": "a"}, {"flavor": "b"}, True, {"platform": "OpenStack"}),
    ("gcp_template", {"machineType": "a"}, {"machineType": "b"}, True, {"platform": "GCP"}),
    ("vm_patch", None, ADD_DISK, True, {}),
    ("vm_patch", "no patch", ADD_DISK, True, {}),
    ("vm_patch", None, ADD_DISK, False, {"platform": "AWS"}),
    ("vm_spread", None, "true", True, {}),
    ("vm_spread", "true", "false", False, {}),
    ("aws_http_tokens", None, "required", True, {"platform": "AWS"}),
    ("aws_http_tokens", None, "optional", False, {"platform": "AWS"}),
    ("cluster_oauth", None, {"identityProviders": []}, False, {}),
    ("cluster_authentication", None, {"type": "OIDC"}, False, {}),
    ("cluster_scheduler", None, {"profile": "HighNodeUtilization"}, False, {}),
    ("cluster_ingress", None, {"domain": "a.test"}, False, {}),
    ("cluster_featureGate", None, {"featureSet": "TechPreviewNoUpgrade"}, False, {}),
    ("cluster_audit", None, {"profile": "Default"}, False, {"image": NEW}),
    ("cluster_kubeAPIServerDNSName", None, "api.a.test", False, {}),
    ("cluster_allowedCIDRBlocks", None, ["192.0.2.0/24"], False, {}),
    ("cluster_resourceTags", [], [{"key": "a", "value": "1"}], False, {"platform": "AWS"}),
    ("pool_replicas", 2, 3, False, {}),
    ("pool_autoScaling", None, {"min": 1, "max": 3}, False, {}),
    ("pool_nodeLabels", None, {"a": "b"}, False, {}),
    ("pool_taints", None, [{"key": "a", "effect": "NoSchedule"}], False, {}),
    ("pool_nodeDrainTimeout", "0s", "15m", False, {}),
    ("pool_nodeVolumeDetachTimeout", "0s", "15m", False, {}),
    ("pool_autoRepair", False, True, False, {}),
    ("pool_rollingUpdate", {"maxSurge": 1}, {"maxSurge": 2}, False, {}),
    ("pool_resourceTags", [], [{"key": "a", "value": "1"}], False, {"platform": "AWS"}),
)  # fmt: skip


def with_value(obj: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    found = deepcopy(obj)
    place = found
    for part in path[:-1]:
        if not isinstance(place.get(part), dict):
            place[part] = {}
        place = place[part]
    place.pop(path[-1], None)
    if value is not None:
        place[path[-1]] = value
    return found


def pool(platform: str = "KubeVirt", upgrade: str = "Replace", image: str = OLD, version: str = "") -> dict[str, Any]:
    found = live_pool()
    found["spec"] |= {"replicas": 2, "platform": {"type": platform}, "release": {"image": image}}
    found["spec"]["management"]["upgradeType"] = upgrade
    found["status"]["version"] = version
    return found


def effects(trigger: Trigger, before: Any, after: Any, owned: dict[str, Any]) -> list[RolloutEffect]:
    if trigger.where is Where.POOL:
        return rollout.pool_change_effects(*(with_value(owned, trigger.path, value) for value in (before, after)))
    if trigger.where is Where.CONTENT and not trigger.rolls:
        live = with_value(live_cluster(), trigger.path, "same")
        return rollout.cluster_change_effects(live, live, [owned], {trigger.name: (before, after)})
    live, predicted = (with_value(live_cluster(), trigger.path, value) for value in (before, after))
    return rollout.cluster_change_effects(live, predicted, [owned])


@pytest.mark.parametrize(
    ("name", "before", "after", "rolls", "of_pool"),
    CHANGES,
    ids=[f"{row[0]}-{'rolls' if row[3] else 'does_not'}-{number}" for number, row in enumerate(CHANGES)],
)
def test_a_change_is_predicted_as_it_is(name: str, before: Any, after: Any, rolls: bool, of_pool: dict[str, Any]) -> None:
    found = effects(BY_NAME[name], before, after, pool(**of_pool))
    if not rolls:
        assert found == []
        return
    action = "in_place" if of_pool.get("upgrade") == "InPlace" else "replace"
    assert [(e.nodes, e.action, e.why) for e in found] == [(2, action, (BY_NAME[name].why,))]


def test_every_row_is_tested_and_has_a_source() -> None:
    assert len(BY_NAME) == len(TRIGGERS)
    assert {row[0] for row in CHANGES} == set(BY_NAME)
    assert {row[0] for row in CHANGES if row[3]} == {t.name for t in TRIGGERS if t.rolls}
    assert all(t.fact.startswith("platform_facts#") and ".go: " in t.operator for t in TRIGGERS)


@pytest.mark.parametrize("platform", ["None", "IBMCloud"])
@pytest.mark.parametrize("row", [row for row in CHANGES if row[3]], ids=lambda row: row[0])
def test_where_people_make_the_machines_nothing_rolls(platform: str, row: tuple[str, Any, Any, bool, dict[str, Any]]) -> None:
    name, before, after, _rolls, of_pool = row
    assert effects(BY_NAME[name], before, after, pool(**{**of_pool, "platform": platform})) == []


@pytest.mark.parametrize("row", [row for row in CHANGES if row[3]], ids=lambda row: row[0])
def test_without_nodes_or_on_deletion_alone_nothing_rolls(row: tuple[str, Any, Any, bool, dict[str, Any]]) -> None:
    name, before, after, _rolls, of_pool = row
    empty, by_hand = pool(**of_pool), pool(**of_pool)
    empty["status"]["replicas"] = 0
    by_hand["spec"]["management"]["replace"] = {"strategy": "OnDelete"}
    assert effects(BY_NAME[name], before, after, empty) == []
    assert bool(effects(BY_NAME[name], before, after, by_hand)) == (of_pool.get("upgrade") == "InPlace")


def test_an_unknown_release_is_taken_for_one_that_rolls() -> None:
    (found,) = effects(BY_NAME["tls_security_profile"], OLD_TLS, MODERN, pool(image="quay.io/a/b@sha256:00"))
    assert "assumed: it rolls from 4.23" in found.why[0] and "version is unknown" in found.why[0]


@pytest.mark.parametrize(
    ("names", "content", "rolls"),
    [
        (("a", "b"), ("ssh-rsa A", "ssh-rsa A"), False),
        (("a", "b"), ("ssh-rsa A", "ssh-rsa B"), True),
        (("a", "b"), ("ssh-rsa A", None), True),
        (("a", "a"), ("ssh-rsa A", "ssh-rsa B"), True),
        (("a", "a"), ("ssh-rsa A", "ssh-rsa A"), False),
        (("a", "a"), (None, "ssh-rsa B"), True),
        ((None, "a"), ("", "ssh-rsa B"), True),
    ],
)
def test_a_key_rolls_by_its_content(names: tuple[Any, Any], content: tuple[Any, Any], rolls: bool) -> None:
    live, predicted = (with_value(live_cluster(), ("spec", "sshKey", "name"), name) for name in names)
    assert bool(rollout.cluster_change_effects(live, predicted, [pool()], {"ssh_key": content})) is rolls


def test_pools_that_keep_their_machines_are_told_of() -> None:
    keeps, replaces = pool(upgrade="InPlace"), pool()
    path = BY_NAME["vm_patch_of_cluster"].path
    live, predicted = live_cluster(), with_value(live_cluster(), path, ADD_DISK)
    ((told, note),) = rollout.cluster_template_notes(live, predicted, [keeps, replaces])
    assert told is keeps and "only new machines" in note
    assert rollout.cluster_template_notes(live, live, [keeps, replaces]) == []
    assert "only new machines" in rollout.template_note(keeps, with_value(keeps, BY_NAME["vm_patch"].path, ADD_DISK))


def test_a_pool_is_told_of_once() -> None:
    same: Callable[..., RolloutEffect] = lambda *why: RolloutEffect("a", "clusters", 2, "replace", why)  # noqa: E731
    other = RolloutEffect("b", "clusters", 1, "in_place", ("x",))
    assert rollout.merged([same("x"), other, same("y", "x")]) == [same("x", "y"), other]
