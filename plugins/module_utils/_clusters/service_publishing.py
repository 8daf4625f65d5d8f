# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Service publishing strategies per platform. Source: platform_facts#2.3."""

from __future__ import annotations

from typing import Any

from .._kernel.errors import Failure, OptionError

_TUNNELLED = ("OAuthServer", "Konnectivity", "Ignition")


def services_for(
    platform: str, publishing: dict[str, Any] | None, name: str, endpoint_access: str
) -> list[dict[str, Any]]:
    """spec.services as ``hcp create cluster`` writes it for the platform.

    publishing: {strategy: load_balancer|node_port, api_server_address, external_dns_domain}; missing keys take the
    platform's default.
    """
    publishing = publishing or {}
    domain = publishing.get("external_dns_domain")
    if domain:
        return _external_dns(platform, name, domain, endpoint_access)
    default = "node_port" if platform in ("agent", "none") else "load_balancer"
    if (publishing.get("strategy") or default) == "node_port":
        return _node_port(platform, publishing.get("api_server_address"))
    entries = [_entry("APIServer", {"type": "LoadBalancer"})] + [_entry(s, {"type": "Route"}) for s in _TUNNELLED]
    if platform in ("agent", "none"):
        entries.append(_entry("OIDC", {"type": "Route"}))
    return entries


def _node_port(platform: str, address: str | None) -> list[dict[str, Any]]:
    if platform == "aws":
        raise _refused(
            "node_port publishing does not exist on platform aws: OAuthServer, Konnectivity and Ignition must be Route",
            "load_balancer",
        )
    if not address:
        raise OptionError(
            Failure(
                code="missing_option",
                cause=(
                    f"option service_publishing.api_server_address is missing: services of platform {platform} are"
                    " published by NodePort"
                ),
                next_step=(
                    "Give the address (IP or DNS name) of a management cluster node or of a load balancer before them,"
                    " or set service_publishing.strategy to load_balancer."
                ),
            )
        )
    strategy = {"type": "NodePort", "nodePort": {"address": address}}
    names = ["APIServer", *_TUNNELLED] + ([] if platform == "kubevirt" else ["OIDC"])
    return [_entry(s, strategy) for s in names]


def _external_dns(platform: str, name: str, domain: str, endpoint_access: str) -> list[dict[str, Any]]:
    if platform != "aws":
        raise _refused(
            f"option service_publishing.external_dns_domain works on platform aws only, not on {platform}", "services"
        )
    hosts = {"APIServer": f"api-{name}.{domain}", "OAuthServer": f"oauth-{name}.{domain}"}
    if endpoint_access == "Public":
        hosts |= {"Konnectivity": f"konnectivity-{name}.{domain}", "Ignition": f"ignition-{name}.{domain}"}
    result = []
    for service in ("APIServer", *_TUNNELLED):
        strategy: dict[str, Any] = {"type": "Route"}
        if service in hosts:
            strategy["route"] = {"hostname": hosts[service]}
        result.append(_entry(service, strategy))
    return result


def _entry(service: str, strategy: dict[str, Any]) -> dict[str, Any]:
    return {"service": service, "servicePublishingStrategy": strategy}


def _refused(cause: str, remedy: str) -> OptionError:
    return OptionError(Failure(code="invalid_option", cause=cause, next_step=f"Use {remedy} instead."))


def services_problems(platform: str, services: list[dict[str, Any]]) -> list[str]:
    """What the operator or the CRD would refuse in spec.services. Source: platform_facts#0.3, #2.3."""
    problems = []
    names = [s.get("service") for s in services]
    if len(set(names)) != len(names):
        problems.append("each service may be listed once")
    hostnames = [h for h in (_hostname(s) for s in services) if h]
    if len(set(hostnames)) != len(hostnames):
        problems.append("hostnames must differ from each other")
    if not 4 <= len(services) <= 6:
        problems.append(
            "the list must have 4 to 6 entries (APIServer, OAuthServer, Konnectivity, Ignition and optionally OIDC,"
            " OVNSbDb)"
        )
    for entry in services:
        strategy = entry.get("servicePublishingStrategy") or {}
        if strategy.get("type") == "NodePort" and not (strategy.get("nodePort") or {}).get("address"):
            problems.append(f"{entry.get('service')} of type NodePort needs nodePort.address")
        if platform == "aws":
            problems += _aws_problems(entry, strategy)
    return problems


def _aws_problems(entry: dict[str, Any], strategy: dict[str, Any]) -> list[str]:
    """The operator takes host names with every endpoint access, and wants one for a Route to the API server."""
    service, kind = entry.get("service"), strategy.get("type")
    if service in _TUNNELLED and kind != "Route":
        return [f"{service} must be of type Route on platform aws"]
    if service == "APIServer" and kind != "LoadBalancer" and not (kind == "Route" and _hostname(entry)):
        return ["APIServer must be of type LoadBalancer, or Route with a hostname, on platform aws"]
    return []


def _hostname(entry: dict[str, Any]) -> str:
    strategy = entry.get("servicePublishingStrategy") or {}
    return str(
        (strategy.get("route") or {}).get("hostname") or (strategy.get("loadBalancer") or {}).get("hostname") or ""
    )
