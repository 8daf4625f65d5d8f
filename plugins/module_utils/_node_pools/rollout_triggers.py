# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The table of what rolls nodes and what does not. Source: platform_facts#4.6.

Predictions, the guard behind allow_rollout and docs/rollouts.md are made from it. What is not in it rolls nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._kernel.versions import Version
from .._manifests.option_paths import Path
from .trigger import ANNOTATIONS, Trigger, Where, as_is, document, equals, named, optional, pruned, text, without_tags

_HS = "hypershift.openshift.io"
VM_PATCH = (*ANNOTATIONS, f"{_HS}/kubevirt-vm-jsonpatch")
_NP = "hypershift-operator/controllers/nodepool"
_CONFIG, _TOKEN, _CAPI = f"{_NP}/config.go", f"{_NP}/token.go", f"{_NP}/capi.go"
_CORE, _HASH, _GLOBAL = f"{_CONFIG}: getCoreConfigs", f"{_CONFIG}: Hash", f"{_CONFIG}: globalConfigString"
_HAPROXY = f"{_NP}/apiserver-haproxy/haproxy.go: reconcileHAProxyIgnitionConfig"
_AWS, _VM = f"{_NP}/aws.go: awsMachineTemplateSpec", f"{_NP}/kubevirt/kubevirt.go"


def _spec(dotted: str) -> Path:
    return ("spec", *dotted.split("."))


_OF_CLUSTER = (
    Trigger("pull_secret_name", Where.CLUSTER, _spec("pullSecret.name"), "another pull secret name", _HASH),
    Trigger(
        "trust_bundle_name", Where.CLUSTER, _spec("additionalTrustBundle.name"), "another trust bundle name", _HASH
    ),
    Trigger(
        "image_content_sources", Where.CLUSTER, _spec("imageContentSources"), "changed image content sources", _CORE
    ),
    Trigger("proxy", Where.CLUSTER, _spec("configuration.proxy"), "changed proxy configuration", _GLOBAL, read=pruned),
    Trigger("image", Where.CLUSTER, _spec("configuration.image"), "changed image configuration", _GLOBAL, read=pruned),
    Trigger(
        "tls_security_profile",
        Where.CLUSTER,
        _spec("configuration.apiServer.tlsSecurityProfile"),
        "changed TLS security profile",
        f"{_CONFIG}: conditionallyAddToGlobalConfigString",
        since=Version(4, 23),
        read=optional,
    ),
    Trigger(
        "vm_patch_of_cluster",
        Where.CLUSTER,
        VM_PATCH,
        "changed patch of virtual machines on the hosted cluster",
        f"{_VM}: applyJsonPatches",
        template=True,
        platforms=("KubeVirt",),
        read=document,
    ),
    Trigger(
        "aws_public_ips",
        Where.CLUSTER,
        (*ANNOTATIONS, f"{_HS}/aws-machine-public-ips"),
        "public addresses of machines switched",
        _AWS,
        template=True,
        platforms=("AWS",),
        read=equals("true"),
        remark="Only `true` switches it on.",
    ),
    Trigger(
        "aws_endpoint_access",
        Where.CLUSTER,
        _spec("platform.aws.endpointAccess"),
        "another address of the control plane",
        _HAPROXY,
        platforms=("AWS",),
        read=lambda value: value in ("PublicAndPrivate", "Private"),
        remark="From or to Public; between PublicAndPrivate and Private nothing rolls.",
    ),
    Trigger(
        "api_server_port", Where.CLUSTER, _spec("networking.apiServer.port"), "another port of the API server", _HAPROXY
    ),
    Trigger(
        "api_server_address",
        Where.CLUSTER,
        _spec("networking.apiServer.advertiseAddress"),
        "another advertised address of the API server",
        _HAPROXY,
    ),
)
_OF_CONTENT = (
    Trigger(
        "ssh_key",
        Where.CONTENT,
        _spec("sshKey.name"),
        "another SSH key",
        _CORE,
        remark="By name or by content; another name for the same key rolls nothing. "
        "New content is seen at the control plane's next reconcile, so the rollout begins later than the write.",
    ),
    Trigger(
        "pull_secret", Where.CONTENT, _spec("pullSecret.name"), "new pull secret", f"{_TOKEN}: NewToken", rolls=False
    ),
    Trigger(
        "additional_trust_bundle",
        Where.CONTENT,
        _spec("additionalTrustBundle.name"),
        "new trust bundle",
        f"{_TOKEN}: NewToken",
        rolls=False,
        remark="Running nodes keep the old bundle until something else rolls them.",
    ),
    Trigger(
        "etcd_encryption",
        Where.CONTENT,
        _spec("secretEncryption.aescbc.activeKey.name"),
        "new encryption key",
        _HASH,
        rolls=False,
    ),
    Trigger(
        "kubevirt.infra_kubeconfig",
        Where.CONTENT,
        _spec("platform.kubevirt.credentials.infraKubeConfigSecret.name"),
        "new kubeconfig of the infrastructure",
        _HASH,
        rolls=False,
        platforms=("KubeVirt",),
    ),
)


