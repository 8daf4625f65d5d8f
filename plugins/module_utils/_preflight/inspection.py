# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a preflight has read of a management cluster, and the shape of its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from .._fleet.views import HubView
from .._kernel.kinds import (
    ADD_ON_CONFIG,
    AGENT_SERVICE_CONFIG,
    API_SERVICE,
    CLUSTER_VERSION,
    CONFIG_MAP,
    DEPLOYMENT,
    HOSTED_CLUSTER,
    HYPER_CONVERGED,
    INFRASTRUCTURE,
    INGRESS_CONTROLLER,
    IP_ADDRESS_POOL,
    MULTICLUSTER_ENGINE,
    NETWORK,
    NODE,
    POD,
    PROVISIONING,
    STORAGE_CLASS,
    Kind,
)
from .._kernel.objects import Object, lookup

HIGHLY_AVAILABLE = "HighlyAvailable"
KUBEVIRT, AGENT, AWS, NONE = "kubevirt", "agent", "aws", "none"
PLATFORMS = (AGENT, AWS, KUBEVIRT, NONE)
NO_ENGINE, SEE_ENGINE = "the multicluster engine is not installed", "See check engine_available."


class Verdict(str, Enum):
    """From good to bad. Unknown is worse than a warning: what was not seen may be broken."""

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    FAILED = "failed"


ORDER = tuple(Verdict)


@dataclass(frozen=True)
class CheckResult:
    """What one check says. cause and next_step: a sentence each, empty when all is well; value: what was found, in a
    few words."""

    verdict: Verdict
    value: str = ""
    cause: str = ""
    next_step: str = ""


def ok(value: str) -> CheckResult:
    return CheckResult(Verdict.OK, value)


def warning(value: str, cause: str, next_step: str) -> CheckResult:
    return CheckResult(Verdict.WARNING, value, cause, next_step)


def unknown(value: str, cause: str, next_step: str) -> CheckResult:
    return CheckResult(Verdict.UNKNOWN, value, cause, next_step)


def failed(value: str, cause: str, next_step: str) -> CheckResult:
    return CheckResult(Verdict.FAILED, value, cause, next_step)


@dataclass(frozen=True)
class Inspection:
    """A management cluster at one moment.

    view: what was listed, by kind, and the minors that the operator supports. denied: kinds that the account may not
    read. asked: platforms that the user named. wanted: hosted clusters that are to be added; availability:
    HighlyAvailable or SingleReplica.
    """

    view: HubView
    denied: frozenset[Kind] = frozenset()
    asked: tuple[str, ...] = ()
    wanted: int = 1
    availability: str = HIGHLY_AVAILABLE

    @property
    def highly_available(self) -> bool:
        return self.availability == HIGHLY_AVAILABLE

    def all(self, kind: Kind) -> tuple[Object, ...]:
        return self.view.all(kind)

    def one(self, kind: Kind, name: str) -> Object | None:
        return next((o for o in self.all(kind) if o["metadata"].get("name") == name), None)

    @cached_property
    def served(self) -> frozenset[tuple[str, str]] | None:
        """Group and version of everything that the API server serves; None when the account may not list them."""
        if API_SERVICE in self.denied:
            return None
        specs = [o.get("spec") or {} for o in self.all(API_SERVICE)]
        return frozenset((str(s.get("group") or ""), str(s.get("version") or "")) for s in specs)

    def absent(self, kind: Kind) -> bool:
        """True when it is proven that the kind is not served."""
        return (
            kind in PROVIDERS
            and not self.all(kind)
            and self.served is not None
            and (kind.group, kind.version) not in self.served
        )

    @cached_property
    def without_engine(self) -> bool:
        """True when it is proven that there is none: the list is empty, or its kind is not served."""
        denied = MULTICLUSTER_ENGINE in self.denied and not self.absent(MULTICLUSTER_ENGINE)
        return not self.all(MULTICLUSTER_ENGINE) and not denied

    def gap(self, *kinds: Kind) -> CheckResult | None:
        """Why nothing can be said of what needs these kinds; None when all of them could be read."""
        for kind in kinds:
            if kind == MULTICLUSTER_ENGINE and self.without_engine:
                return unknown("none", NO_ENGINE, SEE_ENGINE)
            if self.absent(kind):
                step = SEE_ENGINE if kind in FROM_ENGINE and self.without_engine else PROVIDERS[kind]
                return unknown("not served", f"this management cluster does not serve {kind.resource}", step)
            if kind in self.denied:
                namespace = NAMESPACE_OF.get(kind)
                where = f"in namespace {namespace}" if namespace else "cluster-wide"
                verb = "get" if kind == CONFIG_MAP else "list"
                return unknown(
                    "",
                    f"the account may not {verb} {kind.resource} {where}",
                    f"Grant verb {verb} on {kind.resource} {where} (docs/rbac.md), then run again.",
                )
        return None

    def unproven(self, kind: Kind) -> CheckResult | None:
        """Nothing was found, and it cannot be told whether that is for want of an object or of the whole kind."""
        if self.all(kind) or self.served is not None or kind not in PROVIDERS:
            return None
        cause = (
            f"no {kind.kind} was found, and the account may not list {API_SERVICE.resource}, which tells whether the"
            " kind is served"
        )
        return unknown("none", cause, PROVIDERS[kind])

    @property
    def infrastructure(self) -> str:
        """Platform of the management cluster, such as BareMetal; empty when it could not be read."""
        status = (self.one(INFRASTRUCTURE, "cluster") or {}).get("status") or {}
        return str(lookup(status, ("platformStatus", "type")) or status.get("platform") or "")

    @cached_property
    def platforms(self) -> tuple[str, ...]:
        """Those that the user named, else those whose operators are there."""
        if self.asked:
            return tuple(p for p in PLATFORMS if p in self.asked)
        signs = {
            AGENT: bool(self.all(AGENT_SERVICE_CONFIG)),
            AWS: self.infrastructure == "AWS",
            KUBEVIRT: bool(self.all(HYPER_CONVERGED)),
        }
        return tuple(p for p in PLATFORMS if signs.get(p))


