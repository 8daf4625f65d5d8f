# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Knowledge beneath the roles agent_platform and kubevirt_platform, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import OptionError
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent import discovery_image as env
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent import hosts
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent import service_config as service
from ansible_collections.hypershift.core.plugins.module_utils._platforms.agent import z_and_power_boot as boots
from ansible_collections.hypershift.core.plugins.module_utils._platforms.kubevirt import address_pools as pools
from ansible_collections.hypershift.core.plugins.module_utils._platforms.kubevirt import ingress

from platforms.builders import agent, condition, image, infra_env, pool, service_config

OURS = {"openshiftVersion": "4.20", "version": "9.6.2", "url": "https://mirror.example.com/new.iso", "cpuArchitecture": "x86_64"}


@pytest.mark.parametrize(
    ("live", "wanted", "after"),
    [
        ([], [OURS], [OURS]),
        ([image("4.19")], [OURS], [image("4.19"), OURS]),
        ([image("4.19"), image("4.20"), image("4.21")], [OURS], [image("4.19"), OURS, image("4.21")]),
        ([image("4.20", None)], [OURS], [OURS]),  # without an architecture it is x86_64
        ([image("4.20", "arm64")], [OURS], [image("4.20", "arm64"), OURS]),
        ([image("4.20", "arm64")], [image("4.20", "aarch64")], [image("4.20", "aarch64")]),
        ([{**OURS, "rootFSUrl": "kept"}], [OURS], [{**OURS, "rootFSUrl": "kept"}]),
    ],
)
def test_images_are_told_apart_by_version_and_architecture(live: list[Any], wanted: list[Any], after: list[Any]) -> None:
    assert service.merged_images(live, wanted) == after
    assert service.merged_images(after, wanted) == after


@pytest.mark.parametrize(
    ("option", "refused"),
    [
        ({"size": "10Gi"}, False),
        ({"size": "10240Mi"}, False),
        ({}, False),
        ({"size": "20Gi"}, True),
        ({"size": "10Gi", "storage_class": "other"}, True),
    ],
)
def test_a_claim_cannot_be_changed(option: dict[str, Any], refused: bool) -> None:
    found = service.storage_refusals({"database_storage": option}, service_config())
    assert bool(found) is refused
    assert all(f.code == "immutable_field" and "database_storage" in f.cause and "10Gi" in f.cause for f in found)


@pytest.mark.parametrize(
    ("conditions", "missing", "hopeless"),
    [
        ([], "ReconcileCompleted is not reported yet; DeploymentsHealthy is not reported yet", ""),
        ([condition("ReconcileCompleted", "True")], "DeploymentsHealthy is not reported yet", ""),
        (
            [
                condition("ReconcileCompleted", "True"),
                condition("DeploymentsHealthy", "False", "DeploymentFailure", "assisted-service is not ready."),
            ],
            "DeploymentsHealthy is False (DeploymentFailure: assisted-service is not ready)",
            "",
        ),
        (
            [condition("ReconcileCompleted", "False", "StorageFailure", "no such class"), condition("DeploymentsHealthy", "True")],
            "ReconcileCompleted is False (StorageFailure: no such class)",
            "StorageFailure: no such class",
        ),
        ([condition("ReconcileCompleted", "True"), condition("DeploymentsHealthy", "True")], "", ""),
    ],
)
def test_when_the_assisted_service_works(conditions: list[Any], missing: str, hopeless: str) -> None:
    config = {**service_config(healthy=False), "status": {"conditions": conditions}}
    assert (service.missing(config), service.hopeless(config)) == (missing, hopeless)
    assert service.missing(None) == "AgentServiceConfig agent does not exist"


@pytest.mark.parametrize(
    ("components", "off"),
    [
        (None, False),
        ([{"name": "assisted-service", "enabled": True}], False),
        ([{"name": "hypershift", "enabled": False}], False),
        ([{"name": "assisted-service", "enabled": False}], True),
    ],
)
def test_the_component_is_on_unless_it_says_otherwise(components: Any, off: bool) -> None:
    engine = {"spec": {"overrides": {"components": components}} if components is not None else {}}
    assert service.component_off([engine]) is off and service.component_off([]) is False


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"auths": {"quay.io": {}}}', {"quay.io"}),
        ('{"auths": {}}', set()),
        ("{}", None),
        ("[]", None),
        ("no json", None),
        ('{"auths": []}', None),
    ],
)
def test_what_a_pull_secret_has(content: str, found: set[str] | None) -> None:
    assert env.registries(content) == found


FAILED = condition("ImageCreated", "False", "ImageCreationError", "Failed to create image due to an input error: bad proxy")
TRANSIENT = condition("ImageCreated", "False", "ImageCreationError", "Failed to create image due to an internal error: server error")


