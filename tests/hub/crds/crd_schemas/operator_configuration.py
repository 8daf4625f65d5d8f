# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""spec.operatorConfiguration: settings of the operators of a hosted cluster."""

from __future__ import annotations

from .schema import Rule, Schema, array, boolean, enum, immutable, integer, matches, obj, present, required, rule, text


def _kept(name: str) -> Rule:
    return rule(f"has(self.{name}) || !has(oldSelf.{name})", f"{name} cannot be removed once it is set")


_OCTET = r"(25[0-5]|2[0-4]\d|[01]?\d?\d)"
_V4_SUBNET = [
    matches(rf"^({_OCTET}\.){{3}}{_OCTET}/([12]?\d|30)$", "an IPv4 subnet with a prefix of 0 to 30 is needed"),
    rule("!self.matches('^0+[.]')", "the subnet cannot start with 0"),
]
_V4_CIDR = [
    rule(
        "isCIDR(self) && cidr(self).ip().family() == 4 && cidr(self).prefixLength() <= 30",
        "an IPv4 subnet with a prefix of 0 to 30 is needed",
    ),
    rule("!self.startsWith('0.')", "the subnet cannot start with 0"),
]
_V6_CIDR = rule(
    "isCIDR(self) && cidr(self).ip().family() == 6 && cidr(self).prefixLength() <= 125",
    "an IPv6 subnet with a prefix of 0 to 125 is needed",
)


def _different(family: str) -> Rule:
    join, transit = f"self.{family}.internalJoinSubnet", f"self.{family}.internalTransitSwitchSubnet"
    return rule(
        f"!({present(join)} && {present(transit)}) || {join} != {transit}",
        f"internalJoinSubnet and internalTransitSwitchSubnet of {family} must differ",
    )


def _v6_kept(name: str) -> Rule:
    return rule(f"!oldSelf.?ipv6.?{name}.hasValue() || self.?ipv6.?{name}.hasValue()", f"ipv6.{name} cannot be removed once it is set")


def _ovn_kubernetes() -> Schema:
    subnets = ("internalJoinSubnet", "internalTransitSwitchSubnet")
    v4 = {name: text(min=9, max=18, rules=_V4_SUBNET) for name in subnets}
    v6 = {name: text(min=3, max=48, rules=[_V6_CIDR, immutable(name)]) for name in subnets}
    return obj(
        {
            "ipv4": obj(v4, min_properties=1),
            "ipv6": obj(v6, min_properties=1),
            "mtu": integer(576, 9216, rules=[immutable("mtu")]),
            "v4InternalSubnet": text(min=9, max=18, rules=[*_V4_CIDR, immutable("v4InternalSubnet")]),
            "v6InternalSubnet": text(min=4, max=48, rules=[_V6_CIDR, immutable("v6InternalSubnet")]),
        },
        min_properties=1,
        rules=[
            _different("ipv4"),
            _different("ipv6"),
            *(_kept(name) for name in ("mtu", "ipv6", "v4InternalSubnet", "v6InternalSubnet")),
            *(_v6_kept(name) for name in subnets),
        ],
    )


def _network_operator() -> Schema:
    fields = {
        "disableMultiNetwork": boolean(default=False, rules=[immutable("disableMultiNetwork")]),
        "ovnKubernetesConfig": _ovn_kubernetes(),
    }
    return obj(fields, rules=[_kept("ovnKubernetesConfig")])


_COUNT = "(size({0}.?ids.orValue([])) + size({0}.?names.orValue([])))"


def _subnets() -> Schema:
    unique = rule("self.all(one, self.filter(other, other == one).size() == 1)", "an entry is there twice")
    names = [
        rule("!self.contains(',')", "the name of a subnet has no comma"),
        rule("!self.startsWith('subnet-')", "names starts with subnet-: put it into ids"),
    ]
    return obj(
        {
            "ids": array(text(min=24, max=24, pattern="^subnet-[0-9A-Za-z]+$"), max=10, kind="atomic", rules=[unique]),
            "names": array(text(min=1, max=256, rules=names), max=10, kind="atomic", rules=[unique]),
        },
        rules=[
            rule(f"{_COUNT.format('self')} <= 10", "no more than 10 subnets are possible"),
            rule(f"{_COUNT.format('self')} > 0", "at least one subnet is needed"),
        ],
    )


def _network_load_balancer() -> Schema:
    addresses = array(
        text(min=26, max=26, rules=[matches("^eipalloc-[0-9a-fA-F]{17}$", "eipalloc- and 17 hexadecimal digits are needed")]),
        max=10,
        kind="atomic",
        rules=[rule("self.all(one, self.filter(other, other == one).size() == 1)", "an address is there twice")],
    )
    per_subnet = rule(
        f"!has(self.eipAllocations) || !has(self.subnets) || {_COUNT.format('self.subnets')} == size(self.eipAllocations)",
        "as many eipAllocations as subnets are needed",
    )
    return obj({"eipAllocations": addresses, "protocol": enum("TCP", "PROXY"), "subnets": _subnets()}, rules=[per_subnet])


def _provider_parameters() -> Schema:
    classic = {"connectionIdleTimeout": text(format="duration"), "subnets": _subnets()}
    aws = {
        "type": required(enum("Classic", "NLB")),
        "classicLoadBalancer": obj(classic),
        "networkLoadBalancer": _network_load_balancer(),
    }
    return obj(
        {
            "type": required(enum("AWS", "Azure", "BareMetal", "GCP", "Nutanix", "OpenStack", "VSphere", "IBM")),
            "aws": obj(aws),
            "gcp": obj({"clientAccess": enum("Global", "Local")}),
            "ibm": obj({"protocol": _proxy_protocol()}),
            "openstack": obj({"floatingIP": text(rules=[rule("isIP(self)", "an IP address is needed")])}),
        },
        rules=[rule("!has(self.openstack) || self.type == 'OpenStack'", "openstack goes with type OpenStack only")],
    )


def _proxy_protocol() -> Schema:
    return enum("", "TCP", "PROXY")


_EXTERNAL = "self.scope != 'Internal'"
_LOAD_BALANCER_RULES = [
    rule(
        f"{_EXTERNAL} || !self.?providerParameters.?aws.?networkLoadBalancer.?eipAllocations.hasValue()",
        "scope Internal takes no eipAllocations",
    ),
    rule(
        f"{_EXTERNAL} || self.?providerParameters.?openstack.?floatingIP.orValue('') == ''",
        "scope Internal takes no floatingIP",
    ),
]


def _publishing_strategy() -> Schema:
    host_network = {name: integer(0, 65535, default=port) for name, port in (("httpPort", 80), ("httpsPort", 443), ("statsPort", 1936))}
    load_balancer = {
        "allowedSourceRanges": array(text(), kind="atomic", nullable=True),
        "dnsManagementPolicy": required(enum("Managed", "Unmanaged", default="Managed")),
        "providerParameters": _provider_parameters(),
        "scope": required(enum("Internal", "External")),
    }
    return obj(
        {
            "type": required(enum("LoadBalancerService", "HostNetwork", "Private", "NodePortService")),
            "hostNetwork": obj({**host_network, "protocol": _proxy_protocol()}),
            "loadBalancer": obj(load_balancer, rules=_LOAD_BALANCER_RULES),
            "nodePort": obj({"protocol": _proxy_protocol()}),
            "private": obj({"protocol": _proxy_protocol()}),
        },
        open=True,
    )


def operator_configuration() -> Schema:
    return obj(
        {
            "clusterNetworkOperator": _network_operator(),
            "ingressOperator": obj({"endpointPublishingStrategy": _publishing_strategy()}),
        }
    )
