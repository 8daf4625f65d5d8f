# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real API server on the members: it follows its Deployment and its etcd. One cluster, in this order."""

from __future__ import annotations

import pytest

from embedded_hub import EmbeddedHub
from embedded_hub.testing import Kubectl
from etcd_harness.conftest import Create
from etcd_harness.looking import failing
from hosted_etcd import HostedEtcd


@pytest.fixture(scope="module")
def etcd(create: Create) -> HostedEtcd:
    return create(api_server=True)


@pytest.fixture(scope="module")
def hosted(etcd: HostedEtcd, hub: EmbeddedHub) -> Kubectl:
    return Kubectl(hub.state.binaries["kubectl"], etcd.kubeconfig)


def test_what_is_written_through_it_is_in_etcd_and_secrets_are_encrypted(etcd: HostedEtcd, hosted: Kubectl) -> None:
    hosted("create", "namespace", "kept")
    hosted("-n", "kept", "create", "secret", "generic", "word", "--from-literal=word=plain-text")
    found = etcd.keys("/kubernetes.io/secrets/kept/")
    assert list(found) == ["/kubernetes.io/secrets/kept/word"]
    assert found["/kubernetes.io/secrets/kept/word"].startswith("k8s:enc:aescbc:v1:")
    assert etcd.api_server in etcd.kubeconfig.read_text()


def test_without_pods_it_is_down_and_with_them_back(etcd: HostedEtcd, hosted: Kubectl) -> None:
    etcd.pause()
    etcd.scale(0, "deployments", "kube-apiserver")
    etcd.wait("its pods are gone", lambda: not etcd.pods("app=kube-apiserver"))
    assert not etcd.api_answers()
    etcd.scale(3, "deployments", "kube-apiserver")
    etcd.wait("it answers", etcd.api_answers)
    assert hosted.get("namespace", "kept")["metadata"]["name"] == "kept"
    etcd.pause(False)


def test_two_lost_disks_take_quorum_api_and_availability(etcd: HostedEtcd) -> None:
    etcd.destroy_data(1)
    etcd.destroy_data(2)
    etcd.wait("EtcdAvailable is False", lambda: etcd.condition("EtcdAvailable") == "False", 30)
    etcd.wait("KubeAPIServerAvailable is False", lambda: etcd.condition("KubeAPIServerAvailable") == "False", 30)
    etcd.wait("Available is False", lambda: etcd.condition("Available") == "False", 30)
    etcd.wait("the members fail", lambda: failing(etcd, 1) and failing(etcd, 2), 30)
    assert not etcd.api_answers()
    assert len(etcd.keys("/kubernetes.io/namespaces/", 0, serializable=True)) >= 5  # the one that is left has them still
