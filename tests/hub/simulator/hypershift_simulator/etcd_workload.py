# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The StatefulSet of a hosted cluster's etcd, or of one shard of it; with the annotation, of real members."""

from __future__ import annotations

from . import names
from .components import Component
from .kinds import new
from .names import Obj
from .view import ClusterView

_TLS = "/etc/etcd/tls"
_STATE = "/etc/etcd/clusterstate"
_SECRETS = {"peer-tls": ("peer", "etcd-peer-tls"), "server-tls": ("server", "etcd-server-tls"), "client-tls": ("client", "etcd-client-tls")}
_QUOTA = 8 * 1024**3

# Its own name must be known before a member starts: the others call it by that.
_ENSURE_DNS = 'until grep -q "$HOSTNAME.$DISCOVERY" /etc/hosts; do sleep 0.1; done'

# A member that has lost its data gives up its old identity, where the other members can be asked: where one of them
# reports health, which takes a quorum. That is known at once, and an etcdctl without a quorum only after seconds.
_RESET_MEMBER = """
set -eu
printf new > $STATE/state
test ! -e /var/lib/data/member/snap/db || exit 0
health() {
  timeout 3 bash -c 'exec 3<>/dev/tcp/$CLIENT/2381 && printf "GET /health HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3' && return
  test $? -eq 124  # nobody there at all is the usual start of a new cluster
}
ask() { etcdctl --cacert $TLS/etcd-ca/ca.crt --cert $TLS/client/etcd-client.crt --key $TLS/client/etcd-client.key \\
  --command-timeout 20s --endpoints https://$CLIENT:2379 "$@"; }
quorum=no
for attempt in 1 2 3 4; do
  answer=$(health) || break
  case $answer in *'"health":"true"'*) quorum=yes; break;; esac
  sleep 0.5
done
test $quorum = yes || exit 0
members=$(ask member list)
id=$(printf '%s\\n' "$members" | grep ", $HOSTNAME, " | cut -d, -f1)
test -n "$id" || exit 0
ask member remove "$id"
until ask member add "$HOSTNAME" --peer-urls "https://$HOSTNAME.$DISCOVERY:2380"; do sleep 1; done
printf existing > $STATE/state
"""

_ETCD = 'export ETCD_INITIAL_CLUSTER_STATE=$(cat $STATE/state); exec /usr/bin/etcd "$@"'


def selector(view: ClusterView, shard: str) -> Obj:
    """Shards share the label `app`."""
    return {"app": "etcd"} if len(view.etcd_shards) == 1 else {"app": "etcd", names.COMPONENT: shard}


def stateful_set(view: ClusterView, component: Component, image: str, template: Obj) -> Obj:
    replicas = component.replicas(view.spec)
    shard = component.name
    template["metadata"]["labels"]["app"] = "etcd"
    fill = _real if view.real_etcd else _simulated
    fill(view, shard, replicas, image, template["spec"])
    spec = {
        "replicas": replicas,
        "serviceName": f"{shard}-discovery",
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": selector(view, shard)},
        "persistentVolumeClaimRetentionPolicy": {
            "whenDeleted": "Retain",
            "whenScaled": view.annotations.get(names.ETCD_WHEN_SCALED, "Retain"),
        },
        "template": template,
        "volumeClaimTemplates": [_claim(view)],
    }
    return new("StatefulSet", shard, view.cpns, spec=spec)


def disruption_budget(view: ClusterView, shard: str) -> Obj:
    return new("PodDisruptionBudget", shard, view.cpns, spec={"minAvailable": 1, "selector": {"matchLabels": selector(view, shard)}})


def _claim(view: ClusterView) -> Obj:
    volume = view.spec["etcd"]["managed"]["storage"].get("persistentVolume") or {}
    spec: Obj = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": volume.get("size", "8Gi")}},
    }
    if volume.get("storageClassName"):
        spec["storageClassName"] = volume["storageClassName"]
    metadata: Obj = {"name": "data", "labels": {"app": "etcd"}}
    if view.annotations.get(names.ETCD_VOLUME_BYTES):
        metadata["annotations"] = {names.VOLUME_BYTES: view.annotations[names.ETCD_VOLUME_BYTES]}
    return {"metadata": metadata, "spec": spec}


def _containers(replicas: int) -> list[str]:
    return ["etcd", "etcd-metrics", "healthz", *(["etcd-defrag"] if replicas > 1 else [])]


def _ports() -> list[Obj]:
    return [{"name": "client", "containerPort": 2379}, {"name": "peer", "containerPort": 2380}]


