# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations assisted_service, infra_env, agent and agent_info on the in-memory hub."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import (
    ConflictError,
    Failure,
    HypershiftError,
    OptionError,
    RefusedError,
    WaitError,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    AGENT,
    AGENT_SERVICE_CONFIG,
    BARE_METAL_HOST,
    HOSTED_CLUSTER,
    INFRA_ENV,
    MULTICLUSTER_ENGINE,
    NAMESPACE,
    PROVISIONING,
    SECRET,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent import agent_info
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent.agent import AgentAbsent, AgentPresent
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent.assisted_service import (
    AssistedServiceAbsent,
    AssistedServicePresent,
)
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent.infra_env import InfraEnvAbsent, InfraEnvPresent

from builders.memory_hub import MemoryHub
from builders.objects import options
from platforms.builders import NAMESPACE as HOME
from platforms.builders import PULL_SECRET, agent, condition, image, infra_env, served, service_config, storage_class

CREATED, GOOD = condition("ImageCreated", "True", "ImageCreated"), {"healthy": True}
OURS = {"openshift_version": "4.20", "version": "9.6.2", "url": "https://mirror.example.com/new.iso"}
_CLASSES = {
    "assisted_service": (AssistedServicePresent, AssistedServiceAbsent),
    "infra_env": (InfraEnvPresent, InfraEnvAbsent),
    "agent": (AgentPresent, AgentAbsent),
}


def go(hub: MemoryHub, module: str, check: bool = False, lines: list[str] | None = None, **given: Any) -> dict[str, Any]:
    base = {"infra_env": {"name": "workers", "namespace": HOME}, "agent": {"namespace": HOME}}.get(module, {})
    opts = options(module, **{**base, **given})
    present, absent = _CLASSES[module]
    operation = absent(hub, opts) if opts["state"] == "absent" else present(hub, opts)
    return run(operation, hub, check, (lines if lines is not None else []).append)


def twice(hub: MemoryHub, module: str, **given: Any) -> dict[str, Any]:
    """Check, do, check, do: nothing is written in check mode and in the second run, and the plans are the same."""
    before = len(hub.writes)
    predicted = go(hub, module, check=True, **given)
    assert len(hub.writes) == before
    result = go(hub, module, **given)
    written = len(hub.writes)
    assert [p["object"] for p in predicted["plan"]] == [p["object"] for p in result["plan"]]
    assert go(hub, module, check=True, **given)["changed"] is False and go(hub, module, **given)["changed"] is False
    assert len(hub.writes) == written
    return result


def management(*objects: dict[str, Any]) -> MemoryHub:
    return MemoryHub(*served("agent-install.openshift.io", "metallb.io"), storage_class(), *objects)


def becomes_healthy(hub: MemoryHub) -> None:
    hub.edit(AGENT_SERVICE_CONFIG, None, "agent", {"status": service_config()["status"]})


# assisted_service


def test_a_new_assisted_service_is_waited_for() -> None:
    hub, lines = management(PROVISIONING.manifest("provisioning-configuration", spec={"provisioningNetwork": "Disabled"})), []
    hub.script = [(40, becomes_healthy)]
    given = {"os_images": [OURS], "mirror_registry_config": {"registries_conf": "[[registry]]"}, "bare_metal_hosts": True}
    predicted = go(hub, "assisted_service", check=True, **given)
    assert hub.writes == [] and len(predicted["plan"]) == 3
    result = go(hub, "assisted_service", lines=lines, **given)
    assert [r for _verb, r in hub.writes] == [
        "ConfigMap multicluster-engine/assisted-mirror-registry", "AgentServiceConfig agent", "Provisioning provisioning-configuration",
    ]  # fmt: skip
    spec = hub.objects[("AgentServiceConfig", "", "agent")]["spec"]
    assert spec["databaseStorage"]["resources"]["requests"]["storage"] == "10Gi" and "imageStorage" not in spec
    assert spec["osImages"][0]["openshiftVersion"] == "4.20" and spec["mirrorRegistryRef"] == {"name": "assisted-mirror-registry"}
    config_map = hub.objects[("ConfigMap", "multicluster-engine", "assisted-mirror-registry")]
    assert config_map["metadata"]["labels"]["app"] == "assisted-service" and config_map["data"] == {"registries.conf": "[[registry]]"}
    assert result["wait"]["goal"] == "assisted_service_healthy" and result["resource"]["status"]["conditions"] and lines
    assert twice(hub, "assisted_service", **given)["changed"] is False
    gone = twice(hub, "assisted_service", state="absent")
    assert [p["object"] for p in gone["plan"]] == [
        "AgentServiceConfig agent", "ConfigMap multicluster-engine/assisted-mirror-registry", "Provisioning provisioning-configuration",
    ]  # fmt: skip
    provisioning = hub.objects[("Provisioning", "", "provisioning-configuration")]
    assert provisioning["spec"] == {"provisioningNetwork": "Disabled"} and not provisioning["metadata"]["annotations"]
    assert len(hub.objects) == 4


