# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The command lines of the hub's processes. Everything listens on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .paths import CONFIG_DIR, HubPaths

PORT_NAMES = ("etcd_client", "etcd_peer", "apiserver", "kube_controller_manager", "kube_scheduler", "minikubelet")

# Controllers that need a cloud, attachable disks or a metrics API.
_CONTROLLERS_OFF = (
    "node-ipam-controller",
    "node-route-controller",
    "service-lb-controller",
    "cloud-node-lifecycle-controller",
    "persistentvolume-attach-detach-controller",
    "horizontal-pod-autoscaler-controller",
)


@dataclass(frozen=True)
class Layout:
    """What a command line is made from."""

    paths: HubPaths
    binaries: Mapping[str, Path]
    ports: Mapping[str, int]

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.ports['apiserver']}"

    @property
    def etcd_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['etcd_client']}"

    def pki(self, name: str) -> str:
        return str(self.paths.pki / name)

    def config(self, name: str) -> str:
        return str(self.paths.config / name)


def etcd(layout: Layout) -> list[str]:
    peer = f"http://127.0.0.1:{layout.ports['etcd_peer']}"
    return [
        str(layout.binaries["etcd"]),
        "--name=hub",
        f"--data-dir={layout.paths.data / 'etcd'}",
        "--unsafe-no-fsync",  # speed; the data of a test hub need not survive a power cut
        f"--initial-cluster=hub={peer}",
        f"--listen-client-urls={layout.etcd_url}",
        f"--advertise-client-urls={layout.etcd_url}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        "--quota-backend-bytes=4294967296",
    ]


def kube_apiserver(layout: Layout) -> list[str]:
    pki = layout.pki
    return [
        str(layout.binaries["kube-apiserver"]),
        f"--etcd-servers={layout.etcd_url}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={layout.ports['apiserver']}",
        f"--tls-cert-file={pki('apiserver.crt')}",
        f"--tls-private-key-file={pki('apiserver.key')}",
        f"--client-ca-file={pki('ca.crt')}",
        # Aggregation is unused, but without this CA the aggregator and kcm log errors for ever.
        f"--requestheader-client-ca-file={pki('ca.crt')}",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--kubelet-certificate-authority={pki('ca.crt')}",
        f"--kubelet-client-certificate={pki('kubelet-client.crt')}",
        f"--kubelet-client-key={pki('kubelet-client.key')}",
        "--kubelet-preferred-address-types=InternalIP,Hostname",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki('sa.pub')}",
        f"--service-account-signing-key-file={pki('sa.key')}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--authorization-mode=RBAC",
        f"--authentication-config={CONFIG_DIR / 'authentication.yaml'}",
        "--endpoint-reconciler-type=none",  # a loopback address cannot be published; base/ has the Endpoints
        "--enable-priority-and-fairness=false",
        "--allow-privileged=true",
        # HyperShift labels its namespaces `restricted` and relies on OpenShift's SCC, which is not here.
        "--disable-admission-plugins=PodSecurity",
        f"--audit-policy-file={CONFIG_DIR / 'audit-policy.yaml'}",
        f"--audit-log-path={layout.paths.audit_log}",
        "--audit-log-maxsize=4096",  # megabytes: never rotated, a reader sees the whole log in one file
    ]


def kube_controller_manager(layout: Layout) -> list[str]:
    kubeconfig = layout.config("kube-controller-manager.kubeconfig")
    return [
        str(layout.binaries["kube-controller-manager"]),
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={layout.ports['kube_controller_manager']}",
        *_loopback_serving(layout),
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={layout.pki('sa.key')}",
        f"--root-ca-file={layout.pki('ca.crt')}",
        f"--cluster-signing-cert-file={layout.pki('ca.crt')}",
        f"--cluster-signing-key-file={layout.pki('ca.key')}",
        f"--flex-volume-plugin-dir={layout.paths.data / 'flex'}",  # else a folder of the system
        "--node-monitor-grace-period=10m",
        # Its default of 20 requests per second is what deleting many namespaces would wait for.
        "--kube-api-qps=200",
        "--kube-api-burst=400",
        f"--controllers=*,{','.join('-' + name for name in _CONTROLLERS_OFF)}",
    ]


def kube_scheduler(layout: Layout) -> list[str]:
    kubeconfig = layout.config("kube-scheduler.kubeconfig")
    return [
        str(layout.binaries["kube-scheduler"]),
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={layout.ports['kube_scheduler']}",
        *_loopback_serving(layout),
        "--leader-elect=false",
    ]


def kwok(layout: Layout) -> list[str]:
    """No --node-port and no --server-address: kwok then serves nothing (alone, --node-port binds every address)."""
    return [
        str(layout.binaries["kwok"]),
        f"--kubeconfig={layout.config('kwok.kubeconfig')}",
        f"--config={layout.config('stages.yaml')}",
        "--manage-all-nodes=true",
        "--node-ip=127.0.0.1",
        "--cidr=10.244.0.0/16",
        "--node-lease-duration-seconds=40",
    ]


def minikubelet(layout: Layout) -> list[str]:
    return [
        str(layout.binaries["minikubelet"]),
        f"--address=127.0.0.1:{layout.ports['minikubelet']}",
        f"--state={layout.paths.containers}",
        f"--tls-cert-file={layout.pki('loopback.crt')}",
        f"--tls-private-key-file={layout.pki('loopback.key')}",
        f"--client-ca-file={layout.pki('ca.crt')}",
        "--client-name=kubelet-client",
    ]


def pod_runner(layout: Layout) -> list[str]:
    """Ours, in Python: it serves nothing."""
    return [
        *(sys.executable, "-m", "pod_runner"),
        f"--state={layout.paths.root}",
        f"--server={layout.server}",
        f"--ready-file={layout.paths.run / 'pod-runner.ready'}",
        f"--log-file={layout.paths.logs / 'pod-runner.out'}",
    ]


def _loopback_serving(layout: Layout) -> list[str]:
    return [f"--tls-cert-file={layout.pki('loopback.crt')}", f"--tls-private-key-file={layout.pki('loopback.key')}"]