def _simulated(_view: ClusterView, _shard: str, replicas: int, image: str, spec: Obj) -> None:
    spec["containers"] = [{"name": name, "image": image} for name in _containers(replicas)]
    spec["containers"][0] |= {"volumeMounts": [{"name": "data", "mountPath": "/var/lib"}], "ports": _ports()}
    spec["initContainers"] = [{"name": name, "image": image} for name in ("ensure-dns", "reset-member")]


def _real(view: ClusterView, shard: str, replicas: int, _image: str, spec: Obj) -> None:
    image = f"{names.RUNNER_IMAGES}/etcd:{view.real_etcd}"
    common = {"image": image, "env": _environment(view, shard, replicas), "volumeMounts": _mounts()}
    # A member needs less than a second; a longer grace only makes the end of the namespace slow.
    spec["terminationGracePeriodSeconds"] = 4
    spec["initContainers"] = [
        {"name": "ensure-dns", **common, "command": ["sh", "-c", _ENSURE_DNS]},
        {"name": "reset-member", **common, "command": ["sh", "-c", _RESET_MEMBER]},
    ]
    # What is beside the member does nothing here: no command, no process.
    spec["containers"] = [{"name": name, "image": image, "volumeMounts": _mounts()} for name in _containers(replicas)]
    spec["containers"][0] |= {
        **common,
        "command": ["sh", "-c", _ETCD, "sh"],
        "args": _flags(),
        "ports": [*_ports(), {"name": "health", "containerPort": 2381}],
        # Its answer is a linearizable read: no quorum, not ready.
        "readinessProbe": {"httpGet": {"path": "/health", "port": 2381}, "periodSeconds": 1, "timeoutSeconds": 2, "failureThreshold": 2},
    }
    spec["volumes"] = [
        *({"name": name, "secret": {"secretName": secret}} for name, (_folder, secret) in _SECRETS.items()),
        {"name": "etcd-ca", "configMap": {"name": "etcd-ca"}},
        {"name": "cluster-state", "emptyDir": {}},
    ]


def _environment(view: ClusterView, shard: str, replicas: int) -> list[Obj]:
    discovery = f"{shard}-discovery.{view.cpns}.svc"
    members = [f"{shard}-{number}=https://{shard}-{number}.{discovery}:2380" for number in range(replicas)]
    fixed = {
        "ETCD_INITIAL_CLUSTER": ",".join(members),
        "DISCOVERY": discovery,
        "CLIENT": f"{shard}-client",
        "TLS": _TLS,
        "STATE": _STATE,
    }
    referenced = {"HOSTNAME": "metadata.name", "NAMESPACE": "metadata.namespace", "POD_IP": "status.podIP", "ETCD_NAME": "metadata.name"}
    return [
        *({"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in referenced.items()),
        *({"name": name, "value": value} for name, value in fixed.items()),
    ]


def _mounts() -> list[Obj]:
    return [
        {"name": "data", "mountPath": "/var/lib"},
        *({"name": name, "mountPath": f"{_TLS}/{folder}"} for name, (folder, _secret) in _SECRETS.items()),
        {"name": "etcd-ca", "mountPath": f"{_TLS}/etcd-ca"},
        {"name": "cluster-state", "mountPath": _STATE},
    ]


def _flags() -> list[str]:
    """The address is the pod's own: on one machine no two members may listen on the same one."""
    own = "$(HOSTNAME).$(DISCOVERY)"
    return [
        "--data-dir=/var/lib/data",
        "--listen-peer-urls=https://$(POD_IP):2380",
        "--listen-client-urls=https://$(POD_IP):2379",
        "--listen-metrics-urls=http://$(POD_IP):2381",
        f"--initial-advertise-peer-urls=https://{own}:2380",
        f"--advertise-client-urls=https://{own}:2379",
        f"--trusted-ca-file={_TLS}/etcd-ca/ca.crt",
        f"--cert-file={_TLS}/server/server.crt",
        f"--key-file={_TLS}/server/server.key",
        "--client-cert-auth=true",
        f"--peer-trusted-ca-file={_TLS}/etcd-ca/ca.crt",
        f"--peer-cert-file={_TLS}/peer/peer.crt",
        f"--peer-key-file={_TLS}/peer/peer.key",
        "--peer-client-cert-auth=true",
        f"--quota-backend-bytes={_QUOTA}",
        "--snapshot-count=10000",
        # Many members share two processors here; the data of a test need not survive a power cut.
        "--heartbeat-interval=200",
        "--election-timeout=1500",
        "--unsafe-no-fsync",
    ]