@pytest.mark.parametrize(
    ("conditions", "code", "words"),
    [
        ([condition("ReconcileCompleted", "False", "StorageFailure", "class lvms is unknown")], "hopeless", "StorageFailure: class lvms is unknown"),
        ([condition("ReconcileCompleted", "True"), condition("DeploymentsHealthy", "False", "DeploymentFailure", "postgres is not ready")], "timeout",
         "DeploymentsHealthy is False (DeploymentFailure: postgres is not ready)"),
    ],
)  # fmt: skip
def test_a_wait_ends_with_its_cause(conditions: list[Any], code: str, words: str) -> None:
    hub = management()
    hub.script = [(5, lambda h: h.edit(AGENT_SERVICE_CONFIG, None, "agent", {"status": {"conditions": conditions}}))]
    with pytest.raises(WaitError) as caught:
        go(hub, "assisted_service")
    assert caught.value.failure.code == code and words in str(caught.value) and "multicluster-engine" in str(caught.value)
    assert caught.value.extra["plan"][0]["object"] == "AgentServiceConfig agent"  # what was written is told


def test_images_of_others_stay_and_ours_go_again() -> None:
    hub = management(service_config(image("4.19"), image("4.21"), ours=False))
    twice(hub, "assisted_service", os_images=[OURS])
    assert [i["openshiftVersion"] for i in hub.objects[("AgentServiceConfig", "", "agent")]["spec"]["osImages"]] == ["4.19", "4.21", "4.20"]
    twice(hub, "assisted_service", state="absent")
    config = hub.objects[("AgentServiceConfig", "", "agent")]
    assert config["spec"]["osImages"] == [image("4.19"), image("4.21")] and not config["metadata"]["annotations"]
    assert go(hub, "assisted_service", state="absent")["notes"] == ["AgentServiceConfig agent was not made by this module, so it stays."]


def test_an_image_that_is_added_meanwhile_is_not_lost() -> None:
    hub = management(service_config(image("4.19")))
    conflict = ConflictError(Failure("conflict", "it was changed by somebody else"), 409, "Conflict")
    hub.fail_next[("patch", "AgentServiceConfig agent")] = [conflict]
    real = hub.patch

    def patch(*arguments: Any) -> Any:
        try:
            return real(*arguments)
        except ConflictError:
            hub.put(service_config(image("4.19"), image("4.22")))
            raise

    hub.patch = patch  # type: ignore[method-assign]
    go(hub, "assisted_service", os_images=[OURS])
    assert [i["openshiftVersion"] for i in hub.objects[("AgentServiceConfig", "", "agent")]["spec"]["osImages"]] == ["4.19", "4.22", "4.20"]


_OFF = {"overrides": {"components": [{"name": "assisted-service", "enabled": False}]}}
_MIRROR = {"name": "missing"}


