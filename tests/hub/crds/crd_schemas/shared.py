# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Nodes that several kinds use."""

from __future__ import annotations

from .schema import Schema, array, boolean, enum, long, mapping, matches, matching, moment, obj, open_object, required, rule, text, texts

_NAME = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
LABEL_VALUE = r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])"
LABEL_KEY_PATTERN = rf"^({_NAME}(\.{_NAME})*/)?{LABEL_VALUE}$"
IPV4 = r"(\d{1,3}\.){3}\d{1,3}"

DNS_LABEL = matches(rf"^{_NAME}$", "only lower case letters, digits and inner dashes are possible")
QUALIFIED_NAME = rf"^({_NAME}(\.{_NAME})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?$"
_HOST = r"([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}"
DOMAIN = rule(f"self == '' || {matching(rf'^([a-zA-Z0-9-]+|{_HOST})$')}", "a domain name is needed, like example.com")
HOST_NAME = matches(rf"^{_HOST}$", "a host name with its domain is needed, like api.example.com")
CIDR = matches(
    rf"^({IPV4}/\d{{1,2}}|([0-9a-fA-F]{{0,4}}:){{2,7}}[0-9a-fA-F]{{0,4}}/\d{{1,3}})$",
    "an address range in CIDR notation is needed, like 192.0.2.0/24 or 2001:db8::/64",
)
URL = rule("isURL(self)", "an absolute URL is needed")
PAUSED_UNTIL = matches(
    r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*|[Tt]rue|[Ff]alse)$",
    "pausedUntil takes a moment in RFC 3339 notation, or true or false",
)
AWS_TAG = matches("^[0-9A-Za-z_.:/=+@-]+$", "only letters, digits and _ . : / = + - @ are possible")


def cidr() -> Schema:
    return text(max=43, rules=[CIDR])


def local_reference() -> Schema:
    """A name in the same namespace."""
    return obj({"name": text(default="")}, atomic=True)


def named() -> Schema:
    """The name of a Secret or ConfigMap as the configuration API spells it."""
    return obj({"name": required(text())})


def object_reference() -> Schema:
    fields = ("apiVersion", "fieldPath", "kind", "name", "namespace", "resourceVersion", "uid")
    return obj({name: text() for name in fields}, atomic=True)


def namespaced_name() -> Schema:
    return obj({"name": text(), "namespace": text()})


def label_selector() -> Schema:
    expression = obj({"key": required(text()), "operator": required(text()), "values": texts(kind="atomic")})
    return obj({"matchExpressions": array(expression, kind="atomic"), "matchLabels": mapping(text())}, atomic=True)


def release() -> Schema:
    image = text(
        min=1,
        max=253,
        rules=[matches(r"^\w+\S+$", "an image starts with a letter, digit or underscore and has no spaces")],
    )
    return obj({"image": required(image)})


def secret_key() -> Schema:
    return obj({"key": required(text(max=255)), "name": required(text(max=255))})


def tolerations(max: int | None = None, kind: str | None = None) -> Schema:
    names = ("effect", "key", "operator", "value")
    return array(obj({**{name: text() for name in names}, "tolerationSeconds": long()}), max=max, kind=kind)


def aws_tags(**more: Schema) -> Schema:
    fields = {
        "key": required(text(min=1, max=128, rules=[AWS_TAG])),
        "value": required(text(min=1, max=256, rules=[AWS_TAG])),
    }
    return array(obj({**fields, **more}), max=25)


def aws_resource(**options: object) -> Schema:
    """A subnet or security group, by id or by filters."""
    aws_filter = obj({"name": required(text(max=255)), "values": required(array(text(max=255), max=50))})
    return obj({"id": text(max=255), "filters": array(aws_filter, max=50)}, **options)  # type: ignore[arg-type]


def conditions(max: int | None = None) -> Schema:
    """The conditions of the platform's API machinery: everything but the generation is needed."""
    fields = {
        "type": required(text(max=316, pattern=LABEL_KEY_PATTERN)),
        "status": required(enum("True", "False", "Unknown")),
        "reason": required(text(min=1, max=1024, pattern="^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")),
        "message": required(text(max=32768)),
        "lastTransitionTime": required(moment()),
        "observedGeneration": long(min=0),
    }
    return array(obj(fields), max=max, keys=["type"])


def cluster_api_conditions() -> Schema:
    """Cluster API's own conditions, with a severity and without merge keys."""
    fields = {
        "type": required(text(min=1, max=256)),
        "status": required(text()),
        "severity": text(max=32),
        "reason": text(min=1, max=256),
        "message": text(min=1, max=10240),
        "lastTransitionTime": required(moment()),
    }
    return array(obj(fields))


def machine_addresses() -> Schema:
    kinds = enum("Hostname", "ExternalIP", "InternalIP", "ExternalDNS", "InternalDNS")
    return array(obj({"type": required(kinds), "address": required(text(min=1, max=256))}))


def failure_domains() -> Schema:
    return mapping(obj({"attributes": mapping(text()), "controlPlane": boolean()}))


def later_conditions() -> Schema:
    """Where Cluster API keeps the status of its next version; nobody here writes it."""
    return open_object()
