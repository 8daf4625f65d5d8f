# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: the release image of a HostedCluster and the registry that it comes from."""

from __future__ import annotations

from ..findings import Health, Severity
from ..subject import Raw, Subject
from .rule import FIX_AND_RETRY, INPUT_STOPS, INPUT_STOPS_NEW, Rule, worded


def _pull_secret(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"secret": (subject.spec.get("pullSecret") or {}).get("name") or "<unset>"}


def _image(subject: Subject, raw: Raw) -> dict[str, str]:
    return {"image": (subject.spec.get("release") or {}).get("image") or "<unset>"}


def _images_needed(subject: Subject, raw: Raw) -> dict[str, str] | None:
    """A control plane that is up and not degraded shows that it runs without them; nodes may still need what ignition
    lacks."""
    runs = subject.status_of("Available") == "True" and subject.status_of("Degraded") == "False"
    return None if runs and subject.status_of("IgnitionServerValidReleaseInfo") != "False" else {}


RELEASE_IMAGE_RULES = (
    Rule(
        code="pull_secret_missing",
        title="The pull secret does not exist",
        conditions=("ValidReleaseImage",),
        reasons=frozenset({"SecretNotFound"}),
        check=_pull_secret,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the pull secret {namespace}/{secret} does not exist, so the release image cannot be read",
        next_step="Create Secret {secret} in namespace {namespace} with the key .dockerconfigjson. " + FIX_AND_RETRY,
        reason=(
            "ValidReleaseImage False with reason SecretNotFound is retried, everything after it waits"
            " (platform_facts#O.3)"
        ),
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
            "the release is checked against the supported range and y-stream downgrades are refused"
            " (platform_facts#1.1, #6.3)"
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
        reason="the operator and the hosted cluster trust registries separately (platform_facts#11.7)",
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
            " (platform_facts#O.3, #11.7)"
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
            " tells (recorded from the real operator, platform_facts#O.3)"
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
            " operator, platform_facts#O.3)"
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
            "the payload's architecture is found from the image manifest before anything is created"
            " (platform_facts#0.4, #O.3)"
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
        reason="the operator stops while ValidReleaseImage is False (platform_facts#O.3)",
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
        reason="both conditions list images that the payload lacks (platform_facts#0.5, #11.7)",
    ),
)