@pytest.mark.parametrize(
    ("hub", "given", "codes"),
    [
        (management(MULTICLUSTER_ENGINE.manifest("mce", spec=_OFF)), {}, ["component_disabled"]),
        (MemoryHub(storage_class()), {}, ["not_installed"]),
        (MemoryHub(*served("agent-install.openshift.io"), storage_class(default=False)), {}, ["no_default_storage_class"]),
        (management(), {"mirror_registry_config": _MIRROR, "bare_metal_hosts": True}, ["referenced_object_missing", "not_found"]),
        (management(service_config()), {"database_storage": {"size": "1Gi"}, "filesystem_storage": {"storage_class": "x"}}, ["immutable_field"] * 2),
        (management(service_config(ours=False, mirrorRegistryRef={"name": "theirs"})), {"mirror_registry_config": {"ca_bundle": "x"}}, ["belongs_to_others"]),
        (management(service_config(), infra_env()), {"state": "absent"}, ["in_use"]),
    ],
)  # fmt: skip
def test_refusals_come_together_and_before_any_write(hub: MemoryHub, given: dict[str, Any], codes: list[str]) -> None:
    for check in (True, False):
        with pytest.raises(RefusedError) as caught:
            go(hub, "assisted_service", check=check, **given)
        assert [r.code for r in caught.value.refusals] == codes and all(r.next_step for r in caught.value.refusals)
    assert hub.writes == []


def test_hosts_of_others_keep_all_namespaces_watched() -> None:
    hub = management(service_config(), PROVISIONING.manifest("provisioning-configuration", spec={"watchAllNamespaces": False}))
    go(hub, "assisted_service", bare_metal_hosts=True)
    hub.put(BARE_METAL_HOST.manifest("host", "team"))
    notes = go(hub, "assisted_service", state="absent")["notes"]
    assert (
        "BareMetalHosts in team" in notes[0]
        and hub.objects[("Provisioning", "", "provisioning-configuration")]["spec"]["watchAllNamespaces"]
    )
    hub.drop(BARE_METAL_HOST, "team", "host")
    go(hub, "assisted_service", state="absent")
    assert hub.objects[("Provisioning", "", "provisioning-configuration")]["spec"] == {"watchAllNamespaces": False}


# infra_env


def image_comes(hub: MemoryHub) -> None:
    artifacts = {
        "kernel": "https://i/boot-artifacts/kernel?arch=s390x",
        "initrd": "https://i/images/1/pxe-initrd?api_key=k",
        "rootfs": "https://i/rootfs",
    }
    hub.edit(
        INFRA_ENV, HOME, "workers", {"status": {"conditions": [CREATED], "isoDownloadURL": "https://i/1.iso", "bootArtifacts": artifacts}}
    )


NETWORK = {"name": "w0", "interfaces": {"52:54:00:00:00:10": "eth0"}, "config": {"interfaces": [{"name": "eth0", "type": "ethernet"}]}}
WHOLE = {
    "pull_secret": {"content": PULL_SECRET}, "cpu_architecture": "s390x", "nmstate_configs": [NETWORK], "capi_provider_role": True,
    "proxy": {"https_proxy": "http://proxy.example.com"}, "kernel_arguments": [{"value": "rd.znet=x"}], "ssh_authorized_key": "ssh-ed25519 A",
}  # fmt: skip


def test_a_whole_infra_env_comes_and_goes() -> None:
    hub = management(service_config(image("4.20", "s390x")))
    hub.script = [(20, image_comes)]
    result = go(hub, "infra_env", **WHOLE)
    assert [ref for _verb, ref in hub.writes] == [
        f"Namespace {HOME}", f"Secret {HOME}/pull-secret", f"Role {HOME}/capi-provider-role", f"NMStateConfig {HOME}/w0", f"InfraEnv {HOME}/workers",
    ]  # fmt: skip
    spec = hub.objects[("InfraEnv", HOME, "workers")]["spec"]
    assert spec["nmStateConfigLabelSelector"] == {"matchLabels": {"infraenvs.agent-install.openshift.io": "workers"}}
    assert spec["kernelArguments"] == [{"operation": "append", "value": "rd.znet=x"}] and spec["proxy"] == {
        "httpsProxy": "http://proxy.example.com"
    }
    assert hub.objects[("NMStateConfig", HOME, "w0")]["spec"]["interfaces"] == [{"name": "eth0", "macAddress": "52:54:00:00:00:10"}]
    assert result["iso_download_url"] == "https://i/1.iso" and result["architecture"] == "s390x" and result["boot"]["files"]["generic.ins"]
    assert "dXNlcjpwYXNz" not in str(result) and "notes" not in result
    assert twice(hub, "infra_env", **WHOLE)["changed"] is False
    assert twice(hub, "infra_env", nmstate_configs=[])["plan"][0]["object"] == f"NMStateConfig {HOME}/w0"
    twice(hub, "infra_env", state="absent", delete_namespace=True)
    assert set(hub.objects) == set(management(service_config()).objects)


