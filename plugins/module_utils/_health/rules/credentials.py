# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules: credentials, identity and encryption keys of a hosted cluster."""

from __future__ import annotations

from ..findings import Health, Severity
from .rule import ALWAYS, COMING, INPUT_STOPS, INPUT_STOPS_NEW, Rule

CREDENTIAL_RULES = (
    Rule(
        code="platform_credentials_missing",
        title="The credentials of the platform are missing",
        conditions=("PlatformCredentialsFound",),
        phase=ALWAYS,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the platform's credentials cannot be used: {message}",
        next_step="Create or correct the Secret or role that the message names in namespace {namespace}.",
        reason="credentials are set up before any platform object and the loop stops at an error (platform_facts#O.3)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="identity_provider_invalid",
        title="AWS does not accept the cluster's identity provider",
        conditions=("ValidAWSIdentityProvider",),
        phase=ALWAYS,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="AWS rejects the identity of the control plane: {message}",
        next_step=(
            "Check that the IAM OIDC provider of the issuer URL exists and that the roles trust it; recreate it if it"
            " was deleted."
        ),
        reason="every cloud call of the control plane assumes a role through this provider (platform_facts#2.7)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="oidc_configuration_invalid",
        title="The OIDC documents of the cluster are not available",
        conditions=("ValidOIDCConfiguration",),
        phase=ALWAYS,
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the cluster's OIDC documents cannot be served: {message}",
        next_step=(
            "Restore <infraID>/.well-known/openid-configuration and <infraID>/openid/v1/jwks in the operator's bucket."
        ),
        reason="the operator uploads them once only and then trusts its finalizer as a marker (platform_facts#2.7)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="kms_role_invalid",
        title="The role for the encryption key is not valid",
        conditions=("ValidAWSKMSConfig", "ValidAzureKMSConfig"),
        reasons=frozenset({"InvalidIAMRole", "InvalidAzureCredentials"}),
        severity=Severity.FATAL,
        verdict=Health.BLOCKED,
        cause="the control plane may not use its encryption key: {message}",
        next_step=(
            "Let the KMS role trust the cluster's identity provider and use the key, then check the key's own policy."
        ),
        reason="without the key the API server cannot read Secrets (platform_facts#0.3, #0.5)",
        stops=INPUT_STOPS,
        stops_new=INPUT_STOPS_NEW,
    ),
    Rule(
        code="kms_unavailable",
        title="The key management service cannot be used",
        conditions=("ValidAWSKMSConfig", "ValidAzureKMSConfig"),
        severity=Severity.ERROR,
        verdict=Health.DEGRADED,
        cause="the key management service cannot be used: {message}",
        next_step="Check that the key is enabled and in the cluster's region, and that the service can be reached.",
        reason="without the key the API server cannot read Secrets (platform_facts#0.3, #0.5)",
        starting=COMING,
    ),
)
