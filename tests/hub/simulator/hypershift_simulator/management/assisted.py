# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The assisted service: AgentServiceConfig, the image of an InfraEnv, and hosts that boot it. Source: platform_facts#2.4, #O.13.

How many hosts boot: annotation ``simulator.hypershift.core/hosts`` of the InfraEnv, or key ``<namespace>.<name>`` of ConfigMap
``simulator-hosts`` in namespace hypershift. A host that was deleted is taken to be switched off.
Faults on AgentServiceConfig: ``storage-failed``, ``deployments-unhealthy``; on an InfraEnv: ``image-failed``, ``pull-secret-invalid``,
``agent-insufficient`` (its last host). Steps: assisted-reconcile, assisted-deployments, image, hosts, agent.
"""

from __future__ import annotations

import uuid

from .. import faults
from ..actions import Action, Create, Patch, delete, marked, set_finalizers, update_status
from ..conditions import FALSE, TRUE, Condition, merge
from ..context import Context
from ..kinds import key, new
from ..names import OPERATOR_NAMESPACE, Obj
from ..store import Store

HOSTS, REGISTERED = "simulator.hypershift.core/hosts", "simulator.hypershift.core/registered"
HOSTS_CONFIG_MAP = "simulator-hosts"
INFRA_ENV = "infraenvs.agent-install.openshift.io"
_FINALIZERS = {
    "AgentServiceConfig": "agentserviceconfig.agent-install.openshift.io/ai-deprovision",
    "InfraEnv": "infraenv.agent-install.openshift.io/ai-deprovision",
    "Agent": "agent.agent-install.openshift.io/ai-deprovision",
}
_SECONDS = {"reconcile": 20.0, "deployments": 90.0, "image": 30.0, "boot": 60.0, "next": 10.0, "discovery": 30.0}
# A host on its way into a cluster: state, and the seconds after which it begins.
_INSTALLATION = (
    ("binding", 0.0),
    ("insufficient", 10.0),
    ("known", 30.0),
    ("installing", 40.0),
    ("installing-in-progress", 60.0),
    ("added-to-existing-cluster", 240.0),
)
_IMAGES = "https://assisted-image-service-multicluster-engine.apps.hub.example.com"
_SERVICE = "https://assisted-service-multicluster-engine.apps.hub.example.com"


def concerns(store: Store, obj: Obj) -> bool:
    """Pull secrets, and how many hosts there are."""
    namespace, name = obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
    if obj["kind"] == "ConfigMap":
        return (namespace, name) == (OPERATOR_NAMESPACE, HOSTS_CONFIG_MAP)
    return bool(store.list("InfraEnv", namespace))


def reconcile(store: Store, ctx: Context) -> list[Action]:
    actions: list[Action] = []
    for config in store.list("AgentServiceConfig"):
        actions += _leaving(store, config) if _is_leaving(config) else _config(ctx, config)
    works = any(_works(config) for config in store.list("AgentServiceConfig"))
    for env in store.list("InfraEnv"):
        if _is_leaving(env):
            actions += _leaving(store, env)
        elif works:
            actions += [*_env(store, ctx, env), *_hosts(store, ctx, env)]
    for agent in store.list("Agent"):
        actions += _leaving(store, agent) if _is_leaving(agent) else _agent(store, ctx, agent)
    return actions


def _is_leaving(obj: Obj) -> bool:
    return bool(obj["metadata"].get("deletionTimestamp"))


def _leaving(store: Store, obj: Obj) -> list[Action]:
    """The hosts of an image go with it, bound ones keep it."""
    if obj["kind"] == "InfraEnv":
        agents = _agents_of(store, obj)
        if agents:
            return [action for agent in agents if not _bound(agent) for action in delete(store, *key(agent))]
    return set_finalizers(obj, remove=_FINALIZERS[obj["kind"]])


def _works(config: Obj) -> bool:
    found = {c["type"]: c["status"] for c in (config.get("status") or {}).get("conditions") or ()}
    return config["metadata"]["name"] == "agent" and found.get("DeploymentsHealthy") == TRUE


def _config(ctx: Context, config: Obj) -> list[Action]:
    if config["metadata"]["name"] != "agent":
        return []
    found, uid = faults.of(config), config["metadata"].get("uid")
    conditions = []
    if ctx.passed(f"assisted-reconcile/{uid}", _SECONDS["reconcile"]):
        if "storage-failed" in found:
            said = "Failed to ensure PVC assisted-service: storage class is not found"
            conditions.append(Condition("ReconcileCompleted", FALSE, "StorageFailure", said))
        else:
            said = "AgentServiceConfig reconcile completed without error."
            conditions.append(Condition("ReconcileCompleted", TRUE, "ReconcileSucceeded", said))
            conditions.append(_deployments(ctx, str(uid), "deployments-unhealthy" in found))
    return [*set_finalizers(config, add=_FINALIZERS["AgentServiceConfig"]), *_write(ctx, config, {}, conditions)]


def _deployments(ctx: Context, uid: str, failing: bool) -> Condition:
    if failing or not ctx.passed(f"assisted-deployments/{uid}", _SECONDS["deployments"]):
        return Condition("DeploymentsHealthy", FALSE, "DeploymentFailure", "Deployment assisted-service is not available")
    said = "All the deployments managed by Infrastructure-operator are healthy."
    return Condition("DeploymentsHealthy", TRUE, "DeploymentSucceeded", said)


def _env(store: Store, ctx: Context, env: Obj) -> list[Action]:
    namespace, name = env["metadata"]["namespace"], env["metadata"]["name"]
    actions = set_finalizers(env, add=_FINALIZERS["InfraEnv"])
    if not ctx.passed(f"image/{env['metadata'].get('uid')}", _SECONDS["image"]):
        return actions
    problem = _problem(store, env)
    if problem:
        said = f"Failed to create image{problem}"
        return actions + _write(ctx, env, {}, [Condition("ImageCreated", FALSE, "ImageCreationError", said)])
    architecture = env["spec"].get("cpuArchitecture") or "x86_64"
    where = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{namespace}/{name}"))
    query = f"arch={architecture}&version={env['spec'].get('osImageVersion') or '4.20'}"
    status: Obj = {
        "isoDownloadURL": f"{_IMAGES}/byapikey/simulated/4.20/{architecture}/{where}/minimal.iso",
        "bootArtifacts": {
            "kernel": f"{_IMAGES}/boot-artifacts/kernel?{query}",
            "initrd": f"{_IMAGES}/images/{where}/pxe-initrd?api_key=simulated&{query}",
            "rootfs": f"{_IMAGES}/boot-artifacts/rootfs?{query}",
            "ipxeScript": f"{_SERVICE}/api/assisted-install/v2/infra-envs/{where}/downloads/files?file_name=ipxe-script",
        },
        "agentLabelSelector": {"matchLabels": {INFRA_ENV: name}},
    }
    status["createdTime"] = (env.get("status") or {}).get("createdTime") or ctx.stamp
    return actions + _write(ctx, env, status, [Condition("ImageCreated", TRUE, "ImageCreated", "Image has been created")])


def _problem(store: Store, env: Obj) -> str:
    found, name = faults.of(env), (env["spec"].get("pullSecretRef") or {}).get("name", "")
    if "image-failed" in found:
        return " due to an input error: the proxy URL format is not valid"
    if "pull-secret-invalid" in found:
        return ' due to an input error: pull secret for new cluster is invalid: pull secret must contain auth for "registry.redhat.io"'
    if store.get("Secret", env["metadata"]["namespace"], name) is None:
        return f": failed to find secret {name}"
    return ""


def _wanted(store: Store, env: Obj) -> int:
    namespace, name = env["metadata"]["namespace"], env["metadata"]["name"]
    shared = store.get("ConfigMap", OPERATOR_NAMESPACE, HOSTS_CONFIG_MAP) or {}
    text = (env["metadata"].get("annotations") or {}).get(HOSTS) or (shared.get("data") or {}).get(f"{namespace}.{name}") or "0"
    return int(text) if text.isdigit() else 0


def _hosts(store: Store, ctx: Context, env: Obj) -> list[Action]:
    """Hosts register one after the other, each once."""
    done = int((env["metadata"].get("annotations") or {}).get(REGISTERED) or 0)
    if done >= _wanted(store, env) or not (env.get("status") or {}).get("isoDownloadURL"):
        return []
    seconds = _SECONDS["next"] if done else _SECONDS["boot"]
    if not ctx.passed(f"hosts/{env['metadata'].get('uid')}/{done}", seconds):
        return []
    counted = {"metadata": {"annotations": {REGISTERED: str(done + 1)}}}
    return [Create(marked(_new_agent(env, done))), Patch(*key(env), counted)]


def _new_agent(env: Obj, number: int) -> Obj:
    meta = env["metadata"]
    name = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{meta.get('uid')}/{number}"))
    spec: Obj = {"approved": False, "role": ""}
    if (env["spec"].get("agentApproval") or {}).get("autoApprove"):
        spec["approved"] = True
    agent = new("Agent", name, meta["namespace"], spec=spec)
    architecture = env["spec"].get("cpuArchitecture") or "x86_64"
    labels = {INFRA_ENV: meta["name"], "inventory.agent-install.openshift.io/cpu-architecture": architecture}
    agent["metadata"] |= {"labels": {**labels, **(env["spec"].get("agentLabels") or {})}, "annotations": {REGISTERED: str(number)}}
    return agent


def _agents_of(store: Store, env: Obj) -> list[Obj]:
    meta = env["metadata"]
    agents = store.list("Agent", meta["namespace"])
    return [a for a in agents if (a["metadata"].get("labels") or {}).get(INFRA_ENV) == meta["name"]]


def _bound(agent: Obj) -> bool:
    return bool((agent["spec"].get("clusterDeploymentName") or {}).get("name"))


def _agent(store: Store, ctx: Context, agent: Obj) -> list[Action]:
    number = (agent["metadata"].get("annotations") or {}).get(REGISTERED)
    if number is None:
        return []  # made by a test, which says itself what it is like
    labels = agent["metadata"].get("labels") or {}
    env = store.get("InfraEnv", agent["metadata"]["namespace"], labels.get(INFRA_ENV, ""))
    bad = env is not None and "agent-insufficient" in faults.of(env) and int(number) == _wanted(store, env) - 1
    state = _installing(ctx, agent) if _bound(agent) else _waiting(ctx, agent, bad)
    status = _inventory(agent, int(number), str(labels.get(INFRA_ENV)))
    status["debugInfo"] = {"state": state, "stateInfo": ""}
    status["validationsInfo"] = {"hardware": [_validation(bad)]}
    fails = state.startswith("insufficient")
    said = (
        "The agent's validations are failing: Require at least 8.00 GiB RAM for role worker"
        if bad
        else "The agent's validations are passing"
    )
    conditions = [
        Condition("SpecSynced", TRUE, "SyncOK", "The Spec has been successfully applied"),
        Condition("Connected", TRUE, "AgentIsConnected", "The agent's connection to the installation service is unimpaired"),
        Condition("Validated", FALSE if fails and bad else TRUE, "ValidationsFailing" if fails and bad else "ValidationsPassing", said),
        Condition("Bound", TRUE if _bound(agent) else FALSE, "Bound" if _bound(agent) else "Unbound", ""),
    ]
    return [*set_finalizers(agent, add=_FINALIZERS["Agent"]), *_write(ctx, agent, status, conditions)]


def _waiting(ctx: Context, agent: Obj, bad: bool) -> str:
    if not ctx.passed(f"agent/{agent['metadata'].get('uid')}/discovery", _SECONDS["discovery"]):
        return "discovering-unbound"
    return "insufficient-unbound" if bad else "known-unbound"


def _installing(ctx: Context, agent: Obj) -> str:
    state = ""
    for name, seconds in _INSTALLATION:
        if ctx.passed(f"agent/{agent['metadata'].get('uid')}/{name}", seconds):
            state = name
    return state


def _validation(bad: bool) -> Obj:
    said = "Require at least 8.00 GiB RAM for role worker, found only 4.00 GiB" if bad else "Sufficient RAM for role worker"
    return {"id": "has-memory-for-role", "status": "failure" if bad else "success", "message": said}


def _inventory(agent: Obj, number: int, env: str) -> Obj:
    disk = {"id": f"/dev/disk/by-id/wwn-0x500a07{number:04x}", "name": "sda", "path": "/dev/sda", "sizeBytes": 480 * 10**9}
    interface = {"name": "eth0", "macAddress": f"52:54:00:00:00:{number + 16:02x}", "ipV4Addresses": [f"192.0.2.{number + 16}/24"]}
    interface |= {"ipV6Addresses": [], "flags": ["up"]}
    architecture = (agent["metadata"].get("labels") or {}).get("inventory.agent-install.openshift.io/cpu-architecture", "x86_64")
    inventory: Obj = {
        "hostname": f"{env}-host-{number}",
        "cpu": {"architecture": architecture, "count": 16},
        "memory": {"physicalBytes": 64 * 2**30, "usableBytes": 62 * 2**30},
        "disks": [disk],
        "interfaces": [interface],
    }
    return {"inventory": inventory, "role": agent["spec"].get("role") or "auto-assign"}


def _write(ctx: Context, obj: Obj, status: Obj, conditions: list[Condition]) -> list[Action]:
    """The status with these conditions; at rest nothing is written."""
    have = obj.get("status") or {}
    merged = [
        {**c, "lastTransitionTime": c.get("lastTransitionTime", ctx.stamp)} for c in merge(have.get("conditions"), conditions, ctx.now)
    ]
    wanted = {**have, **status, **({"conditions": merged} if merged else {})}
    return update_status(obj, wanted) if wanted else []