def test_a_pull_secret_without_the_registry_is_warned_of() -> None:
    hub = management(service_config(), NAMESPACE.manifest(HOME))
    hub.script = [(1, image_comes)]
    result = go(hub, "infra_env", pull_secret={"content": '{"auths": {"quay.io": {}}}'})
    assert len(result["notes"]) == 1 and "registry.redhat.io" in result["notes"][0] and "22642" in result["notes"][0]
    body = SECRET.manifest("theirs", HOME, data={".dockerconfigjson": base64.b64encode(PULL_SECRET.encode()).decode()})
    hub.put(body)
    assert "notes" not in go(hub, "infra_env", pull_secret={"name": "theirs"})


@pytest.mark.parametrize(("home", "refused"), [(HOME, True), ("elsewhere", False)])
def test_an_infra_env_whose_hosts_a_cluster_takes_is_not_removed(home: str, refused: bool) -> None:
    cluster = HOSTED_CLUSTER.manifest("demo", "clusters", spec={"platform": {"type": "Agent", "agent": {"agentNamespace": home}}})
    hub = management(service_config(), infra_env("workers", CREATED), NAMESPACE.manifest(HOME), cluster)
    if not refused:
        go(hub, "infra_env", state="absent")
        assert ("delete", f"InfraEnv {HOME}/workers") in hub.writes
        return
    with pytest.raises(RefusedError, match=f"1 hosted cluster.* from namespace {HOME}: clusters/demo"):
        go(hub, "infra_env", state="absent")
    assert hub.writes == []


def test_infra_envs_that_go_first_do_not_refuse_what_is_foreseen() -> None:
    hub = management(service_config(), infra_env("workers"), infra_env("theirs"))
    leaving = [f"{HOME}/workers"]
    with pytest.raises(RefusedError, match=f"1 InfraEnv.s. use it, first InfraEnv {HOME}/theirs"):
        go(hub, "assisted_service", check=True, state="absent", leaving_infra_envs=leaving)
    plan = go(hub, "assisted_service", check=True, state="absent", leaving_infra_envs=[*leaving, f"{HOME}/theirs"])["plan"]
    assert plan[0]["verb"] == "delete" and hub.writes == []


def test_what_others_made_stays() -> None:
    others = [infra_env("theirs", CREATED, ours=False), NAMESPACE.manifest(HOME)]
    hub = management(service_config(), *others, SECRET.manifest("pull-secret", HOME, data={".dockerconfigjson": "e30="}))
    hub.script = [(1, image_comes)]
    before = set(hub.objects)
    go(hub, "infra_env", pull_secret={"name": "pull-secret"}, capi_provider_role=True, wait=False)
    go(hub, "infra_env", state="absent", delete_namespace=True)
    assert set(hub.objects) - before == {("Role", HOME, "capi-provider-role")}  # the other InfraEnv needs it now
    result = go(hub, "infra_env", name="theirs", state="absent", delete_namespace=True)
    assert result["changed"] is False and "was not made by this module" in result["notes"][0]


@pytest.mark.parametrize(
    ("conditions", "code", "words"),
    [
        ([condition("ImageCreated", "False", "ImageCreationError", "Failed to create image due to an input error: pull secret must contain auth for "
                    '"registry.redhat.io"', "2026-11-24T03:00:05Z")], "hopeless", "pull secret must contain auth"),
        ([condition("ImageCreated", "False", "ImageCreationError", "Failed to create image due to an internal error")], "timeout", "internal error"),
        ([], "timeout", "ImageCreated is not reported yet"),
    ],
)  # fmt: skip
def test_an_image_that_cannot_be_ends_the_wait(conditions: list[Any], code: str, words: str) -> None:
    hub = management(service_config(), NAMESPACE.manifest(HOME))
    hub.script = [(5, lambda h: h.edit(INFRA_ENV, HOME, "workers", {"status": {"conditions": conditions}}))]
    with pytest.raises(WaitError) as caught:
        go(hub, "infra_env", pull_secret={"content": PULL_SECRET})
    assert caught.value.failure.code == code and words in str(caught.value) and caught.value.failure.object == f"InfraEnv {HOME}/workers"
    assert hub.seconds == (5 if code == "hopeless" else 600)


