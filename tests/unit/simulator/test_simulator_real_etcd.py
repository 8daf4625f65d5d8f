# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Control planes whose etcd, and API server, are real: what the simulator writes for the pod runner."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml
from cryptography import x509

from hypershift_simulator.names import unb64
from simulator.fake_management_cluster import FakeManagementCluster
from simulator.manifests import hosted_cluster, pull_secret, secret

CPNS = "clusters-demo"
HC = ("HostedCluster", "clusters", "demo")


def installed(annotations: dict[str, str], **spec: Any) -> FakeManagementCluster:
    hub = FakeManagementCluster(full=True)
    hub.create(pull_secret("demo"))
    hub.create(secret("demo-key", key="0" * 32))
    encryption = {"type": "aescbc", "aescbc": {"activeKey": {"name": "demo-key"}}}
    cluster = hosted_cluster(controllerAvailabilityPolicy="HighlyAvailable", secretEncryption=encryption, **spec)
    cluster["metadata"]["annotations"] = {f"simulator.hypershift.core/{name}": value for name, value in annotations.items()}
    hub.create(cluster)
    hub.run(900)
    return hub


def pod_spec(hub: FakeManagementCluster, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = hub.get(kind, CPNS, name)["spec"]["template"]["spec"]
    return found


def container(spec: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in spec["containers"] if one["name"] == name)
    return found


@pytest.mark.parametrize("version", ["3.5", "3.6"])
def test_members_run_with_certificates_and_know_each_other(version: str) -> None:
    spec = pod_spec(installed({"real-etcd": version}), "StatefulSet", "etcd")
    etcd = container(spec, "etcd")
    values = {entry["name"]: entry.get("value") for entry in etcd["env"]}
    assert values["ETCD_INITIAL_CLUSTER"].split(",") == [
        f"etcd-{number}=https://etcd-{number}.etcd-discovery.{CPNS}.svc:2380" for number in range(3)
    ]
    assert "ETCD_INITIAL_CLUSTER_TOKEN" not in values
    assert {"--data-dir=/var/lib/data", "--client-cert-auth=true", "--quota-backend-bytes=8589934592"} <= set(etcd["args"])
    assert {mount["mountPath"] for mount in etcd["volumeMounts"]} >= {"/var/lib", "/etc/etcd/tls/etcd-ca", "/etc/etcd/tls/client"}
    assert {one["image"] for one in [*spec["containers"], *spec["initContainers"]]} == {f"embedded-hub.local/etcd:{version}"}
    assert [one["name"] for one in spec["initContainers"]] == ["ensure-dns", "reset-member"]
    assert [one["name"] for one in spec["containers"]] == ["etcd", "etcd-metrics", "healthz", "etcd-defrag"]


def test_without_the_annotation_nothing_is_real() -> None:
    hub = installed({})
    assert "embedded-hub.local" not in str(hub.get("StatefulSet", CPNS, "etcd"))
    assert "embedded-hub.local" not in str(hub.get("Deployment", CPNS, "kube-apiserver"))


def test_a_size_of_volumes_is_passed_to_the_claims() -> None:
    stateful_set = installed({"real-etcd": "3.6", "etcd-volume-bytes": "1024"}).get("StatefulSet", CPNS, "etcd")
    annotations = stateful_set["spec"]["volumeClaimTemplates"][0]["metadata"]["annotations"]
    assert annotations == {"embedded-hub.hypershift.core/volume-bytes": "1024"}


def test_a_shard_is_a_stateful_set_with_names_of_its_own() -> None:
    hub = installed({"real-etcd": "3.6", "etcd-shards": "etcd,etcd-events"})
    first, second = (hub.get("StatefulSet", CPNS, name) for name in ("etcd", "etcd-events"))
    assert second["spec"]["serviceName"] == "etcd-events-discovery"
    assert first["spec"]["selector"] != second["spec"]["selector"]
    for found in (first, second):
        labels = found["spec"]["template"]["metadata"]["labels"]
        assert labels["app"] == "etcd"
        assert found["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert hub.get("Service", CPNS, "etcd-events-client")["spec"]["selector"] == second["spec"]["selector"]["matchLabels"]
    certificate = x509.load_pem_x509_certificate(unb64(hub.get("Secret", CPNS, "etcd-server-tls")["data"]["server.crt"]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert {"etcd-client", "etcd-events-client", f"*.etcd-events-discovery.{CPNS}.svc"} <= set(names)
    assert hub.condition(*HC, "EtcdAvailable")["status"] == "True"


@pytest.mark.parametrize("shard", ["etcd", "etcd-events"])
def test_etcd_is_unavailable_when_one_shard_has_no_quorum_also_later(shard: str) -> None:
    hub = installed({"real-etcd": "3.6", "etcd-shards": "etcd,etcd-events"})
    assert hub.condition(*HC, "Available")["status"] == "True"
    hub._replicated = lambda obj: {  # type: ignore[method-assign]
        **FakeManagementCluster._replicated(hub, obj),
        **({"readyReplicas": 1} if obj["metadata"]["name"] == shard else {}),
    }
    hub.run(60)
    found = hub.condition(*HC, "EtcdAvailable")
    assert (found["status"], found["reason"]) == ("False", "EtcdWaitingForQuorum")
    assert hub.condition(*HC, "Available")["status"] == "False"


def test_a_real_api_server_has_the_members_a_certificate_and_the_key() -> None:
    hub = installed({"real-etcd": "3.6", "real-apiserver": "true", "etcd-shards": "etcd,etcd-events"})
    template = hub.get("Deployment", CPNS, "kube-apiserver")["spec"]["template"]
    flags = dict(flag.lstrip("-").partition("=")[::2] for flag in template["spec"]["containers"][0]["args"])
    assert template["metadata"]["annotations"]["embedded-hub.hypershift.core/one-process"] == "true"
    assert flags["etcd-servers"].count(".etcd-discovery.") == 3
    assert flags["etcd-servers-overrides"].startswith("/events#https://etcd-events-0.")
    address = flags["bind-address"]
    assert address.startswith("127.")
    certificate = x509.load_pem_x509_certificate(unb64(hub.get("Secret", CPNS, "kas-server-crt")["data"]["tls.crt"]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert address in {str(found) for found in names.get_values_for_type(x509.IPAddress)}
    kubeconfig = yaml.safe_load(unb64(hub.get("Secret", "clusters", "demo-admin-kubeconfig")["data"]["kubeconfig"]))
    assert kubeconfig["clusters"][0]["cluster"]["server"] == f"https://{address}:6443"
    document = yaml.safe_load(unb64(hub.get("Secret", CPNS, "kas-secret-encryption-config")["data"]["config.yaml"]))
    key = document["resources"][0]["providers"][0]["aescbc"]["keys"][0]["secret"]
    assert base64.b64decode(key) == b"0" * 32


def test_an_api_server_is_real_only_on_real_members() -> None:
    hub = installed({"real-apiserver": "true"})
    assert "embedded-hub.local" not in str(hub.get("Deployment", CPNS, "kube-apiserver"))


def test_manual_replicas_are_reverted_unless_paused() -> None:
    hub = installed({"real-etcd": "3.6"})
    for paused in (False, True):
        if paused:
            hub.patch(*HC, {"spec": {"pausedUntil": "true"}})
            hub.run(30)
        for kind, name in (("StatefulSet", "etcd"), ("Deployment", "openshift-apiserver")):
            hub.patch(kind, CPNS, name, {"spec": {"replicas": 0}})
        hub.run(30)
        found = [
            hub.get(kind, CPNS, name)["spec"]["replicas"] for kind, name in (("StatefulSet", "etcd"), ("Deployment", "openshift-apiserver"))
        ]
        assert found == ([0, 0] if paused else [3, 3])