@pytest.mark.parametrize(
    ("conditions", "url", "missing", "hopeless"),
    [
        ((), "", "condition ImageCreated is not reported yet", ""),
        ((condition("ImageCreated", "True", "ImageCreated"),), "", "status.isoDownloadURL is empty", ""),
        ((condition("ImageCreated", "True", "ImageCreated"),), "https://x", "", ""),
        ((FAILED,), "", "ImageCreated is False (ImageCreationError:", "Failed to create image due to an input error: bad proxy"),
        ((TRANSIENT,), "", "ImageCreated is False (ImageCreationError:", ""),
    ],
)
def test_when_there_is_an_image(conditions: tuple[Any, ...], url: str, missing: str, hopeless: str) -> None:
    found = infra_env("workers", *conditions, url=url)
    assert env.missing(found).startswith(missing) and bool(env.missing(found)) is bool(missing)
    assert env.hopeless(found, None) == hopeless
    assert env.hopeless(found, env.moment(found)) == ""  # said before our change


KERNEL = "https://images.example.com/boot-artifacts/kernel?arch=s390x&version=4.20"
INITRD = "https://images.example.com/images/1234/pxe-initrd?api_key=abc&arch=s390x&version=4.20"
FILES = {"kernel": KERNEL, "initrd": INITRD, "rootfs": "https://images.example.com/boot-artifacts/rootfs?arch=s390x&version=4.20"}


def test_how_hosts_of_other_architectures_boot() -> None:
    assert boots.boot("x86_64", FILES) == {} == boots.boot("s390x", {})
    z = boots.boot("s390x", FILES)
    assert z["files"] == {
        "generic.ins": "https://images.example.com/boot-artifacts/ins-file?arch=s390x&version=4.20",
        "initrd.img.addrsize": "https://images.example.com/images/1234/s390x-initrd-addrsize?api_key=abc&arch=s390x&version=4.20",
    }
    arguments = z["kernel_arguments"]
    assert arguments["common"][0] == f"coreos.live.rootfs_url={FILES['rootfs']}"
    assert {"random.trust_cpu=on", "rd.luks.options=discard", "ignition.firstboot", "ignition.platform.id=metal"} <= set(
        arguments["common"]
    )
    assert not any("rd.znet" in a for a in arguments["hosts"]["kvm"]) and any("rd.znet" in a for a in arguments["hosts"]["lpar"])
    assert arguments["disks"]["dasd"] and arguments["disks"]["fcp"] and arguments["fixed_address"] == ["ai.ip_cfg_override=1"]
    power = boots.boot("ppc64le", FILES)
    assert power["files"] == {} and "console=hvc0" in power["kernel_arguments"]["common"] and not power["kernel_arguments"]["hosts"]


FLEET = [
    agent("a-01"),
    agent("a-02", "discovering-unbound", approved=False),
    agent("a-03", "installing", bound=True, labels={"size": "large"}),
    agent("a-04", "insufficient-unbound", failing={"has-min-cpu-cores": "Require at least 2 CPU cores."}, env="other"),
    agent("a-05", "insufficient", bound=True),
]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["a-01", "a-02", "a-03", "a-04", "a-05"]),
        ({"infra_env": "other"}, ["a-04"]),
        ({"ids": ["a-01", "a-05", "gone"]}, ["a-01", "a-05"]),
        ({"hostnames": ["host-a-02"]}, ["a-02"]),
        ({"mac_addresses": ["52:54:00:00:00:03"]}, ["a-03"]),
        ({"label_selectors": ["size=large"]}, ["a-03"]),
        ({"infra_env": "workers", "label_selectors": ["!size"]}, ["a-01", "a-02", "a-05"]),
        ({"ids": ["a-01"], "hostnames": ["host-a-02"]}, []),
    ],
)
def test_selecting_hosts(options: dict[str, Any], names: list[str]) -> None:
    assert [a["metadata"]["name"] for a in hosts.selected(reversed(FLEET), options)] == names


def test_a_selector_that_is_none_is_named() -> None:
    with pytest.raises(OptionError, match="label_selectors"):
        hosts.selected(FLEET, {"label_selectors": ["=="]})


@pytest.mark.parametrize(
    ("number", "free", "words"),
    [
        (0, True, "ready to be bound to a hosted cluster"),
        (1, False, "the host is being looked at; not approved"),
        (2, False, "the installation has begun"),
        (3, False, "its validations fail: has-min-cpu-cores: Require at least 2 CPU cores"),
        (4, False, "the host does not meet the requirements"),  # in the middle of an installation
    ],
)
def test_what_a_host_is_like(number: int, free: bool, words: str) -> None:
    row = hosts.row(FLEET[number])
    assert (row["free"], row["words"]) == (free, words)
    assert row["memory_gib"] == 64 and row["cpus"] == 16 and row["mac_addresses"] == [f"52:54:00:00:00:0{number + 1}"]
    assert row["cluster"] == ("clusters-demo/demo" if number in (2, 4) else "")


def test_room_for_a_node_pool() -> None:
    assert hosts.capacity(FLEET, ["size=large"]) == [
        {"selector": "", "matching": 5, "free": 1, "bound": 2, "not_ready": 2},
        {"selector": "size=large", "matching": 1, "free": 0, "bound": 1, "not_ready": 0},
    ]


