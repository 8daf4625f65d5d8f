# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""spec.configuration: the settings of the hosted cluster's own API, one node for each of its configuration kinds."""

from __future__ import annotations

from .authentication import authentication
from .schema import Schema, array, boolean, enum, immutable, integer, mapping, matches, obj, required, rule, text, texts
from .shared import label_selector, named, tolerations

_HOST_OR_WILDCARD = r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY = matches(
    rf"^\*(\.{_HOST_OR_WILDCARD})+$|^{_HOST_OR_WILDCARD}(\.{_HOST_OR_WILDCARD})*(:[0-9]+)?(/[a-z0-9]+(([._]|__|-*)[a-z0-9]+)*)*$",
    "a registry is a host with an optional port and path, or a wildcard like *.example.com; no tag and no digest",
)
_FEATURE = r"^([A-Za-z0-9-]+\.)*[A-Za-z0-9-]+\.?$"


def _api_server() -> Schema:
    profiles = ("Default", "WriteRequestBodies", "AllRequestBodies", "None")
    custom_rule = obj({"group": required(text(min=1)), "profile": required(enum(*profiles))})
    audit = {"customRules": array(custom_rule, keys=["group"]), "profile": enum(*profiles, default="Default")}
    certificate = obj({"names": array(text(), max=64, kind="atomic"), "servingCertificate": named()})
    return obj(
        {
            "additionalCORSAllowedOrigins": texts(kind="atomic"),
            "audit": obj(audit, default={"profile": "Default"}),
            "clientCA": named(),
            "encryption": obj({"type": enum("", "identity", "aescbc", "aesgcm")}),
            "servingCerts": obj({"namedCertificates": array(certificate, max=32, kind="atomic")}),
            "tlsSecurityProfile": _tls_profile(),
        }
    )


def _tls_profile() -> Schema:
    versions = enum("VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13")
    fields = {name: obj(nullable=True) for name in ("old", "intermediate", "modern")}
    fields["custom"] = obj({"ciphers": texts(kind="atomic"), "minTLSVersion": versions}, nullable=True)
    return obj({**fields, "type": enum("Old", "Intermediate", "Modern", "Custom")})


def _feature_gate() -> Schema:
    def stays(value: str) -> dict[str, str]:
        return rule(f"oldSelf != '{value}' || self == '{value}'", f"featureSet {value} cannot be left again")

    names = array(text(pattern=_FEATURE))
    sets = ("CustomNoUpgrade", "DevPreviewNoUpgrade", "TechPreviewNoUpgrade", "OKD", "")
    rules = [*(stays(value) for value in sets[:3]), rule("oldSelf != 'OKD' || self != ''", "featureSet OKD cannot be taken back")]
    return obj({"customNoUpgrade": obj({"disabled": names, "enabled": names}, nullable=True), "featureSet": enum(*sets, rules=rules)})


def _image() -> Schema:
    registries = array(text(min=1, max=256, rules=[_REGISTRY]), max=1024, kind="atomic")
    sources = dict.fromkeys(("allowedRegistries", "blockedRegistries", "insecureRegistries"), registries)
    sources["containerRuntimeSearchRegistries"] = array(text(), min=1, kind="set", format="hostname")
    one_list = rule("!(has(self.blockedRegistries) && has(self.allowedRegistries))", "set allowedRegistries or blockedRegistries, not both")
    return obj(
        {
            "additionalTrustedCA": named(),
            "allowedRegistriesForImport": array(obj({"domainName": text(), "insecure": boolean()}), kind="atomic"),
            "externalRegistryHostnames": texts(kind="atomic"),
            "registrySources": obj(sources, rules=[one_list]),
        }
    )


_INGRESS_PLATFORMS = (
    *("", "AWS", "Azure", "BareMetal", "GCP", "Libvirt", "OpenStack", "None", "VSphere", "oVirt", "IBMCloud"),
    *("KubeVirt", "EquinixMetal", "PowerVS", "AlibabaCloud", "Nutanix", "External"),
)


