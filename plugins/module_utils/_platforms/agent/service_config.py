# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AgentServiceConfig: what is desired, what cannot change, when the assisted service works.

Source: platform_facts#2.4, #2.5, #11.7. osImages is a list without merge keys: entries of others are kept as they
stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._kernel import conditions
from ..._kernel.compare import equal
from ..._kernel.errors import Failure
from ..._kernel.kinds import AGENT_SERVICE_CONFIG, CONFIG_MAP
from ..._kernel.objects import Object, lookup
from ..._kernel.text import message_line

NAME = "agent"  # the operator works on no other one
COMPONENT = "assisted-service"
OS_IMAGES = "hypershift.core/os-images"  # annotation on a configuration of others: the entries that we added
WATCH_BEFORE = "hypershift.core/watch-all-namespaces-before"  # annotation on Provisioning: what stood there before us
STORAGES = {
    "database_storage": "databaseStorage",
    "filesystem_storage": "filesystemStorage",
    "image_storage": "imageStorage",
}
DEFAULT_SIZES = {"database_storage": "10Gi", "filesystem_storage": "100Gi"}
_GOALS = ("ReconcileCompleted", "DeploymentsHealthy")
# Reasons of ReconcileCompleted that another attempt of the operator does not get past.
_FINAL = frozenset(
    {
        "StorageFailure",
        "ConfigFailure",
        "OSImageCACertRefFailure",
        "ReasonOSImageAdditionalParamsRefFailure",
        "KubernetesIngressConfigMissing",
    }
)


def architecture(name: Any) -> str:
    """One spelling per architecture: the assisted service takes aarch64 and arm64, amd64 and x86_64."""
    text = str(name or "x86_64")
    return {"arm64": "aarch64", "amd64": "x86_64"}.get(text, text)


def image_key(image: Object) -> str:
    """``4.20/x86_64``: what tells one entry of osImages from another."""
    return f"{image.get('openshiftVersion')}/{architecture(image.get('cpuArchitecture'))}"


def os_image(given: Object) -> Object:
    """An option's entry as the API spells it."""
    names = {
        "openshift_version": "openshiftVersion",
        "version": "version",
        "url": "url",
        "rootfs_url": "rootFSUrl",
        "cpu_architecture": "cpuArchitecture",
    }
    return {field: given[option] for option, field in names.items() if given.get(option) is not None}


def merged_images(live: Sequence[Object], wanted: Sequence[Object]) -> list[Object]:
    """The live list with ours changed in their places and the new ones behind."""
    ours = {image_key(image): image for image in wanted}
    kept = []
    for image in live:
        change = ours.pop(image_key(image), None)
        kept.append(image if change is None or equal(change, image) else {**image, **change})
    return [*kept, *ours.values()]


def without_images(live: Sequence[Object], keys: Sequence[str]) -> list[Object]:
    return [image for image in live if image_key(image) not in keys]


def architectures(config: Object | None) -> set[str]:
    """Those that osImages names; empty when it names none and the service's own list holds."""
    return {architecture(image.get("cpuArchitecture")) for image in lookup(config, ("spec", "osImages")) or ()}


def storage(given: Object, size: str = "") -> Object:
    """A claim of one storage option; size when the option gives none."""
    claim: Object = {}
    if given.get("size") or size:
        claim["resources"] = {"requests": {"storage": given.get("size") or size}}
    if given.get("storage_class"):
        claim["storageClassName"] = given["storage_class"]
    return claim


def desired_spec(options: Object) -> Object:
    """What the options set, and nothing else; without osImages."""
    spec: Object = {field: storage(options[option]) for option, field in STORAGES.items() if options.get(option)}
    if options.get("mirror_registry_config"):
        spec["mirrorRegistryRef"] = {"name": options["mirror_registry_config"]["name"]}
    return spec


def creation_spec(options: Object) -> Object:
    """The whole spec of a new configuration: storages with the sizes that the documentation asks for."""
    spec = desired_spec(options)
    for option, field in STORAGES.items():
        if options.get(option) or option in DEFAULT_SIZES:
            claim = storage(options.get(option) or {}, DEFAULT_SIZES.get(option, "50Gi"))
            spec[field] = {"accessModes": ["ReadWriteOnce"], **claim}
    spec["osImages"] = [os_image(image) for image in options.get("os_images") or ()]
    return spec if spec["osImages"] else {k: v for k, v in spec.items() if k != "osImages"}


def storage_refusals(options: Object, live: Object) -> list[Failure]:
    """Storages are claimed once: what differs would have to be moved by hand."""
    found = []
    for option, field in STORAGES.items():
        wanted, have = storage(options.get(option) or {}), lookup(live, ("spec", field))
        if not wanted or equal(wanted, have):
            continue
        size, name = (
            lookup(have, ("resources", "requests", "storage")) or "none",
            lookup(have, ("storageClassName",)) or "the default one",
        )
        found.append(
            Failure(
                "immutable_field",
                f"option {option} differs from the claim that exists (size {size}, storage class {name}), and a claim"
                " cannot be changed",
                AGENT_SERVICE_CONFIG.ref(None, NAME),
                next_step=(
                    f"Set {option} to what it is, or remove and create the assisted service when no InfraEnv uses it."
                ),
            )
        )
    return found


def mirror_config_map(given: Object, namespace: str) -> Object | None:
    """ConfigMap with the mirrors (platform_facts#11.7); None when the option only names one that exists."""
    data = {"ca-bundle.crt": given.get("ca_bundle"), "registries.conf": given.get("registries_conf")}
    content = {key: value for key, value in data.items() if value is not None}
    if not content:
        return None
    body = CONFIG_MAP.manifest(given["name"], namespace, data=content)
    body["metadata"]["labels"] = {"app": "assisted-service"}
    return body


def component_off(engines: Sequence[Object]) -> bool:
    """Whether a MultiClusterEngine says that the component is disabled; without an entry it is on."""
    entries = [c for engine in engines for c in lookup(engine, ("spec", "overrides", "components")) or ()]
    return any(c.get("name") == COMPONENT and c.get("enabled") is False for c in entries)


def missing(config: Object | None) -> str:
    """What keeps the assisted service from working, in a few words; empty when it works."""
    if config is None:
        return "AgentServiceConfig agent does not exist"
    return "; ".join(_state(config, name) for name in _GOALS if not conditions.is_true(config, name))


def hopeless(config: Object | None) -> str:
    """The operator's own words when trying again does not help it; empty otherwise."""
    found = conditions.get(config, "ReconcileCompleted")
    if found is None or found.status != "False" or found.reason not in _FINAL:
        return ""
    return f"{found.reason}: {message_line(found.message)}"


def _state(config: Object, name: str) -> str:
    found = conditions.get(config, name)
    if found is None:
        return f"{name} is not reported yet"
    return f"{name} is {found.status} ({found.reason}: {message_line(found.message)})"
