# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The objects beside the control plane that stand for a node pool: templates, tokens, sets of machines, health check."""

from __future__ import annotations

import json
from typing import Any

from . import names
from .actions import Action, ensure, ensure_once
from .context import Context
from .kinds import KINDS, new
from .names import Obj, b64, fingerprint
from .np_config import Config
from .releases import Release
from .view import PoolView, owner_reference

TEMPLATES = {"AWS": "AWSMachineTemplate", "KubeVirt": "KubevirtMachineTemplate", "Agent": "AgentMachineTemplate"}


def machine_template_spec(view: PoolView) -> Obj:
    platform = view.spec["platform"]
    if view.platform == "AWS":
        return _aws(platform["aws"]) | _by_annotations_aws(view)
    if view.platform == "KubeVirt":
        return _kubevirt(platform.get("kubevirt") or {}, _by_annotations(view))
    if view.platform == "Agent":
        selector = (platform.get("agent") or {}).get("agentLabelSelector")
        return {"agentLabelSelector": selector} if selector else {}
    return {name: value for name, value in platform.items() if name != "type"}


def _aws(aws: Obj) -> Obj:
    spec: Obj = {"instanceType": aws["instanceType"], "ami": {"id": aws.get("ami", "ami-0123456789abcdef0")}}
    for source, target in (("instanceProfile", "iamInstanceProfile"), ("subnet", "subnet")):
        if aws.get(source):
            spec[target] = aws[source]
    if aws.get("rootVolume"):
        spec["rootVolume"] = {key: value for key, value in aws["rootVolume"].items() if key in ("size", "type", "iops")}
    if aws.get("securityGroups"):
        spec["additionalSecurityGroups"] = aws["securityGroups"]
    if (aws.get("placement") or {}).get("tenancy"):
        spec["tenancy"] = aws["placement"]["tenancy"]
    return spec


def _by_annotations_aws(view: PoolView) -> Obj:
    found: Obj = {"instanceMetadataOptions": {"httpTokens": "required"}} if view.annotations.get(names.HTTP_TOKENS) == "required" else {}
    return found | ({"publicIP": True} if view.cluster.annotations.get(names.PUBLIC_IPS) == "true" else {})


def _by_annotations(view: PoolView) -> list[Any]:
    """Patches of the cluster, then of the pool, and whether its machines are spread; their mark alone, not their effect."""
    patches = [_parsed(text) for owner in (view.cluster, view) if (text := owner.annotations.get(names.VM_PATCH))]
    return [*patches, *(["spread"] if names.VM_SPREAD in view.annotations else [])]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _kubevirt(kubevirt: Obj, besides: list[Any]) -> Obj:
    compute = kubevirt.get("compute") or {}
    domain: Obj = {
        "cpu": {"cores": compute.get("cores", 2)},
        "memory": {"guest": compute.get("memory", "8Gi")},
        "devices": {"disks": [{"name": "rhcos", "disk": {"bus": "virtio"}}]},
    }
    template: Obj = {
        "metadata": {"annotations": {f"{names.FIELD_MANAGER}/settings": fingerprint(kubevirt, *besides)}},
        "spec": {"domain": domain},
    }
    if kubevirt.get("nodeSelector"):
        template["spec"]["nodeSelector"] = kubevirt["nodeSelector"]
    return {"virtualMachineTemplate": {"spec": {"runStrategy": "Always", "template": template}}}


def template_name(view: PoolView) -> str:
    return f"{view.name}-{fingerprint(view.platform, machine_template_spec(view))}"


def template_reference(view: PoolView) -> Obj:
    kind = TEMPLATES.get(view.platform, f"{view.platform}MachineTemplate")
    known = KINDS.get(kind)
    version = known.api_version if known else "infrastructure.cluster.x-k8s.io/v1beta1"
    return {"apiVersion": version, "kind": kind, "name": template_name(view), "namespace": view.cpns}


def machine_template(view: PoolView) -> list[Action]:
    kind = TEMPLATES.get(view.platform)
    if kind is None:
        return []
    template = new(kind, template_name(view), view.cpns, spec={"template": {"spec": machine_template_spec(view)}})
    template["metadata"]["annotations"] = dict(view.marks)
    return ensure_once(view.store, template)


def token_names(view: PoolView, config: Config) -> tuple[str, str]:
    return f"token-{view.name}-{config.versioned}", f"user-data-{view.name}-{config.versioned}"


def tokens(view: PoolView, ctx: Context, config: Config, release: Release) -> list[Action]:
    token_name, user_data_name = token_names(view, config)
    if view.child("Secret", token_name) and view.child("Secret", user_data_name):
        return []
    token = ctx.uuid()
    endpoint = view.cluster.status.get("ignitionEndpoint", "")
    headers = [{"name": "Authorization", "value": f"Bearer {b64(token)}"}, {"name": "NodePool", "value": view.mark}]
    source = {"source": f"https://{endpoint}/ignition", "httpHeaders": headers}
    ignition = {"ignition": {"version": "3.2.0", "config": {"merge": [source]}}}
    data = {"token": token, "release": release.image, "config": config.plain, "hc-configuration-hash": config.plain}
    return [
        *_secret(view, token_name, data),
        *_secret(view, user_data_name, {"value": json.dumps(ignition), "disableTemplating": "true"}),
    ]