def _ingress() -> Schema:
    route = {
        "hostname": required(text(pattern=r"^[\p{L}\p{S}a-zA-Z0-9]([-.\p{L}\p{S}a-zA-Z0-9]*[\p{L}\p{S}a-zA-Z0-9])?$")),
        "name": required(text(min=1, max=256)),
        "namespace": required(text(min=1, max=63, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
        "servingCertKeyPairSecret": named(),
    }
    platform = {"aws": obj({"type": required(enum("NLB", "Classic"))}), "type": enum(*_INGRESS_PLATFORMS)}
    return obj(
        {
            "appsDomain": text(),
            "componentRoutes": array(obj(route), max=250, keys=["namespace", "name"]),
            "domain": text(rules=[immutable("domain")]),
            "loadBalancer": obj({"platform": obj(platform)}),
            "requiredHSTSPolicies": array(_hsts_policy()),
        }
    )


def _hsts_policy() -> Schema:
    age = integer(0, 2147483647)
    return obj(
        {
            "domainPatterns": required(array(text(), min=1)),
            "includeSubDomainsPolicy": enum("RequireIncludeSubDomains", "RequireNoIncludeSubDomains", "NoOpinion"),
            "maxAge": obj({"largestMaxAge": age, "smallestMaxAge": age}),
            "namespaceSelector": label_selector(),
            "preloadPolicy": enum("RequirePreload", "RequireNoPreload", "NoOpinion"),
        }
    )


def _network() -> Schema:
    def placement() -> Schema:
        return obj({"nodeSelector": mapping(text()), "tolerations": tolerations(kind="atomic")})

    port = r"([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
    diagnostics = {"mode": enum("", "All", "Disabled"), "sourcePlacement": placement(), "targetPlacement": placement()}
    policy = {"allowedCIDRs": texts(kind="atomic"), "rejectedCIDRs": texts(kind="atomic")}
    disabled = rule(
        "self.?networkDiagnostics.?mode.orValue('') != 'Disabled'"
        " || !(has(self.networkDiagnostics.sourcePlacement) || has(self.networkDiagnostics.targetPlacement))",
        "networkDiagnostics takes no placement in mode Disabled",
    )
    return obj(
        {
            "clusterNetwork": array(obj({"cidr": text(), "hostPrefix": integer(0)}), kind="atomic"),
            "externalIP": obj({"autoAssignCIDRs": texts(kind="atomic"), "policy": obj(policy)}),
            "networkDiagnostics": obj(diagnostics),
            "networkType": text(),
            "serviceNetwork": texts(kind="atomic"),
            "serviceNodePortRange": text(pattern=f"^{port}-{port}$"),
        },
        rules=[disabled],
    )


_CLIENT = {"ca": named(), "clientID": text(), "clientSecret": named()}
_TLS_CLIENT = {"ca": named(), "tlsClientCert": named(), "tlsClientKey": named(), "url": text()}
_LDAP = {
    "attributes": obj({name: texts() for name in ("email", "id", "name", "preferredUsername")}),
    "bindDN": text(),
    "bindPassword": named(),
    "ca": named(),
    "insecure": boolean(),
    "url": text(),
}
_OPENID = {
    **_CLIENT,
    "claims": obj(
        {name: texts(kind="atomic") for name in ("email", "name", "preferredUsername")} | {"groups": array(text(min=1), kind="atomic")}
    ),
    "extraAuthorizeParameters": mapping(text()),
    "extraScopes": texts(),
    "issuer": text(),
}
_REQUEST_HEADER = {
    **{name: texts() for name in ("clientCommonNames", "emailHeaders", "headers", "nameHeaders", "preferredUsernameHeaders")},
    "ca": named(),
    "challengeURL": text(),
    "loginURL": text(),
}
_IDENTITY_PROVIDER = {
    "basicAuth": obj(_TLS_CLIENT),
    "github": obj({**_CLIENT, "hostname": text(), "organizations": texts(), "teams": texts()}),
    "gitlab": obj({**_CLIENT, "url": text()}),
    "google": obj({"clientID": text(), "clientSecret": named(), "hostedDomain": text()}),
    "htpasswd": obj({"fileData": named()}),
    "keystone": obj({**_TLS_CLIENT, "domainName": text()}),
    "ldap": obj(_LDAP),
    "mappingMethod": text(),
    "name": text(),
    "openID": obj(_OPENID),
    "requestHeader": obj(_REQUEST_HEADER),
    "type": text(),
}


def _oauth() -> Schema:
    long_enough = rule(
        "!has(self.tokenConfig) || !has(self.tokenConfig.accessTokenInactivityTimeout)"
        " || duration(self.tokenConfig.accessTokenInactivityTimeout) >= duration('300s')",
        "accessTokenInactivityTimeout must be 300 seconds or longer",
    )
    tokens = {
        "accessTokenInactivityTimeout": text(),
        "accessTokenInactivityTimeoutSeconds": integer(),
        "accessTokenMaxAgeSeconds": integer(),
    }
    templates = {name: named() for name in ("error", "login", "providerSelection")}
    return obj(
        {
            "identityProviders": array(obj(_IDENTITY_PROVIDER), kind="atomic"),
            "templates": obj(templates),
            "tokenConfig": obj(tokens),
        },
        rules=[long_enough],
    )


def _proxy() -> Schema:
    names = ("httpProxy", "httpsProxy", "noProxy")
    return obj({**{name: text() for name in names}, "readinessEndpoints": texts(), "trustedCA": named()})


def _scheduler() -> Schema:
    return obj(
        {
            "defaultNodeSelector": text(),
            "mastersSchedulable": boolean(),
            "policy": named(),
            "profile": enum("", "LowNodeUtilization", "HighNodeUtilization", "NoScoring"),
            "profileCustomizations": obj({"dynamicResourceAllocation": enum("", "Enabled", "Disabled")}),
        }
    )


def configuration() -> Schema:
    source = obj({"disabled": boolean(), "name": text(min=1, max=253)})
    return obj(
        {
            "apiServer": _api_server(),
            "authentication": authentication(),
            "featureGate": _feature_gate(),
            "image": _image(),
            "ingress": _ingress(),
            "network": _network(),
            "oauth": _oauth(),
            "operatorhub": obj({"disableAllDefaultSources": boolean(), "sources": array(source)}),
            "proxy": _proxy(),
            "scheduler": _scheduler(),
        }
    )
