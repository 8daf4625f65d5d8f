# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: what the operator refuses in a HostedCluster, and what it misses to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..findings import Health, Severity
from ..subject import Raw, Subject
from .release_image import RELEASE_IMAGE_RULES
from .rule import FIX_AND_RETRY, INPUT_STOPS, INPUT_STOPS_NEW, NOISE, Rule, worded

# The sync step names the object after its kind, the API server's own error names it in quotes; a bare name means
# missing too.
_MISSING = worded(r"(?:secrets?|configmaps?) \"?(?P<missing>[\w./-]+)\"?(?: not found|:.*not found|$)")
_UNREADABLE = worded(r"failed to get referenced (?:secret|configmap) \"?(?P<missing>[\w./-]+)\"?:? (?P<why>.+)")
_CONFLICT = worded(r"the object has been modified|please apply your changes to the latest version")


def _what(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"what": "ConfigMap" if "configmap" in (raw.get("message") or "").lower() else "Secret"}


def _names_in(value: object) -> Iterator[str]:
    """Every name that a spec refers to, at any depth."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "name" and isinstance(inner, str):
                yield inner
            else:
                yield from _names_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _names_in(inner)


def _referenced(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """Only what the user refers to: what the operator makes itself may be missing for a moment while it works."""
    found = _MISSING.search(raw.get("message") or "")
    name = found["missing"].rpartition("/")[2] if found else ""
    return _what(subject, raw) if name in set(_names_in(subject.spec)) else None


def _no_conflict(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return None if _CONFLICT.search(raw.get("message") or "") else {}


INPUT_RULES = (
    Rule(
        code="referenced_object_missing",
        title="The cluster refers to a Secret or ConfigMap that does not exist",
        conditions=("ValidConfiguration", "ReconciliationSucceeded"),
        message=_MISSING,
        check=_referenced,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the {what} {missing} that the cluster refers to does not exist",
        next_step=(
            "Create it in namespace {namespace} (never in openshift-config), or correct the reference in the "
            f"spec. {FIX_AND_RETRY}"
        ),
        reason=(
            "every referenced Secret and ConfigMap is read from the namespace of the HostedCluster and the sync stops "
            "at the first missing one (platform_facts#3, #O.3)"
        ),
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="referenced_object_unreadable",
        title="A referenced Secret or ConfigMap could not be read",
        conditions=("ReconciliationSucceeded",),
        message=_UNREADABLE,
        check=_what,
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the {what} {missing} that the cluster refers to could not be read: {why}",
        next_step="If it lasts, check that {what} {missing} exists and has the keys that its field asks for.",
        reason="the sync step stops at the first reference that it cannot read and tries again (platform_facts#3)",
        young=NOISE,
    ),
    Rule(
        code="invalid_configuration",
        title="The operator rejects the configuration",
        conditions=("ValidConfiguration",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the operator rejects the configuration: {message}",
        next_step="Correct the named field of the HostedCluster; nothing more is created or changed until then.",
        reason="the reconcile loop ends in an error while ValidConfiguration is False (platform_facts#O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="unsupported_hosted_cluster",
        title="This management cluster cannot host the cluster",
        conditions=("SupportedHostedCluster",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="this management cluster cannot host it: {message}",
        next_step=(
            "Configure the operator for it (for private AWS clusters: credentials and region) or change the"
            " HostedCluster."
        ),
        reason="the operator stops silently while SupportedHostedCluster is False (platform_facts#O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    *RELEASE_IMAGE_RULES,
    Rule(
        code="invalid_control_plane_configuration",
        title="The control plane's configuration is rejected",
        conditions=("ValidHostedControlPlaneConfiguration",),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the control-plane operator rejects the configuration: {message}",
        next_step=(
            "Correct the named setting; on KubeVirt also check that the management cluster hands out LoadBalancer"
            " addresses."
        ),
        reason=(
            "it is the first thing the control-plane operator checks and it does not go on without it"
            " (platform_facts#O.4, #10.5)"
        ),
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="invalid_proxy_configuration",
        title="The proxy's CA bundle is not valid",
        conditions=("ValidProxyConfiguration",),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the proxy configuration is not valid: {message}",
        next_step=(
            "Correct the ConfigMap named by spec.configuration.proxy.trustedCA: one PEM bundle in key ca-bundle.crt."
        ),
        reason="proxy settings reach every node, a broken bundle cuts them off (platform_facts#0.5, #4.6)",
    ),
)

OPERATOR_RULES = (
    Rule(
        code="reconcile_error",
        title="The operator cannot finish a reconcile",
        conditions=("ReconciliationSucceeded", "ConfigOperatorReconciliationSucceeded"),
        check=_no_conflict,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the operator cannot finish its work: {message}",
        next_step=(
            "Act on the message; if it names no cause, read the log of Deployment operator in namespace hypershift."
        ),
        reason=(
            "both conditions carry the error that ended the last loop; write conflicts between controllers are left "
            "out (platform_facts#0.5, #O.3)"
        ),
        young=NOISE,
    ),
)