def _secret(view: PoolView, name: str, data: dict[str, str]) -> list[Action]:
    obj = new("Secret", name, view.cpns, type="Opaque", immutable=False, data={key: b64(value) for key, value in data.items()})
    obj["metadata"]["annotations"] = {**view.marks, "hypershift.openshift.io/ignition-config": "true"}
    return ensure_once(view.store, obj)


def resources_name(view: PoolView) -> str:
    """The label by which the pool's machines are selected."""
    name = f"{view.cluster.infra_id}-{view.spec['clusterName']}-{view.name}"
    return name if len(name) <= 63 else f"{name[:54]}-{fingerprint(name)}"


def machine_labels(view: PoolView) -> Obj:
    name = resources_name(view)
    return {names.CAPI_CLUSTER_NAME: view.cluster.infra_id, name: name}


def machine_spec(view: PoolView, config: Config, release: Release) -> Obj:
    return {
        "clusterName": view.cluster.infra_id,
        "bootstrap": {"dataSecretName": token_names(view, config)[1]},
        "infrastructureRef": template_reference(view),
        "version": str(release.version),
        "nodeDrainTimeout": view.spec.get("nodeDrainTimeout"),
        "nodeVolumeDetachTimeout": view.spec.get("nodeVolumeDetachTimeout"),
    }


def replicas(view: PoolView, live: Obj | None) -> int:
    """With autoscaling the set keeps its count within the bounds: the autoscaler owns it."""
    bounds = view.spec.get("autoScaling")
    if not bounds:
        return int(view.spec.get("replicas") or 0)
    current = int(((live or {}).get("spec") or {}).get("replicas") or 0)
    return max(int(bounds["min"]), min(current, int(bounds["max"])))


def _scaling(view: PoolView) -> Obj:
    bounds = view.spec.get("autoScaling") or {}
    return {names.AUTOSCALER_MAX: str(bounds.get("max", 0)), names.AUTOSCALER_MIN: str(bounds.get("min", 0))}


def machines_set(view: PoolView, config: Config, release: Release, kind: str, **fields: Any) -> Obj:
    """A MachineDeployment or a MachineSet named like the pool."""
    live = view.child(kind, view.name)
    spec: Obj = {
        "clusterName": view.cluster.infra_id,
        "replicas": replicas(view, live),
        "selector": {"matchLabels": machine_labels(view)},
        "template": {
            "metadata": {"labels": machine_labels(view), "annotations": dict(view.marks)},
            "spec": machine_spec(view, config, release),
        },
        **fields,
    }
    obj = new(kind, view.name, view.cpns, spec=spec)
    obj["metadata"] |= {
        "labels": {names.CAPI_CLUSTER_NAME: view.cluster.infra_id},
        "annotations": {**view.marks, **_scaling(view), names.CAPI_PAUSED: None},
    }
    cluster = view.cluster.capi_cluster
    if cluster is not None:
        obj["metadata"]["ownerReferences"] = [owner_reference(cluster)]
    return obj


def machine_deployment(view: PoolView, config: Config, release: Release) -> list[Action]:
    replace = view.spec["management"].get("replace") or {}
    strategy: Obj = {"type": replace.get("strategy", "RollingUpdate")}
    rolling = replace.get("rollingUpdate")
    if rolling:
        strategy["rollingUpdate"] = {key: rolling.get(key) for key in ("maxSurge", "maxUnavailable")}
    extra: Obj = {"minReadySeconds": 0, "revisionHistoryLimit": 1, "progressDeadlineSeconds": 600, "strategy": strategy}
    return ensure(view.store, machines_set(view, config, release, "MachineDeployment", **extra))


def machine_set(view: PoolView, config: Config, release: Release, upgrade: Obj) -> list[Action]:
    obj = machines_set(view, config, release, "MachineSet")
    obj["metadata"]["annotations"] |= upgrade
    return ensure(view.store, obj)


def health_check(view: PoolView) -> list[Action]:
    def setting(name: str, default: Any) -> Any:
        annotation = f"hypershift.openshift.io/machine-health-check-{name}"
        return view.annotations.get(annotation) or view.cluster.annotations.get(annotation) or default

    timeout = setting("timeout", "16m0s" if view.platform in ("Agent", "None") else "8m0s")
    unhealthy = setting("max-unhealthy", 2)
    spec = {
        "clusterName": view.cluster.infra_id,
        "selector": {"matchLabels": {resources_name(view): resources_name(view)}},
        "unhealthyConditions": [{"type": "Ready", "status": status, "timeout": timeout} for status in ("False", "Unknown")],
        "maxUnhealthy": int(unhealthy) if str(unhealthy).isdigit() else unhealthy,
        "nodeStartupTimeout": setting("node-startup-timeout", "20m0s"),
    }
    obj = new("MachineHealthCheck", view.name, view.cpns, spec=spec)
    obj["metadata"]["annotations"] = dict(view.marks)
    return ensure(view.store, obj)


def infrastructure_kind(template_kind: str) -> str | None:
    """The provider's machine for a template's kind, where its definition is known here."""
    kind = template_kind.removesuffix("Template")
    return kind if kind in KINDS else None
