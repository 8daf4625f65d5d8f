# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operations load_balancer_pool, ingress_wildcard_policy and kubevirt_ingress on the in-memory hub."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import RefusedError, WaitError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import (
    API_SERVICE,
    EVENT,
    INGRESS_CONTROLLER,
    METALLB,
    SECRET,
    SERVICE,
)
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._platforms.kubevirt.ingress_wildcard_policy import IngressWildcardPolicy
from ansible_collections.hypershift.core.plugins.module_utils._platforms.kubevirt.kubevirt_ingress import (
    KubevirtIngressAbsent,
    KubevirtIngressPresent,
)
from ansible_collections.hypershift.core.plugins.module_utils._platforms.kubevirt.load_balancer_pool import (
    LoadBalancerPoolAbsent,
    LoadBalancerPoolPresent,
)

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, options
from platforms.builders import condition, pool, served

HOME = "clusters-demo"
ADDRESSES = ["192.0.2.0/28"]


def go(hub: MemoryHub, module: str, check: bool = False, hosted: MemoryHub | None = None, **given: Any) -> dict[str, Any]:
    opts = options(module, **given)
    absent = opts["state"] == "absent"
    operation: Any
    if module == "load_balancer_pool":
        operation = LoadBalancerPoolAbsent(hub, opts) if absent else LoadBalancerPoolPresent(hub, opts)
    elif module == "ingress_wildcard_policy":
        operation = IngressWildcardPolicy(hub, opts)
    else:
        operation = (
            KubevirtIngressAbsent(hub, opts) if absent else KubevirtIngressPresent(hub, opts, lambda content: _opened(hosted, content))
        )
    return run(operation, hub, check, lambda line: None)


def _opened(hosted: MemoryHub | None, content: bytes) -> Any:
    assert content == b"kubeconfig of demo" and hosted is not None
    return hosted


def twice(hub: MemoryHub, module: str, **given: Any) -> dict[str, Any]:
    before = len(hub.writes)
    predicted = go(hub, module, check=True, **given)
    assert len(hub.writes) == before
    result = go(hub, module, **given)
    written = len(hub.writes)
    assert [p["object"] for p in predicted["plan"]] == [p["object"] for p in result["plan"]]
    assert go(hub, module, check=True, **given)["changed"] is False and go(hub, module, **given)["changed"] is False
    assert len(hub.writes) == written
    return result


# load_balancer_pool


def metallb(*conditions: Any) -> dict[str, Any]:
    return METALLB.manifest("metallb", "metallb-system", spec={}, status={"conditions": list(conditions)})


UP = {"status": {"conditions": [condition("Available", "True")]}}


def test_a_pool_comes_with_metallb_and_goes_with_it() -> None:
    hub = MemoryHub(*served("metallb.io"))
    hub.script = [(30, lambda h: h.edit(METALLB, "metallb-system", "metallb", UP))]
    given = {"name": "api", "addresses": [*ADDRESSES, "192.0.2.32-192.0.2.35"], "auto_assign": False, "deploy_metallb": True}
    result = go(hub, "load_balancer_pool", **given)
    assert [ref.partition(" ")[0] for _verb, ref in hub.writes] == ["MetalLB", "IPAddressPool", "L2Advertisement"] and hub.seconds == 30
    assert result["addresses"] == {"total": 20, "assigned": 0, "free": 20}
    assert hub.objects[("IPAddressPool", "metallb-system", "api")]["spec"]["autoAssign"] is False
    assert hub.objects[("L2Advertisement", "metallb-system", "api")]["spec"] == {"ipAddressPools": ["api"]}
    assert twice(hub, "load_balancer_pool", **given)["changed"] is False
    assert twice(hub, "load_balancer_pool", **{**given, "addresses": ADDRESSES})["plan"][0]["change"] == {"spec": {"addresses": ADDRESSES}}
    twice(hub, "load_balancer_pool", name="api", state="absent")
    assert [k[0] for k in hub.objects] == ["APIService"]


