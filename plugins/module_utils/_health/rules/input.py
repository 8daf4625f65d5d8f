# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: what the operator refuses in a HostedCluster, and what it misses to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..findings import Health, Severity
from ..subject import Raw, Subject
from .rule import INPUT_STOPS, INPUT_STOPS_NEW, NOISE, Rule, worded

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


def _pull_secret(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"secret": (subject.spec.get("pullSecret") or {}).get("name") or "<unset>"}


def _image(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"image": (subject.spec.get("release") or {}).get("image") or "<unset>"}


def _images_needed(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """A control plane that is up and not degraded shows that it runs without them; nodes may still need what ignition
    lacks."""
    runs = subject.status_of("Available") == "True" and subject.status_of("Degraded") == "False"
    return None if runs and subject.status_of("IgnitionServerValidReleaseInfo") != "False" else {}


def _no_conflict(subject: Subject, raw: Raw) -> dict[str, str] | None:
    return None if _CONFLICT.search(raw.get("message") or "") else {}


_FIX_AND_RETRY = "The operator checks again by itself once the object exists; run the task again then."

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
            f"spec. {_FIX_AND_RETRY}"
        ),
        reason=(
            "every referenced Secret and ConfigMap is read from the namespace of the HostedCluster and the sync stops "
            "at the first missing one (facts 3, O.3)"
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
        reason="the sync step stops at the first reference that it cannot read and tries again (facts 3)",
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
        reason="the reconcile loop ends in an error while ValidConfiguration is False (facts O.3)",
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
        reason="the operator stops silently while SupportedHostedCluster is False (facts O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="pull_secret_missing",
        title="The pull secret does not exist",
        conditions=("ValidReleaseImage",),
        reasons=frozenset({"SecretNotFound"}),
        check=_pull_secret,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the pull secret {namespace}/{secret} does not exist, so the release image cannot be read",
        next_step="Create Secret {secret} in namespace {namespace} with the key .dockerconfigjson. " + _FIX_AND_RETRY,
        reason="ValidReleaseImage False with reason SecretNotFound is retried, everything after it waits (facts O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="release_version_unsupported",
        title="The release is outside what the operator supports",
        conditions=("ValidReleaseImage",),
        message=worded(r"version supported|not supported|unsupported|downgrade|releases before"),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the operator does not accept release {image}: {message}",
        next_step=(
            "Choose a version listed in ConfigMap supported-versions of the operator's namespace, or update the"
            " operator first."
        ),
        reason=(
            "the release is checked against the supported range and y-stream downgrades are refused (facts 1.1, 6.3)"
        ),
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="registry_certificate_untrusted",
        title="The registry's certificate is not trusted",
        conditions=("ValidReleaseImage",),
        message=worded(r"x509|certificate signed by unknown authority|tls: "),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the registry of {image} presents a certificate that the operator does not trust: {message}",
        next_step=(
            "Add the registry's CA to the management cluster (image.config.openshift.io/cluster, additionalTrustedCA)"
            " and to the HostedCluster's additionalTrustBundle."
        ),
        reason="the operator and the hosted cluster trust registries separately (facts 11.7)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="registry_unreachable",
        title="The registry of the release image does not answer",
        conditions=("ValidReleaseImage",),
        message=worded(
            r"i/o timeout|timed? ?out|no such host|connection refused|connection reset|EOF|too many requests|service"
            r" unavailable"
        ),
        check=_image,
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the registry of {image} does not answer: {message}",
        next_step=(
            "Check DNS, proxy and registry from the operator's pods; a mirror that was added later needs a restart of"
            " the operator."
        ),
        reason=(
            "release metadata is read from the registry at every change of the spec; mirrors are read only at start"
            " (facts O.3, 11.7)"
        ),
    ),
    Rule(
        code="pull_secret_rejected",
        title="The registry rejects the pull secret",
        conditions=("ValidReleaseImage",),
        message=worded(r"unauthori[sz]ed|authentication required|denied: |\b40[13]\b"),
        check=lambda subject, raw: {**_pull_secret(subject, raw), **_image(subject, raw)},
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the registry of {image} does not accept pull secret {namespace}/{secret}: {message}",
        next_step=(
            "Put credentials for that registry into Secret {secret} in namespace {namespace}, or correct"
            " spec.release.image. The operator tries again by itself."
        ),
        reason=(
            "a later step of the loop turns reason InvalidImage into PayloadArchNotFound, so that only the message"
            " tells (recorded from the real operator, facts O.3)"
        ),
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="release_image_missing",
        title="The release image does not exist",
        conditions=("ValidReleaseImage",),
        message=worded(r"manifest unknown|name unknown|repository name not known|no such image"),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="release image {image} does not exist: {message}",
        next_step="Correct spec.release.image; with a mirror check that it holds this release.",
        reason=(
            "the registry answered that it has no such manifest; reason is PayloadArchNotFound (recorded from the real"
            " operator, facts O.3)"
        ),
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="payload_architecture_unknown",
        title="The architectures of the release image could not be read",
        conditions=("ValidReleaseImage",),
        reasons=frozenset({"PayloadArchNotFound"}),
        check=_image,
        severity=Severity.ERROR,
        verdict=Health.BLOCKED,
        cause="the architectures of {image} could not be read: {message}",
        next_step=(
            "Check that the image exists and that the pull secret may read it; use a -multi release for mixed"
            " architectures."
        ),
        reason=(
            "the payload's architecture is found from the image manifest before anything is created (facts 0.4, O.3)"
        ),
    ),
    Rule(
        code="release_image_invalid",
        title="The release image cannot be used",
        conditions=("ValidReleaseImage",),
        check=_image,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="release image {image} cannot be used: {message}",
        next_step="Check the image reference and that the pull secret may read it, then correct spec.release.image.",
        reason="the operator stops while ValidReleaseImage is False (facts O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="release_images_missing",
        title="Images of the release are missing",
        conditions=("ValidReleaseInfo", "IgnitionServerValidReleaseInfo"),
        check=_images_needed,
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="images that the control plane needs are not in the release: {message}",
        next_step="Mirror the complete release and check the registry overrides of the operator.",
        reason="both conditions list images that the payload lacks (facts 0.5, 11.7)",
    ),
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
            "it is the first thing the control-plane operator checks and it does not go on without it (facts O.4, 10.5)"
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
        reason="proxy settings reach every node, a broken bundle cuts them off (facts 0.5, 4.6)",
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
            "out (facts 0.5, O.3)"
        ),
        young=NOISE,
    ),
)
