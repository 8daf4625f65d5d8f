# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What replaces the nodes of a pool and what leaves them alone."""

from __future__ import annotations

import pytest

from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import Obj, config_map, pull_secret, secret
from simulator.pools import CPNS, HC, NP, machines, pool, settled

MACHINE_CONFIG = "apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nmetadata:\n  name: 50-motd\n"

ROLLS: list[tuple[str, Obj]] = [
    ("HostedCluster", {"pullSecret": {"name": "other-pull-secret"}}),
    ("HostedCluster", {"additionalTrustBundle": {"name": "bundle"}}),
    ("HostedCluster", {"imageContentSources": [{"source": "a", "mirrors": ["b"]}]}),
    ("HostedCluster", {"configuration": {"proxy": {"httpProxy": "http://proxy.example.com"}}}),
    ("HostedCluster", {"configuration": {"image": {"registrySources": {"insecureRegistries": ["a"]}}}}),
    ("NodePool", {"config": [{"name": "motd"}]}),
    ("NodePool", {"tuningConfig": [{"name": "kernel"}]}),
    ("NodePool", {"tuningConfig": [{"name": "profile"}]}),
    ("NodePool", {"platform": {"kubevirt": {"compute": {"memory": "8Gi"}}}}),
]
STAYS: list[tuple[str, Obj]] = [
    ("HostedCluster", {"configuration": {"oauth": {"identityProviders": []}}}),
    ("HostedCluster", {"configuration": {"scheduler": {"profile": "HighNodeUtilization"}}}),
    ("HostedCluster", {"configuration": {"apiServer": {"audit": {"profile": "None"}}}}),
    ("NodePool", {"nodeLabels": {"zone": "a"}}),
    ("NodePool", {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}),
    ("NodePool", {"nodeDrainTimeout": "10m", "nodeVolumeDetachTimeout": "5m"}),
    ("NodePool", {"management": {"replace": {"rollingUpdate": {"maxSurge": 2}}}}),
    ("NodePool", {"management": {"autoRepair": True}}),
    ("NodePool", {"tuningConfig": [{"name": "sysctl"}]}),
    ("NodePool", {"replicas": 3}),
]


def references(hub: FakeManagementCluster) -> None:
    hub.create(pull_secret("other"))
    bundle = config_map("bundle")
    bundle["data"] = {"ca-bundle.crt": "PEM"}
    hub.create(bundle)
    hub.create(config_map("motd", config=MACHINE_CONFIG))
    tuned = "apiVersion: tuned.openshift.io/v1\nkind: Tuned\nspec:\n  profile:\n  - name: p\n    data: '[{0}]'\n"
    hub.create(config_map("sysctl", tuning=tuned.format("sysctl")))
    hub.create(config_map("kernel", tuning=tuned.format("bootloader]\\ncmdline=[x")))
    hub.create(config_map("profile", tuning="apiVersion: performance.openshift.io/v2\nkind: PerformanceProfile\n"))


@pytest.mark.parametrize(("kind", "spec"), ROLLS)
def test_what_rolls_the_nodes(installed_light: FakeManagementCluster, kind: str, spec: Obj) -> None:
    hub = installed_light
    references(hub)
    before = set(machines(hub))
    hub.patch(kind, "clusters", "demo", {"spec": spec})
    hub.run(60)
    updating = {entry["type"]: entry["status"] for entry in hub.get(*NP)["status"]["conditions"]}
    told = {type_ for type_, status in updating.items() if type_.startswith("Updating") and status == "True"}
    expected = "UpdatingPlatformMachineTemplate" if "platform" in spec else "UpdatingConfig"
    assert told == (set() if "configuration" in spec else {expected}), (
        "what the hosted cluster's configuration rolls is told by no condition"
    )
    finished = hub.get(*NP)["metadata"]["annotations"]["hypershift.openshift.io/nodePoolCurrentConfigVersion"]
    source = hub.get("MachineDeployment", CPNS, "demo")["spec"]["template"]["spec"]["bootstrap"]["dataSecretName"]
    assert (source == f"user-data-demo-{finished}") is ("platform" in spec)
    hub.run(1800)
    assert set(machines(hub)).isdisjoint(before)
    settled(hub)


@pytest.mark.parametrize(("kind", "spec"), STAYS)
def test_what_leaves_the_nodes_alone(installed_light: FakeManagementCluster, kind: str, spec: Obj) -> None:
    hub = installed_light
    references(hub)
    before = set(machines(hub))
    hub.patch(kind, "clusters", "demo", {"spec": spec})
    hub.run(900)
    assert before <= set(machines(hub))
    settled(hub, replicas=spec.get("replicas", 2))