def test_what_others_made_stays() -> None:
    hub = MemoryHub(*served("metallb.io"), metallb(), pool("theirs", "198.51.100.0/28"))
    go(hub, "load_balancer_pool", name="api", addresses=ADDRESSES)
    go(hub, "load_balancer_pool", name="api", state="absent")
    result = go(hub, "load_balancer_pool", name="theirs", state="absent")
    assert result["changed"] is False and "was not made by this module" in result["notes"][0]
    assert sorted(k[0] for k in hub.objects) == ["APIService", "IPAddressPool", "MetalLB"]


def balanced(name: str, where: str) -> dict[str, Any]:
    row = {"hostname": where} if where.startswith("lb") else {"ip": where}
    return SERVICE.manifest(name, "apps", spec={"type": "LoadBalancer"}, status={"loadBalancer": {"ingress": [row]}})


@pytest.mark.parametrize(
    ("objects", "given", "codes", "words"),
    [
        (served("metallb.io"), {"addresses": ["192.0.2.1", "x"]}, ["invalid_option"] * 2, "write 192.0.2.1/32"),
        (served("metallb.io"), {"addresses": []}, ["invalid_option"], "it is empty"),
        ([*served("metallb.io"), pool("theirs", "192.0.2.8/29", namespace="other")], {}, ["pool_overlap"], "IPAddressPool other/theirs"),
        ([], {}, ["not_installed"], "the MetalLB operator is not installed"),
        (
            [
                pool("api", *ADDRESSES, ours=True),
                balanced("a", "192.0.2.3"),
                balanced("b", "198.51.100.3"),
                balanced("c", "lb.example.com"),
            ],
            {"state": "absent"},
            ["in_use"],
            "1 service(s) have addresses of it, first apps/a (192.0.2.3)",
        ),
    ],
)
def test_pool_refusals(objects: list[Any], given: dict[str, Any], codes: list[str], words: str) -> None:
    hub = MemoryHub(*objects)
    with pytest.raises(RefusedError) as caught:
        go(hub, "load_balancer_pool", **{"name": "api", "addresses": ADDRESSES, **given})
    assert [r.code for r in caught.value.refusals] == codes and words in str(caught.value) and hub.writes == []


def test_nothing_gives_addresses_out_without_metallb() -> None:
    result = go(MemoryHub(*served("metallb.io")), "load_balancer_pool", name="api", addresses=ADDRESSES)
    assert "There is no MetalLB object" in result["notes"][0] and "deploy_metallb" in result["notes"][0]


def test_metallb_that_does_not_start_is_named() -> None:
    hub = MemoryHub(*served("metallb.io"), metallb(condition("Degraded", "True", "Broken", "speaker has no image")))
    with pytest.raises(WaitError, match=r"Degraded is True .Broken: speaker has no image"):
        go(hub, "load_balancer_pool", name="api", addresses=ADDRESSES, deploy_metallb=True)


# ingress_wildcard_policy


def controller(policy: str | None = None, **more: Any) -> dict[str, Any]:
    admission = {"namespaceOwnership": "InterNamespaceAllowed", **({"wildcardPolicy": policy} if policy else {})}
    body = INGRESS_CONTROLLER.manifest("default", "openshift-ingress-operator", spec={"replicas": 2, "routeAdmission": admission})
    return {**body, **more}


@pytest.mark.parametrize("before", [None, "WildcardsDisallowed"])
def test_one_field_is_set_and_put_back(before: str | None) -> None:
    hub = MemoryHub(controller(before))
    key = ("IngressController", "openshift-ingress-operator", "default")
    result = twice(hub, "ingress_wildcard_policy")
    assert result["plan"][0]["change"]["spec"] == {"routeAdmission": {"wildcardPolicy": "WildcardsAllowed"}}
    assert hub.objects[key]["spec"] == controller("WildcardsAllowed")["spec"]
    twice(hub, "ingress_wildcard_policy", state="absent")
    assert hub.objects[key]["spec"] == controller(before)["spec"] and not hub.objects[key]["metadata"]["annotations"]