@pytest.mark.parametrize("name", ["/dev/sda", "sda", "/dev/disk/by-id/wwn-0x1"])
def test_a_disk_by_any_of_its_names(name: str) -> None:
    assert hosts.disk_id(FLEET[0], name) == "/dev/disk/by-id/wwn-0x1"
    assert hosts.disk_id(FLEET[0], "/dev/sdb") == "" and hosts.disks(FLEET[0]) == ["/dev/sda"]


def test_a_bound_host_keeps_its_settings() -> None:
    options = {"approved": True, "hostname": "new", "role": "worker", "installation_disk": "sda", "labels": {"size": "small"}}
    assert hosts.patch(FLEET[2], options) == {"metadata": {"labels": {"size": "small"}}}
    assert set(hosts.patch(FLEET[1], options)["spec"]) == {"approved", "hostname", "role", "installation_disk_id"}


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        (["192.0.2.0/28", "192.0.2.32-192.0.2.40", "2001:db8::/120"], []),
        (["192.0.2.1"], ["192.0.2.1 is a single address; write 192.0.2.1/32"]),
        (["2001:db8::1"], ["2001:db8::1 is a single address; write 2001:db8::1/128"]),
        (["192.0.2.9-192.0.2.1"], ["192.0.2.9-192.0.2.1 ends before it begins"]),
        (["192.0.2.9-2001:db8::1"], ["begins with IPv4 and ends with IPv6"]),
        (["192.0.2.1/28"], ["192.0.2.1/28 has host bits set"]),
        (["a.b.c.d/24", "192.0.2.0/28"], ["'a.b.c.d/24' does not appear to be"]),
        (["192.0.2.0/28", "192.0.2.15-192.0.2.20"], ["192.0.2.0/28 and 192.0.2.15-192.0.2.20 overlap"]),
    ],
)
def test_what_can_be_a_pool(addresses: list[str], words: list[str]) -> None:
    found = pools.problems(addresses)
    assert len(found) == len(words) and all(w in f for w, f in zip(words, found, strict=True))


@pytest.mark.parametrize(
    ("theirs", "meets"),
    [("192.0.2.16/28", False), ("192.0.2.15-192.0.2.15", True), ("192.0.0.0/16", True), ("::/0", False), ("nonsense", False)],
)
def test_overlaps_with_other_pools(theirs: str, meets: bool) -> None:
    assert bool(pools.overlaps(["192.0.2.0/28"], [pool("other", theirs)])) is meets


def test_how_many_addresses_a_pool_has() -> None:
    assert pools.size(["192.0.2.0/28", "192.0.2.32-192.0.2.34", "2001:db8::/126"]) == 16 + 3 + 4


@pytest.mark.parametrize(
    ("dns", "domain"),
    [
        ({"baseDomain": "example.com"}, "apps.demo.example.com"),
        ({"baseDomain": "example.com", "baseDomainPrefix": "eu"}, "apps.eu.example.com"),
        ({"baseDomain": "example.com", "baseDomainPrefix": ""}, "apps.example.com"),
    ],
)
def test_where_apps_are(dns: dict[str, Any], domain: str) -> None:
    assert ingress.apps_domain({"metadata": {"name": "demo"}, "spec": {"dns": dns}}) == domain


def test_records_by_kind_of_address() -> None:
    assert [r["type"] for r in ingress.records("apps.demo.example.com", ["192.0.2.1", "2001:db8::1", "lb.example.com"])] == [
        "A",
        "AAAA",
        "CNAME",
    ]


NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


NO_ADDRESS = 'Failed to allocate IP for "clusters-demo/demo-apps": no available IPs'


def event(reason: str, age: int, name: str = "demo-apps", message: str = NO_ADDRESS, uid: str = "") -> Any:
    moment = f"2026-11-24T02:{59 - age // 60}:{59 - age % 60:02d}Z"
    return {"reason": reason, "message": message, "lastTimestamp": moment, "involvedObject": {"kind": "Service", "name": name, "uid": uid}}


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], ""),
        ([event("AllocationFailed", 5)], 'AllocationFailed: Failed to allocate IP for "clusters-demo/demo-apps": no available IPs'),
        ([event("AllocationFailed", 300)], ""),  # the pool may have grown since
        ([event("AllocationFailed", 5, "other")], ""),
        ([event("IPAllocated", 5)], ""),
        ([event("AllocationFailed", 5, uid="of an earlier one")], ""),
        ([event("AllocationFailed", 5, uid="uid-1", message="ours")], "AllocationFailed: ours"),
        ([event("AllocationFailed", 50, message="old"), event("AllocationFailed", 2, message="new")], "AllocationFailed: new"),
    ],
)
def test_what_the_provider_of_load_balancers_said(events: list[Any], words: str) -> None:
    body = {"metadata": {"name": "demo-apps", "uid": "uid-1"}, "status": {}}
    assert ingress.refusal(body, events, NOW) == words
    assert ingress.refusal({**body, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}, events, NOW) == ""


def test_node_ports_of_the_router() -> None:
    found = {
        "spec": {
            "ports": [{"name": "http", "port": 80, "nodePort": 31080}, {"name": "https", "port": 443, "nodePort": 31443}, {"port": 1936}]
        }
    }
    assert ingress.node_ports(found) == {"http": 31080, "https": 31443} and ingress.node_ports(None) == {}