def test_an_old_failure_does_not_end_the_wait_for_its_repair() -> None:
    failed = condition("ImageCreated", "False", "ImageCreationError", "Failed to create image due to an input error: bad proxy")
    hub = management(service_config(), NAMESPACE.manifest(HOME), infra_env("workers", failed, url="", proxy={"httpProxy": "bad"}))
    with pytest.raises(WaitError, match="bad proxy"):
        go(hub, "infra_env")  # nothing is changed, so it still holds
    hub.script = [(hub.seconds + 30, image_comes)]
    assert go(hub, "infra_env", proxy={"http_proxy": "http://good.example.com"})["iso_download_url"]


@pytest.mark.parametrize(
    ("hub", "given", "codes"),
    [
        (management(), {"pull_secret": {"content": PULL_SECRET}}, ["assisted_service_missing"]),
        (management(service_config(image("4.20", "arm64"))), {"pull_secret": {"name": "gone"}}, ["referenced_object_missing", "no_os_image"]),
        (management(service_config()), {"pull_secret": {"content": '{"a": 1}'}}, ["invalid_option"]),
        (management(service_config(), infra_env()), {"cpu_architecture": "ppc64le"}, ["immutable_field"]),
        (management(infra_env(), agent("a-01", "installing", bound=True)), {"state": "absent"}, ["agents_bound"]),
    ],
)  # fmt: skip
def test_infra_env_refusals(hub: MemoryHub, given: dict[str, Any], codes: list[str]) -> None:
    with pytest.raises(RefusedError) as caught:
        go(hub, "infra_env", **given)
    assert [r.code for r in caught.value.refusals] == codes and hub.writes == [] and "dXNlcjpwYXNz" not in str(caught.value)


def test_a_new_infra_env_needs_a_pull_secret() -> None:
    with pytest.raises(OptionError, match="pull_secret is missing"):
        go(management(service_config()), "infra_env")


def test_an_architecture_without_names_of_images_is_the_services_own_matter() -> None:
    hub = management(service_config())
    hub.script = [(1, image_comes)]
    assert go(hub, "infra_env", pull_secret={"content": PULL_SECRET}, cpu_architecture="arm64")["architecture"] == "aarch64"


# agent


def test_hosts_that_come_while_waiting_get_the_settings_too() -> None:
    hub, lines = management(agent("a-01", approved=False)), []
    late = agent("a-02", "discovering-unbound", approved=False)
    hub.script = [
        (30, lambda h: h.put(late)),
        (60, lambda h: h.edit(AGENT, HOME, "a-02", {"status": {"debugInfo": {"state": "known-unbound"}}})),
    ]
    given = {"infra_env": "workers", "approved": True, "role": "worker", "labels": {"size": "large"}, "count": 2}
    assert len(go(hub, "agent", check=True, **given)["plan"]) == 1 and hub.writes == []
    result = go(hub, "agent", lines=lines, **given)
    assert [ref for _verb, ref in hub.writes] == [f"Agent {HOME}/a-01", f"Agent {HOME}/a-02"] and hub.seconds == 60
    assert [p["object"] for p in result["plan"]] == [f"Agent {HOME}/a-01", f"Agent {HOME}/a-02"] and result["changed"]
    assert all(a["free"] and a["role"] == "worker" and a["labels"]["size"] == "large" for a in result["agents"])
    assert "1 of 2 hosts have registered" in lines[0] and "1 of 2 ready; host-a-02: the host is being looked at" in lines[1]
    assert twice(hub, "agent", **given)["changed"] is False