def test_a_policy_that_stood_there_before_us_stays() -> None:
    hub = MemoryHub(controller("WildcardsAllowed"))
    assert go(hub, "ingress_wildcard_policy")["changed"] is False
    result = go(hub, "ingress_wildcard_policy", state="absent")
    assert hub.writes == [] and "before this module" in result["notes"][0]


def test_it_stays_while_hosted_clusters_need_it() -> None:
    hub = MemoryHub(controller())
    go(hub, "ingress_wildcard_policy")
    hub.put(live_cluster())
    with pytest.raises(RefusedError, match="first HostedCluster clusters/demo"):
        go(hub, "ingress_wildcard_policy", state="absent")
    assert go(MemoryHub(), "ingress_wildcard_policy", state="absent")["changed"] is False


OPERATOR = [API_SERVICE.manifest(f"{INGRESS_CONTROLLER.version}.{INGRESS_CONTROLLER.group}")]


@pytest.mark.parametrize(
    ("objects", "forbidden", "code", "words"),
    [
        (OPERATOR, set(), "not_found", "default: it does not exist. Check name, namespace and the management cluster."),
        ([], set(), "not_installed", "does not serve ingresscontrollers.operator.openshift.io: the ingress operator of OpenShift"),
        ([], {("get", "APIService")}, "not_found", "default: it does not exist"),
    ],
)
def test_a_controller_that_is_missing(objects: list[Any], forbidden: set[tuple[str, str]], code: str, words: str) -> None:
    hub = MemoryHub(*objects)
    hub.forbidden = forbidden
    with pytest.raises(RefusedError, match=words) as caught:
        go(hub, "ingress_wildcard_policy")
    assert [f.code for f in caught.value.refusals] == [code]


def test_routers_are_waited_for() -> None:
    old = {"observedGeneration": 1, "conditions": [condition("Available", "True")]}
    rolling = {"observedGeneration": 2, "conditions": [condition("Progressing", "True", "DeploymentRollingOut", "1 of 2 updated")]}
    hub = MemoryHub(controller(status=old))

    def step(status: Any) -> Any:
        return lambda h: h.edit(INGRESS_CONTROLLER, "openshift-ingress-operator", "default", {"status": status})

    hub.script = [(10, step(rolling)), (20, step({**rolling, "conditions": [condition("Progressing", "False")]}))]
    go(hub, "ingress_wildcard_policy")
    assert hub.seconds == 20
    hub = MemoryHub(controller(status=old))
    hub.script = [(10, step(rolling))]
    with pytest.raises(WaitError, match=r"Progressing is True .DeploymentRollingOut: 1 of 2 updated"):
        go(hub, "ingress_wildcard_policy")


# kubevirt_ingress


def router(*ports: tuple[int, int]) -> dict[str, Any]:
    rows = [{"port": port, "nodePort": node_port} for port, node_port in ports]
    return SERVICE.manifest("router-nodeport-default", "openshift-ingress", spec={"type": "NodePort", "ports": rows})


def world(**cluster: Any) -> tuple[MemoryHub, MemoryHub]:
    data = {"kubeconfig": base64.b64encode(b"kubeconfig of demo").decode()}
    hub = MemoryHub(
        live_cluster(**{"base_domain": "example.com", **cluster}), SECRET.manifest("demo-admin-kubeconfig", "clusters", data=data)
    )
    return hub, MemoryHub(router((80, 31080), (443, 31443)))


def address(ip: str) -> Any:
    return lambda h: h.edit(SERVICE, HOME, "demo-apps", {"status": {"loadBalancer": {"ingress": [{"ip": ip}]}}})