def _block(platform: str, field: str, operator: str, read: Callable[[Any], Any] = as_is, remark: str = "") -> Trigger:
    return Trigger(
        f"{platform.lower()}_template",
        Where.POOL,
        _spec(f"platform.{field}"),
        "changed machine template",
        operator,
        template=True,
        platforms=(platform,),
        read=read,
        remark=remark,
    )


_OF_POOL = (
    Trigger("release_image", Where.POOL, _spec("release.image"), "another release image", _HASH),
    Trigger(
        "config",
        Where.POOL,
        _spec("config"),
        "changed config references",
        f"{_CONFIG}: getUserConfigs",
        read=named,
        remark="In any order. The content of these ConfigMaps rolls as well: of mirrors and image policies each "
        "character, of other kinds what they mean.",
        fact="platform_facts#4.1",
    ),
    Trigger(
        "tuning_config",
        Where.POOL,
        _spec("tuningConfig"),
        "changed tuning config references (rolls when they yield kernel arguments or kubelet settings)",
        f"{_NP}/nto.go: getNTOGeneratedConfig",
        read=named,
        fact="platform_facts#4.2",
    ),
    Trigger(
        "os_image_stream",
        Where.POOL,
        _spec("osImageStream.name"),
        "another stream of operating system images",
        f"{_CONFIG}: NewConfigGenerator",
    ),
    Trigger(
        "haproxy_image",
        Where.POOL,
        (*ANNOTATIONS, f"{_HS}/haproxy-image"),
        "another HAProxy image",
        f"{_NP}/nodepool_controller.go: generateHAProxyRawConfig",
        read=text,
    ),
    _block("AWS", "aws", _AWS, without_tags, "All but resourceTags."),
    _block("KubeVirt", "kubevirt", f"{_VM}: MachineTemplateSpec"),
    _block("Agent", "agent", f"{_NP}/agent.go: agentMachineTemplate"),
    _block("Azure", "azure", f"{_NP}/azure.go: azureMachineTemplateSpec"),
    _block("PowerVS", "powervs", f"{_NP}/powervs.go: ibmPowerVSMachineTemplateSpec"),
    _block("OpenStack", "openstack", f"{_NP}/openstack/openstack.go: MachineTemplateSpec"),
    _block("GCP", "gcp", f"{_NP}/gcp.go: gcpMachineTemplateSpec"),
    Trigger(
        "vm_patch",
        Where.POOL,
        VM_PATCH,
        "changed patch of virtual machines",
        f"{_VM}: applyJsonPatches",
        template=True,
        platforms=("KubeVirt",),
        read=document,
    ),
    Trigger(
        "vm_spread",
        Where.POOL,
        (*ANNOTATIONS, f"{_HS}/nodepool-supports-kubevirt-topology-spread-constraints"),
        "another way to spread virtual machines",
        f"{_VM}: MachineTemplateSpec",
        template=True,
        platforms=("KubeVirt",),
        read=lambda value: value is not None,
        remark="Whether it is there; the value does not matter.",
    ),
    Trigger(
        "aws_http_tokens",
        Where.POOL,
        (*ANNOTATIONS, f"{_HS}/ec2-instance-metadata-http-tokens"),
        "other metadata tokens of instances",
        _AWS,
        template=True,
        platforms=("AWS",),
        read=equals("required"),
        remark="Only `required` counts.",
    ),
)


def _quiet(where: Where, dotted: str, operator: str) -> Trigger:
    name = dotted.rpartition(".")[2]
    return Trigger(f"{where.name.lower()}_{name}", where, _spec(dotted), f"changed {name}", operator, rolls=False)


_DEPLOYMENT = f"{_CAPI}: reconcileMachineDeployment"
_QUIET = (
    *(
        _quiet(Where.CLUSTER, f"configuration.{field}", _GLOBAL)
        for field in ("oauth", "authentication", "scheduler", "ingress", "featureGate", "apiServer.audit")
    ),
    _quiet(Where.CLUSTER, "kubeAPIServerDNSName", _HAPROXY),
    _quiet(Where.CLUSTER, "networking.apiServer.allowedCIDRBlocks", _HAPROXY),
    _quiet(Where.CLUSTER, "platform.aws.resourceTags", f"{_AWS}, awsAdditionalTags"),
    *(_quiet(Where.POOL, field, f"{_CAPI}: setMachineDeploymentReplicas") for field in ("replicas", "autoScaling")),
    *(
        _quiet(Where.POOL, field, _DEPLOYMENT)
        for field in ("nodeLabels", "taints", "nodeDrainTimeout", "nodeVolumeDetachTimeout")
    ),
    _quiet(Where.POOL, "management.autoRepair", f"{_CAPI}: reconcileMachineHealthCheck"),
    _quiet(Where.POOL, "management.replace.rollingUpdate", _DEPLOYMENT),
    _quiet(Where.POOL, "platform.aws.resourceTags", f"{_AWS}, awsAdditionalTags"),
)
TRIGGERS = (*_OF_CLUSTER, *_OF_CONTENT, *_OF_POOL, *_QUIET)