BAD = {"has-memory-for-role": "Require at least 8.00 GiB RAM for role worker, found only 4.00 GiB."}


@pytest.mark.parametrize(
    ("agents", "count", "code", "words"),
    [
        ([agent("a-01"), agent("a-02", "insufficient-unbound", failing=BAD)], 2, "hopeless", "host-a-02: its validations fail: has-memory-for-role"),
        ([agent("a-01"), agent("a-02", "insufficient-unbound", failing=BAD)], 1, "", ""),
        ([agent("a-01"), agent("a-02", "insufficient-unbound", failing=BAD), agent("a-03", "discovering-unbound")], 2, "timeout", "1 of 2 ready"),
        ([agent("a-01"), agent("a-02", "insufficient", bound=True, failing=BAD)], 2, "", ""),
        ([agent("a-01"), agent("a-02", "insufficient-unbound")], 2, "timeout", "does not meet the requirements"),  # without words it may still settle
        ([agent("a-01")], 2, "timeout", "1 of 2 hosts have registered"),
        ([agent("a-01", approved=False)], 1, "", ""),
    ],
)  # fmt: skip
def test_when_waiting_for_hosts_ends(agents: list[Any], count: int, code: str, words: str) -> None:
    hub = management(*agents)
    if not code:
        assert go(hub, "agent", count=count)["wait"]["goal"] == "agents_ready"
        return
    with pytest.raises(WaitError) as caught:
        go(hub, "agent", count=count, wait_timeout=120)
    assert caught.value.failure.code == code and words in str(caught.value) and hub.seconds == (0 if code == "hopeless" else 120)


def test_bound_hosts_are_not_touched() -> None:
    hub = management(agent("a-01", "added-to-existing-cluster", bound=True))
    result = go(hub, "agent", ids=["a-01"], hostname="new", role="master", installation_disk="/dev/sda")
    assert hub.writes == [] and "clusters-demo/demo" in result["notes"][0]
    with pytest.raises(RefusedError, match="belongs to clusters-demo/demo"):
        go(hub, "agent", ids=["a-01"], state="absent")


def test_one_host_gets_name_and_disk() -> None:
    hub = management(agent("a-01"), agent("a-02"))
    twice(hub, "agent", mac_addresses=["52:54:00:00:00:02"], hostname="worker-2", installation_disk="/dev/sda")
    spec = hub.objects[("Agent", HOME, "a-02")]["spec"]
    assert (spec["hostname"], spec["installation_disk_id"]) == ("worker-2", "/dev/disk/by-id/wwn-0x1") and len(hub.writes) == 1


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"hostname": "x"}, "ambiguous_selection", "2 match"),
        ({"ids": ["a-01"], "installation_disk": "/dev/sdz"}, "no_such_disk", "it has /dev/sda"),
        ({"ids": ["gone"], "approved": True}, "not_found", "gone"),
        ({"state": "absent"}, "missing_option", "every host"),
    ],
)
def test_agent_refusals(given: dict[str, Any], code: str, words: str) -> None:
    hub = management(agent("a-01"), agent("a-02"))
    with pytest.raises(HypershiftError) as caught:
        go(hub, "agent", **given)
    assert caught.value.failure.code == code and words in str(caught.value) and hub.writes == []


def test_unbound_hosts_are_forgotten() -> None:
    hub = management(agent("a-01"), agent("a-02"))
    twice(hub, "agent", ids=["a-01"], state="absent")
    assert [k for k in hub.objects if k[0] == "Agent"] == [("Agent", HOME, "a-02")]


def test_the_table_is_a_read() -> None:
    hub = management(agent("a-01"), agent("b-02", "installing", bound=True, labels={"size": "large"}))
    opts = options("agent_info", selectors=["size=large"])
    result = run(agent_info.AgentInfo(hub, opts), hub, False, lambda line: None)
    assert result["changed"] is False and [a["id"] for a in result["agents"]] == ["a-01", "b-02"]
    assert result["capacity"][1] == {"selector": "size=large", "matching": 1, "free": 0, "bound": 1, "not_ready": 0}
    assert hub.writes == [] and hub.reads == [("list", "Agent")]