def test_the_service_gets_its_address_and_dns_its_record() -> None:
    hub, hosted = world()
    hub.script = [(3, address("192.0.2.33"))]
    assert go(hub, "kubevirt_ingress", check=True, hosted=hosted, name="demo")["dns_records"] == [] and hub.writes == []
    result = go(hub, "kubevirt_ingress", hosted=hosted, name="demo")
    service = hub.objects[("Service", HOME, "demo-apps")]
    assert service["spec"]["type"] == "LoadBalancer" and service["spec"]["selector"] == {"kubevirt.io": "virt-launcher"}
    assert [(p["port"], p["targetPort"]) for p in service["spec"]["ports"]] == [(443, 31443), (80, 31080)]
    assert result["dns_records"] == [{"name": "*.apps.demo.example.com", "type": "A", "value": "192.0.2.33"}] and result["needed"]
    assert twice(hub, "kubevirt_ingress", hosted=hosted, name="demo")["changed"] is False and hosted.writes == []
    gone = twice(hub, "kubevirt_ingress", name="demo", state="absent")
    assert gone["released"] == ["192.0.2.33"] and ("Service", HOME, "demo-apps") not in hub.objects


def test_ports_may_be_given() -> None:
    hub, _hosted = world()
    hub.forbidden.add(("get", "Secret"))
    result = go(hub, "kubevirt_ingress", name="demo", https_node_port=30443, wait=False)
    assert result["node_ports"] == {"https": 30443} and result["addresses"] == []


def test_nothing_is_needed_with_the_management_clusters_domain() -> None:
    hub, _hosted = world(base_domain=None)
    result = go(hub, "kubevirt_ingress", name="demo")
    assert (
        result["needed"] is False and result["dns_records"] == [] and hub.writes == [] and "no DNS record is needed" in result["notes"][0]
    )


def test_the_service_of_others_stays() -> None:
    hub, _hosted = world()
    hub.put(SERVICE.manifest("demo-apps", HOME, spec={}))
    assert go(hub, "kubevirt_ingress", name="demo", state="absent")["changed"] is False


@pytest.mark.parametrize(
    ("case", "code", "words"),
    [
        ("no cluster", "not_found", "it does not exist"),
        ("other platform", "wrong_platform", "its platform is None"),
        ("no kubeconfig", "kubeconfig_missing", "published no kubeconfig"),
        ("no router", "router_missing", "openshift-ingress/router-nodeport-default"),
        ("no ports", "router_missing", "openshift-ingress/router-nodeport-default"),
    ],
)
def test_ingress_refusals(case: str, code: str, words: str) -> None:
    hub, hosted = world()
    if case == "no cluster":
        hub = MemoryHub()
    if case == "other platform":
        hub = MemoryHub(live_cluster(platform="none", service_publishing={"api_server_address": "192.0.2.7"}))
    if case == "no kubeconfig":
        hub.drop(SECRET, "clusters", "demo-admin-kubeconfig")
    if case in ("no router", "no ports"):
        hosted = MemoryHub(*([router()] if case == "no ports" else []))
    with pytest.raises(RefusedError) as caught:
        go(hub, "kubevirt_ingress", hosted=hosted, name="demo")
    assert caught.value.failure.code == code and words in str(caught.value) and hub.writes == []


def said(reason: str, message: str) -> Any:
    about = {"kind": "Service", "name": "demo-apps", "namespace": HOME}
    body = EVENT.manifest("demo-apps.1", HOME, reason=reason, message=message, lastTimestamp="2026-11-24T03:00:05Z", involvedObject=about)
    return lambda h: h.put(body)


def test_an_exhausted_pool_ends_the_wait() -> None:
    hub, hosted = world()
    hub.script = [(5, said("AllocationFailed", 'Failed to allocate IP for "clusters-demo/demo-apps": no available IPs'))]
    with pytest.raises(WaitError) as caught:
        go(hub, "kubevirt_ingress", hosted=hosted, name="demo")
    assert caught.value.failure.code == "hopeless" and "no available IPs" in str(caught.value) and hub.seconds == 5
    assert "load_balancer_pool" in caught.value.failure.next_step


def test_no_provider_ends_the_wait_in_time() -> None:
    hub, hosted = world()
    with pytest.raises(WaitError, match="no provider of load balancers has answered"):
        go(hub, "kubevirt_ingress", hosted=hosted, name="demo", wait_timeout=60)
    assert hub.seconds == 60
