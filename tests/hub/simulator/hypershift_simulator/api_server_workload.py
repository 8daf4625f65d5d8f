# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A real API server on the real members of etcd, in the pods of the Deployment kube-apiserver."""

from __future__ import annotations

from . import endpoints, names
from .components import Component
from .names import Obj
from .view import ClusterView

_ROOT = "/etc/kubernetes"
_SECRETS = {
    "server": "kas-server-crt",
    "sa": "sa-signing-key",
    "etcd-client": "etcd-client-tls",
    "encryption": "kas-secret-encryption-config",
}
_CONFIG_MAPS = {"root-ca": "root-ca", "etcd-ca": "etcd-ca"}
# Kubernetes resources that a shard of its own is for, by the shard's name.
_OVERRIDES = {"etcd-events": "/events"}


def fill(view: ClusterView, template: Obj) -> None:
    template["metadata"]["annotations"][names.ONE_PROCESS] = "true"
    address = endpoints.real_address(view)
    probe = {"host": address, "port": endpoints.REAL_PORT, "scheme": "HTTPS", "path": "/readyz"}
    mounted = [name for name in _SECRETS if name != "encryption" or _encrypted(view)]
    template["spec"] |= {
        "terminationGracePeriodSeconds": 5,
        "containers": [
            {
                "name": "kube-apiserver",
                "image": f"{names.RUNNER_IMAGES}/kube-apiserver",
                "command": ["/usr/bin/kube-apiserver"],
                "args": _flags(view, address),
                "ports": [{"name": "client", "containerPort": endpoints.REAL_PORT}],
                "readinessProbe": {"httpGet": probe, "periodSeconds": 1, "timeoutSeconds": 3, "failureThreshold": 2},
                "volumeMounts": [{"name": name, "mountPath": f"{_ROOT}/{name}"} for name in [*mounted, *_CONFIG_MAPS]],
            }
        ],
        "volumes": [
            *({"name": name, "secret": {"secretName": _SECRETS[name]}} for name in mounted),
            *({"name": name, "configMap": {"name": source}} for name, source in _CONFIG_MAPS.items()),
        ],
    }


def _encrypted(view: ClusterView) -> bool:
    return bool((view.spec.get("secretEncryption") or {}).get("aescbc"))


def _members(view: ClusterView, shard: str) -> list[str]:
    count = Component(shard, "StatefulSet").replicas(view.spec)
    return [f"https://{shard}-{number}.{shard}-discovery.{view.cpns}.svc:2379" for number in range(count)]


def _flags(view: ClusterView, address: str) -> list[str]:
    first, *others = view.etcd_shards
    overrides = [f"{_OVERRIDES[shard]}#{';'.join(_members(view, shard))}" for shard in others if shard in _OVERRIDES]
    services = [entry["cidr"] for entry in view.spec["networking"].get("serviceNetwork") or [{"cidr": "172.31.0.0/16"}]]
    return [
        f"--etcd-servers={','.join(_members(view, first))}",
        *([f"--etcd-servers-overrides={','.join(overrides)}"] if overrides else []),
        f"--etcd-cafile={_ROOT}/etcd-ca/ca.crt",
        f"--etcd-certfile={_ROOT}/etcd-client/etcd-client.crt",
        f"--etcd-keyfile={_ROOT}/etcd-client/etcd-client.key",
        "--etcd-prefix=kubernetes.io",
        f"--bind-address={address}",
        f"--advertise-address={address}",
        f"--secure-port={endpoints.REAL_PORT}",
        f"--tls-cert-file={_ROOT}/server/tls.crt",
        f"--tls-private-key-file={_ROOT}/server/tls.key",
        f"--client-ca-file={_ROOT}/root-ca/ca.crt",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={_ROOT}/sa/service-account.pub",
        f"--service-account-signing-key-file={_ROOT}/sa/service-account.key",
        f"--service-cluster-ip-range={services[0]}",
        "--authorization-mode=RBAC",
        "--endpoint-reconciler-type=none",
        "--enable-priority-and-fairness=false",
        "--allow-privileged=true",
        "--shutdown-delay-duration=0s",
        *([f"--encryption-provider-config={_ROOT}/encryption/config.yaml"] if _encrypted(view) else []),
    ]