def test_content_of_a_configuration_rolls_and_of_a_pull_secret_does_not(
    installed_light: FakeManagementCluster,
) -> None:
    hub = installed_light
    references(hub)
    pool(hub, config=[{"name": "motd"}])
    hub.run(1800)
    before = set(machines(hub))
    hub.patch("Secret", "clusters", "demo-pull-secret", {"data": {".dockerconfigjson": "e30="}})
    hub.run(900)
    assert set(machines(hub)) == before
    assert hub.get("Secret", CPNS, "pull-secret")["data"][".dockerconfigjson"] == "e30="
    hub.patch("ConfigMap", "clusters", "motd", {"data": {"config": MACHINE_CONFIG + "spec: {}\n"}})
    hub.run(1800)
    assert set(machines(hub)).isdisjoint(before)


def marked(hub: FakeManagementCluster, owner: tuple[str, str, str], name: str, value: str) -> None:
    hub.patch(*owner, {"metadata": {"annotations": {f"hypershift.openshift.io/{name}": value}}})


@pytest.mark.parametrize(
    ("owner", "name", "value", "rolls"),
    [
        (NP, "haproxy-image", "quay.io/a/haproxy:1", True),
        (NP, "haproxy-image", " ", False),
        (NP, "kubevirt-vm-jsonpatch", '[{"op": "add", "path": "/spec/x", "value": 1}]', True),
        (HC, "kubevirt-vm-jsonpatch", '[{"op": "add", "path": "/spec/x", "value": 1}]', True),
        (NP, "nodepool-supports-kubevirt-topology-spread-constraints", "true", True),
        (NP, "ec2-instance-metadata-http-tokens", "required", False),
        (HC, "aws-machine-public-ips", "true", False),
    ],
)
def test_annotations_that_roll(
    installed_light: FakeManagementCluster, owner: tuple[str, str, str], name: str, value: str, rolls: bool
) -> None:
    hub = installed_light
    before = set(machines(hub))
    marked(hub, owner, name, value)
    hub.run(1800)
    assert set(machines(hub)).isdisjoint(before) if rolls else set(machines(hub)) == before
    settled(hub)


def test_an_ssh_key_rolls_by_its_text(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    for name, text in (("mine", "ssh-ed25519 A"), ("same", "ssh-ed25519 A")):
        hub.create(secret(name, id_rsa__pub=text))
    rolled = []
    for kind, name, body in (
        (*HC[::2], {"spec": {"sshKey": {"name": "mine"}}}),
        (*HC[::2], {"spec": {"sshKey": {"name": "same"}}}),
        ("Secret", "same", {"data": secret("same", id_rsa__pub="ssh-ed25519 B")["data"]}),
    ):
        before = set(machines(hub))
        hub.patch(kind, "clusters", name, body)
        hub.run(1800)
        rolled.append(set(machines(hub)).isdisjoint(before))
        settled(hub)
    assert rolled == [True, False, True]


def test_labels_taints_and_timeouts_reach_the_machines(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    taints = [{"key": "a", "value": "b", "effect": "NoSchedule"}]
    pool(hub, nodeLabels={"example.com/zone": "a"}, taints=taints, nodeDrainTimeout="10m")
    hub.run(60)
    for machine in machines(hub).values():
        assert machine["metadata"]["labels"]["managed.hypershift.openshift.io.example.com/zone"] == "a"
        assert '"key": "a"' in machine["metadata"]["annotations"]["hypershift.openshift.io/nodePoolTaints"]
        assert machine["spec"]["nodeDrainTimeout"] == "10m"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("kind: Deployment\n", "unsupported config type: Deployment"),
        ("kind: KubeletConfig\n---\nkind: KubeletConfig\n", "only one KubeletConfig"),
        ("{", "error decoding config"),
        ("just text", "error decoding config"),
        ("", "no manifest found"),
    ],
)
def test_a_bad_configuration_is_said_and_rolls_nothing(installed_light: FakeManagementCluster, config: str, message: str) -> None:
    hub = installed_light
    before = set(machines(hub))
    hub.create(config_map("bad", config=config))
    pool(hub, config=[{"name": "bad"}])
    hub.run(300)
    condition = hub.condition(*NP, "ValidMachineConfig")
    assert condition["status"] == "False" and message in condition["message"]
    assert set(machines(hub)) == before
    pool(hub, config=[])
    hub.run(60)
    settled(hub)


def test_a_configuration_that_does_not_exist_yet(installed_light: FakeManagementCluster) -> None:
    hub = installed_light
    pool(hub, config=[{"name": "motd"}])
    hub.run(30)
    assert hub.condition(*NP, "ValidMachineConfig")["message"] == 'configmaps "motd" not found'
    hub.create(config_map("motd", config=MACHINE_CONFIG))
    hub.run(30)
    assert hub.condition(*NP, "UpdatingConfig")["message"].startswith("Updating config in progress. Target config: ")