OPERATOR_NAMESPACE = "hypershift"
# What is listed, once each; a namespace where one is enough.
READ: tuple[tuple[Kind, str | None], ...] = (
    (API_SERVICE, None),
    (CLUSTER_VERSION, None),
    (MULTICLUSTER_ENGINE, None),
    (ADD_ON_CONFIG, "multicluster-engine"),
    (DEPLOYMENT, OPERATOR_NAMESPACE),
    (HOSTED_CLUSTER, None),
    (STORAGE_CLASS, None),
    (NODE, None),
    (POD, None),
    (INFRASTRUCTURE, None),
    (NETWORK, None),
    (IP_ADDRESS_POOL, None),
    (INGRESS_CONTROLLER, "openshift-ingress-operator"),
    (HYPER_CONVERGED, None),
    (AGENT_SERVICE_CONFIG, None),
    (PROVISIONING, None),
)
NAMESPACE_OF = {**dict(READ), CONFIG_MAP: OPERATOR_NAMESPACE}  # of that one alone: supported-versions

FROM_ENGINE = frozenset({HOSTED_CLUSTER, AGENT_SERVICE_CONFIG})  # served once the engine is there, by its components
_OPENSHIFT = "This kind belongs to OpenShift itself: check that the kubeconfig names an OpenShift management cluster."
PROVIDERS: dict[Kind, str] = {
    CLUSTER_VERSION: _OPENSHIFT,
    INFRASTRUCTURE: _OPENSHIFT,
    NETWORK: _OPENSHIFT,
    INGRESS_CONTROLLER: _OPENSHIFT,
    MULTICLUSTER_ENGINE: "Install it (playbook hypershift.core.multicluster_engine).",
    HOSTED_CLUSTER: "Enable component hypershift of the multicluster engine, which installs the HyperShift operator.",
    IP_ADDRESS_POOL: (
        "Install the MetalLB operator and create an IPAddressPool, or make sure that something else serves load"
        " balancers."
    ),
    HYPER_CONVERGED: "Install OpenShift Virtualization 4.14 or newer and create a HyperConverged.",
    AGENT_SERVICE_CONFIG: (
        "Enable component assisted-service of the multicluster engine and create AgentServiceConfig agent."
    ),
    PROVISIONING: (
        "Create Provisioning provisioning-configuration with watchAllNamespaces, when BareMetalHosts are to be used."
    ),
}
