# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where the services of a hosted cluster are published. Addresses are of the documentation ranges."""

from __future__ import annotations

from . import etcd_workload
from .actions import Action, ensure, update_status
from .kinds import new
from .names import Obj, spread
from .view import ClusterView

APPS_DOMAIN = "apps.hub.example.com"
REAL_PORT = 6443
_FIRST_NODE_PORT, _NODE_PORTS = 30000, 2768


def load_balancer_address(view: ClusterView) -> str:
    return f"198.51.100.{spread(view.metadata['uid'], 250) + 4}"


def real_address(view: ClusterView) -> str:
    """A loopback address of its own for each hosted cluster whose API server is a process of this machine."""
    number = spread(f"{view.metadata['uid']}/api", 1 << 22)
    return f"127.{128 + (number >> 16)}.{number >> 8 & 0xFF}.{max(1, number & 0xFE)}"


def api_server(view: ClusterView, live: bool = True) -> tuple[str, int] | None:
    """Host and port of the API as clients see it; None until its Service has what the endpoint is made of."""
    if view.real_api_server:
        return real_address(view), REAL_PORT
    strategy = view.strategy("APIServer")
    kind = strategy.get("type")
    port = int(((view.spec["networking"].get("apiServer")) or {}).get("port") or 6443)
    if kind == "Route":
        return (strategy.get("route") or {}).get("hostname") or f"api-{view.cpns}.{APPS_DOMAIN}", 443
    if kind == "NodePort":
        node_port = _node_port(view, strategy, "kube-apiserver", live)
        return ((strategy["nodePort"]["address"], node_port)) if node_port else None
    hostname = (strategy.get("loadBalancer") or {}).get("hostname")
    return hostname or load_balancer_address(view), port


def _node_port(view: ClusterView, strategy: Obj, service: str, live: bool) -> int:
    wanted = int((strategy.get("nodePort") or {}).get("port") or 0)
    if wanted:
        return wanted
    found = view.child("Service", service) if live else None
    if found:
        return int(found["spec"]["ports"][0].get("nodePort") or 0)
    return _FIRST_NODE_PORT + spread(f"{view.metadata['uid']}/{service}", _NODE_PORTS)


def published(view: ClusterView, service: str, workload: str, live: bool) -> str:
    """host or host:port of ignition or OAuth; empty while it is not known."""
    strategy = view.strategy(service)
    if strategy.get("type") == "NodePort":
        port = _node_port(view, strategy, workload, live)
        return f"{strategy['nodePort']['address']}:{port}" if port else ""
    if strategy.get("type") == "LoadBalancer":
        return load_balancer_address(view)
    return (strategy.get("route") or {}).get("hostname") or f"{workload}-{view.cpns}.{APPS_DOMAIN}"


def ignition(view: ClusterView, live: bool) -> str:
    return published(view, "Ignition", "ignition-server-proxy", live)


def oauth_callback(view: ClusterView, live: bool) -> str:
    host = published(view, "OAuthServer", "oauth-openshift", live)
    port = "" if ":" in host else ":443"
    return f"https://{host}{port}/oauth2callback/[identity-provider-name]"


def services(view: ClusterView) -> list[Action]:
    """The Services of a control plane that carry an endpoint; their node ports are the API server's choice."""
    actions: list[Action] = []
    for shard in view.etcd_shards:
        selector = etcd_workload.selector(view, shard)
        for name, ports in (
            (f"{shard}-client", [("etcd-client", 2379), ("metrics", 2381)]),
            (f"{shard}-discovery", [("peer", 2380), ("etcd-client", 2379)]),
        ):
            actions += ensure(view.store, _service(view, name, selector, ports, headless=True))
    for name, service, port in (
        ("kube-apiserver", "APIServer", 6443),
        ("ignition-server-proxy", "Ignition", 443),
        ("oauth-openshift", "OAuthServer", 6443),
    ):
        actions += _published_service(view, name, service, port)
    return actions


def _published_service(view: ClusterView, name: str, service: str, port: int) -> list[Action]:
    strategy = view.strategy(service)
    kind = {"NodePort": "NodePort", "LoadBalancer": "LoadBalancer"}.get(strategy.get("type", ""), "ClusterIP")
    desired = _service(view, name, {"app": name}, [("https", port)])
    desired["spec"]["type"] = kind
    if kind == "NodePort" and (strategy.get("nodePort") or {}).get("port"):
        desired["spec"]["ports"][0]["nodePort"] = strategy["nodePort"]["port"]
    actions = ensure(view.store, desired)
    live = view.child("Service", name)
    if live and kind == "LoadBalancer" and not (live.get("status", {}).get("loadBalancer") or {}).get("ingress"):
        actions += update_status(live, {"loadBalancer": {"ingress": [{"ip": load_balancer_address(view)}]}})
    return actions


def _service(view: ClusterView, name: str, selector: Obj, ports: list[tuple[str, int]], headless: bool = False) -> Obj:
    spec: Obj = {
        "selector": selector,
        "ports": [{"name": port_name, "port": port, "protocol": "TCP"} for port_name, port in ports],
    }
    if headless:
        spec |= {"clusterIP": "None", "publishNotReadyAddresses": True}
    service = new("Service", name, view.cpns, spec=spec)
    service["metadata"]["annotations"] = dict(view.marks)
    return service
