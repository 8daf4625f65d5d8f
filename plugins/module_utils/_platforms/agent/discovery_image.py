# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""InfraEnv: the image that hosts boot, and what belongs to it. Source: platform_facts#2.4, #2.5."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ..._kernel import conditions, text
from ..._kernel.kinds import INFRA_ENV, NMSTATE_CONFIG, ROLE, SECRET
from ..._kernel.objects import Object, lookup

INFRA_ENV_LABEL = "infraenvs.agent-install.openshift.io"
PULL_SECRET_KEY = ".dockerconfigjson"
NEEDED_REGISTRY = "registry.redhat.io"
CAPI_ROLE = "capi-provider-role"
_TRUST = "additional_trust_bundle"
_PLAIN = {
    "ssh_authorized_key": "sshAuthorizedKey",
    "cpu_architecture": "cpuArchitecture",
    "additional_ntp_sources": "additionalNTPSources",
    "ignition_config_override": "ignitionConfigOverride",
    "os_image_version": "osImageVersion",
    "agent_labels": "agentLabels",
    _TRUST: "additionalTrustBundle",
}
_PROXY = {"http_proxy": "httpProxy", "https_proxy": "httpsProxy", "no_proxy": "noProxy"}


def secret_name(options: Object) -> str:
    given = options.get("pull_secret") or {}
    return str(given.get("name") or "pull-secret")


def pull_secret(options: Object, content: str) -> Object:
    data = {PULL_SECRET_KEY: base64.b64encode(content.encode()).decode()}
    return SECRET.manifest(secret_name(options), options["namespace"], type="kubernetes.io/dockerconfigjson", data=data)


def registries(content: str) -> set[str] | None:
    """Registries that a pull secret has credentials for; None when it is no pull secret."""
    try:
        auths = json.loads(content).get("auths")
    except (ValueError, AttributeError):
        return None
    return set(auths) if isinstance(auths, dict) else None


def desired(options: Object) -> Object:
    """InfraEnv with exactly what the options set."""
    spec: Object = {field: options[option] for option, field in _PLAIN.items() if options.get(option) is not None}
    if options.get("pull_secret"):
        spec["pullSecretRef"] = {"name": secret_name(options)}
    if options.get("proxy"):
        spec["proxy"] = {
            field: options["proxy"][option]
            for option, field in _PROXY.items()
            if options["proxy"].get(option) is not None
        }
    if options.get("kernel_arguments") is not None:
        spec["kernelArguments"] = [
            {"operation": a["operation"], "value": a["value"]} for a in options["kernel_arguments"]
        ]
    if options.get("nmstate_configs"):
        spec["nmStateConfigLabelSelector"] = {"matchLabels": {INFRA_ENV_LABEL: options["name"]}}
    return INFRA_ENV.manifest(options["name"], options["namespace"], spec=spec)


def nmstate_config(options: Object, given: Object) -> Object:
    """Network configuration of one host: MAC addresses say which host it is, the rest is nmstate."""
    interfaces = [{"name": name, "macAddress": str(mac)} for mac, name in sorted(given["interfaces"].items())]
    spec = {"interfaces": interfaces, "config": given["config"]}
    body = NMSTATE_CONFIG.manifest(given["name"], options["namespace"], spec=spec)
    body["metadata"]["labels"] = {INFRA_ENV_LABEL: options["name"]}
    return body


def capi_role(namespace: str) -> Object:
    """What the provider of Cluster API needs where agents are (platform_facts#2.4)."""
    rules = [{"apiGroups": ["agent-install.openshift.io"], "resources": ["agents"], "verbs": ["*"]}]
    return ROLE.manifest(CAPI_ROLE, namespace, rules=rules)


def moment(env: Object | None) -> tuple[str, str]:
    """What tells an old verdict on the image from a new one: its condition carries no generation."""
    found = conditions.get(env, "ImageCreated")
    return (found.last_transition, found.message) if found else ("", "")


def missing(env: Object | None) -> str:
    """What the image lacks, in a few words; empty when hosts can boot it."""
    if env is None:
        return "it does not exist"
    found = conditions.get(env, "ImageCreated")
    if found is None:
        return "condition ImageCreated is not reported yet"
    if found.status != "True":
        return f"ImageCreated is {found.status} ({found.reason}: {text.message_line(found.message)})"
    return "" if lookup(env, ("status", "isoDownloadURL")) else "status.isoDownloadURL is empty"


def hopeless(env: Object | None, old: tuple[str, str] | None) -> str:
    """Why there will be no image. old: the verdict that stood before our change, which says nothing about it."""
    found = conditions.get(env, "ImageCreated")
    if found is None or found.status != "False" or found.reason != "ImageCreationError":
        return ""
    if "internal error" in found.message or moment(env) == old:
        return ""  # the service tries again by itself, or has not looked yet
    return text.message_line(found.message)


def artifacts(env: Mapping[str, Any] | None) -> Object:
    """Files for booting over the network: {kernel, initrd, rootfs, ipxe_script, discovery_ignition}, each a URL or
    empty."""
    found = lookup(env, ("status", "bootArtifacts")) or {}
    names = {"kernel": "kernel", "initrd": "initrd", "rootfs": "rootfs", "ipxe_script": "ipxeScript"}
    return {ours: str(found.get(theirs) or "") for ours, theirs in names.items()}
