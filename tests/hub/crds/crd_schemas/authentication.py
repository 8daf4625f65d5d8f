# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""spec.configuration.authentication and the part of the status that answers it."""

from __future__ import annotations

from .schema import Rule, Schema, array, enum, matching, obj, required, rule, text, texts
from .shared import conditions, named

_RESERVED = ("kubernetes.io", "k8s.io", "openshift.io")
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_EITHER = rule("has(self.claim) != has(self.expression)", "set claim or expression, not both")


def _extra_key_rules() -> list[Rule]:
    """A key is <domain>/<path>, and some domains are taken."""
    domain, path = "self.split('/', 2)[0]", "self.split('/', 2)[1]"
    is_domain = matching(rf"^{_LABEL}(\.{_LABEL})*$").removeprefix("self.")
    reserved = [rule(f"!('.' + {domain}).endsWith('.{name}')", f"{name} and the domains below it are reserved") for name in _RESERVED]
    return [
        rule("self.contains('/')", "the key needs a domain and a path with a / between them"),
        rule(f"{domain}.{is_domain}", "what is before the / must be a domain name"),
        rule(f"size({domain}) <= 253", "what is before the / can have 253 characters"),
        *reserved,
        rule(
            f"""{path}.matches("[-A-Za-z0-9/._~%!$&'()*+;=:]+")""",
            "what is behind the / must be a path of letters, digits and the characters that a URL allows",
        ),
        rule(f"size({path}) <= 256", "what is behind the / can have 256 characters"),
    ]


def _claim_mappings() -> Schema:
    claim, expression = text(max=256, min=1), text(max=1024, min=1)
    extra = obj({"key": required(text(min=1, max=510, rules=_extra_key_rules())), "valueExpression": required(expression)})
    groups = obj(
        {"claim": text(max=256), "expression": expression, "prefix": text()},
        rules=[
            rule("!has(self.expression) || self.?prefix.orValue('') == ''", "prefix cannot be combined with expression"),
            rule("!has(self.expression) || self.?claim.orValue('') == ''", "set claim or expression, not both"),
        ],
    )
    return obj(
        {
            "extra": array(extra, max=32, keys=["key"]),
            "groups": groups,
            "uid": obj({"claim": claim, "expression": expression}, rules=[_EITHER]),
            "username": required(_username(claim, expression)),
        }
    )


def _username(claim: Schema, expression: Schema) -> Schema:
    return obj(
        {
            "claim": claim,
            "expression": expression,
            "prefix": obj({"prefixString": required(text(min=1))}),
            "prefixPolicy": enum("", "NoPrefix", "Prefix"),
        },
        rules=[
            _EITHER,
            rule(
                "!(has(self.expression) && self.?prefixPolicy.orValue('') == 'Prefix')",
                "prefixPolicy Prefix cannot be combined with expression",
            ),
            rule(
                "has(self.prefix) == (self.?prefixPolicy.orValue('') == 'Prefix')", "prefix goes with prefixPolicy Prefix and with no other"
            ),
        ],
    )


def _validation_rule() -> Schema:
    def goes_with(field: str, type_: str) -> Rule:
        return rule(f"has(self.{field}) == (self.type == '{type_}')", f"{field} goes with type {type_} and with no other")

    return obj(
        {
            "type": required(enum("RequiredClaim", "CEL")),
            "cel": obj({"expression": required(text(min=1, max=1024)), "message": required(text(min=1, max=256))}),
            "requiredClaim": obj({"claim": required(text(min=1)), "requiredValue": required(text(min=1))}),
        },
        rules=[goes_with("cel", "CEL"), goes_with("requiredClaim", "RequiredClaim")],
    )


def _issuer() -> Schema:
    discovery = [
        rule("isURL(self)", "discoveryURL must be a URL"),
        rule("url(self).getScheme() == 'https'", "discoveryURL must be a URL with https"),
        rule("url(self).getQuery().size() == 0", "discoveryURL cannot have a query"),
        rule("!self.contains('#')", "discoveryURL cannot have a fragment"),
        rule(f"!{matching('^https://.+:.+@.+/.*$')}", "discoveryURL cannot have a user name and a password"),
    ]
    issuer = [
        rule("isURL(self)", "issuerURL must be a URL"),
        rule("isURL(self) && url(self).getScheme() == 'https'", "issuerURL must be a URL with https"),
        rule("isURL(self) && url(self).getQuery().size() == 0", "issuerURL cannot have a query"),
        rule("!self.matches('#.+$')", "issuerURL cannot have a fragment"),
        rule("!self.contains('@')", "issuerURL cannot have a user name"),
    ]
    different = rule(
        "!has(self.discoveryURL) || self.issuerURL.find('^.+[^/]') != self.discoveryURL.find('^.+[^/]')",
        "discoveryURL must differ from issuerURL; leave it out when they are the same",
    )
    return obj(
        {
            "audiences": required(array(text(min=1), min=1, max=10, kind="set")),
            "discoveryURL": text(min=1, max=2048, rules=discovery),
            "issuerCertificateAuthority": named(),
            "issuerURL": required(text(min=1, max=512, rules=issuer)),
        },
        rules=[different],
    )


def _oidc_provider() -> Schema:
    client = {
        "clientID": required(text(min=1)),
        "clientSecret": named(),
        "componentName": required(text(min=1, max=256)),
        "componentNamespace": required(text(min=1, max=63)),
        "extraScopes": texts(kind="set"),
    }
    user_rule = {"expression": required(text(min=1, max=1024)), "message": required(text(min=1, max=256))}
    return obj(
        {
            "claimMappings": required(_claim_mappings()),
            "claimValidationRules": array(_validation_rule(), kind="atomic"),
            "issuer": required(_issuer()),
            "name": required(text(min=1)),
            "oidcClients": array(obj(client), max=20, keys=["componentNamespace", "componentName"]),
            "userValidationRules": array(obj(user_rule), min=1, max=64, keys=["expression"]),
        }
    )


def authentication() -> Schema:
    return obj(
        {
            "oauthMetadata": named(),
            "oidcProviders": array(_oidc_provider(), max=1, keys=["name"]),
            "serviceAccountIssuer": text(),
            "type": enum("", "None", "IntegratedOAuth", "OIDC"),
            "webhookTokenAuthenticator": obj({"kubeConfig": required(named())}),
            "webhookTokenAuthenticators": array(obj({"kubeConfig": named()}), kind="atomic"),
        }
    )


_USER = rf"^system:serviceaccount:{_LABEL}:{_LABEL}(\.{_LABEL})*$"


def authentication_status() -> Schema:
    current = {
        "clientID": required(text(min=1)),
        "issuerURL": required(text(pattern=r"^https:\/\/[^\s]")),
        "oidcProviderName": required(text(min=1)),
    }
    client = {
        "componentName": required(text(min=1, max=256)),
        "componentNamespace": required(text(min=1, max=63)),
        "conditions": conditions(),
        "consumingUsers": array(text(min=1, max=512, pattern=_USER), max=5, kind="set"),
        "currentOIDCClients": array(obj(current), keys=["issuerURL", "clientID"]),
    }
    clients = array(obj(client), max=20, keys=["componentNamespace", "componentName"])
    return obj({"integratedOAuthMetadata": named(), "oidcClients": clients})
