# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module assisted_service. Source: platform_facts#2.4, #11.7."""

from __future__ import annotations

from ..._kernel.changes import ChangeSet
from ..._kernel.collection import CREATED_BY
from ..._kernel.compare import merge_patch
from ..._kernel.facts import Fact, FactGoal, Observed
from ..._kernel.kinds import (
    AGENT_SERVICE_CONFIG,
    BARE_METAL_HOST,
    CONFIG_MAP,
    INFRA_ENV,
    MULTICLUSTER_ENGINE,
    PROVISIONING,
    STORAGE_CLASS,
)
from ..._kernel.objects import Object, deep_merge, lookup
from ..._kernel.operation import Plan
from ..._kernel.owned_objects import Owned, gone, refuse_unserved
from ..._kernel.ports.hub import Hub, WatchSpec
from . import service_config

MODULE = "assisted_service"
_REF = AGENT_SERVICE_CONFIG.ref(None, service_config.NAME)
_PROVISIONING = "provisioning-configuration"
_OPENSHIFT_HOSTS = "openshift-machine-api"  # where the hosts of the management cluster itself are
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_STEP = "Look at the pods of namespace {namespace} (kubectl get pods,pvc -n {namespace}), then run again."


class AssistedServicePresent:
    """AgentServiceConfig agent with our settings, the ConfigMap of mirrors, and Provisioning for BareMetalHosts."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]

    def plan(self) -> Plan:
        changes = ChangeSet()
        live = self._hub.get(AGENT_SERVICE_CONFIG, None, service_config.NAME)
        if service_config.component_off(self._hub.list(MULTICLUSTER_ENGINE)):
            changes.refuse(
                "component_disabled",
                "component assisted-service of the multicluster engine is disabled",
                "Enable it first (module multicluster_engine_components).",
                _REF,
            )
        if self._options.get("mirror_registry_config"):
            self._plan_mirror(changes, self._options["mirror_registry_config"])
        if live is None:
            refuse_unserved(self._hub, changes, AGENT_SERVICE_CONFIG, "the multicluster engine")
            self._refuse_without_class(changes)
            body = AGENT_SERVICE_CONFIG.manifest(service_config.NAME, spec=service_config.creation_spec(self._options))
            Owned(self._hub, changes, MODULE).bring(
                AGENT_SERVICE_CONFIG, None, body, "the assisted service is not set up yet"
            )
        else:
            self._plan_change(changes, live)
        if self._options.get("bare_metal_hosts"):
            self._plan_provisioning(changes)
        return Plan(changes, (AGENT_SERVICE_CONFIG, None, service_config.NAME), live, goal=self._goal)

    def _plan_change(self, changes: ChangeSet, live: Object) -> None:
        if lookup(live, ("metadata", "deletionTimestamp")):
            changes.refuse("deleting", "it is being deleted", "Wait until it is gone, then run again.", _REF)
            return
        changes.refusals += service_config.storage_refusals(self._options, live)
        self._refuse_others_mirror(changes, live)
        spec = {
            k: v
            for k, v in service_config.desired_spec(self._options).items()
            if k not in service_config.STORAGES.values()
        }
        patch = merge_patch({"spec": spec}, live)
        changes.patch(
            AGENT_SERVICE_CONFIG, live, deep_merge(patch, self._images(changes, live)), "it differs from the options"
        )

    def _refuse_others_mirror(self, changes: ChangeSet, live: Object) -> None:
        asked, have = self._options.get("mirror_registry_config"), lookup(live, ("spec", "mirrorRegistryRef", "name"))
        ours = Owned(self._hub, changes, MODULE).is_ours(live)
        if asked and have and have != asked["name"] and not ours:
            cause = f"option mirror_registry_config names {asked['name']}, but others have set {have}"
            changes.refuse("belongs_to_others", cause, "Leave the option out, or name that ConfigMap.", _REF)

    def _images(self, changes: ChangeSet, live: Object) -> Object:
        """The whole list, since it has no merge keys; the guard notices what others write meanwhile."""
        have = lookup(live, ("spec", "osImages")) or []
        asked = [service_config.os_image(image) for image in self._options.get("os_images") or ()]
        after = service_config.merged_images(have, asked)
        if after == have:
            return {}
        patch: Object = {"spec": {"osImages": after}}
        if not Owned(self._hub, changes, MODULE).is_ours(live):
            known = {service_config.image_key(image) for image in have}
            before = (lookup(live, ("metadata", "annotations")) or {}).get(service_config.OS_IMAGES, "")
            added = {k for k in before.split(",") if k} | {service_config.image_key(i) for i in asked} - known
            if added:
                patch["metadata"] = {"annotations": {service_config.OS_IMAGES: ",".join(sorted(added))}}
        return patch

    def _plan_mirror(self, changes: ChangeSet, given: Object) -> None:
        body = service_config.mirror_config_map(given, self._namespace)
        if body is not None:
            Owned(self._hub, changes, MODULE).ensure(CONFIG_MAP, body, "mirrors that the assisted service pulls from")
        elif self._hub.get(CONFIG_MAP, self._namespace, given["name"]) is None:
            changes.refuse(
                "referenced_object_missing",
                "option mirror_registry_config.name names an object that does not exist",
                "Create it, or give ca_bundle and registries_conf.",
                CONFIG_MAP.ref(self._namespace, given["name"]),
            )

    def _refuse_without_class(self, changes: ChangeSet) -> None:
        """Claims without a class stay pending for ever where no class is the default."""
        spec = service_config.creation_spec(self._options)
        lacking = [
            option
            for option, field in service_config.STORAGES.items()
            if field in spec and not spec[field].get("storageClassName")
        ]
        if not lacking:
            return
        classes = self._hub.list(STORAGE_CLASS)
        if not any((lookup(c, ("metadata", "annotations")) or {}).get(_DEFAULT_CLASS) == "true" for c in classes):
            names = ", ".join(sorted(c["metadata"]["name"] for c in classes)) or "none"
            cause = f"no storage class is the default one (there are: {names}), and {', '.join(lacking)} name none"
            changes.refuse(
                "no_default_storage_class",
                cause,
                "Name a storage_class in each of them, or make one class the default.",
                _REF,
            )

    def _plan_provisioning(self, changes: ChangeSet) -> None:
        live = self._hub.get(PROVISIONING, None, _PROVISIONING)
        if live is None:
            changes.refuse(
                "not_found",
                "it does not exist, so this management cluster does not provision BareMetalHosts",
                "Boot hosts by ISO or PXE and leave bare_metal_hosts out, or install the bare metal operator.",
                PROVISIONING.ref(None, _PROVISIONING),
            )
            return
        have = lookup(live, ("spec", "watchAllNamespaces"))
        if have is not True:
            before = "unset" if have is None else str(have).lower()
            patch = {
                "metadata": {"annotations": {service_config.WATCH_BEFORE: before}},
                "spec": {"watchAllNamespaces": True},
            }
            changes.patch(PROVISIONING, live, patch, "BareMetalHosts of hosted clusters are in namespaces of their own")

    def _goal(self, _answer: Object | None) -> FactGoal | None:
        if not self._options["wait"]:
            return None

        def config(seen: Observed) -> Object | None:
            return seen.get(AGENT_SERVICE_CONFIG, "", service_config.NAME)

        fact = Fact(
            "the assisted service",
            (WatchSpec(AGENT_SERVICE_CONFIG, None, service_config.NAME),),
            lambda seen: service_config.missing(config(seen)),
            _REF,
            _STEP.format(namespace=self._namespace),
            lambda seen: service_config.hopeless(config(seen)),
        )
        return FactGoal("assisted_service_healthy", fact, float(self._options["wait_timeout"]))


class AssistedServiceAbsent:
    """Takes away what is ours: the whole configuration, or of one of others what we added."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options

    def plan(self) -> Plan:
        changes = ChangeSet()
        live = self._hub.get(AGENT_SERVICE_CONFIG, None, service_config.NAME)
        owned = Owned(self._hub, changes, MODULE)
        if live is not None and owned.is_ours(live):
            self._refuse_in_use(changes)
            owned.drop(
                AGENT_SERVICE_CONFIG, live, "state is absent; the assisted service and its data go", disruptive=True
            )
        elif live is not None:
            self._take_back(changes, live)
        for config in self._mirrors():
            owned.drop(CONFIG_MAP, config, "mirrors of the assisted service")
        self._restore_provisioning(changes)
        return Plan(
            changes, extra={"resource": {}}, goal=self._goal if live is not None and owned.is_ours(live) else None
        )

    def _refuse_in_use(self, changes: ChangeSet) -> None:
        leaving = set(self._options.get("leaving_infra_envs") or ())
        there = [(e["metadata"]["namespace"], e["metadata"]["name"]) for e in self._hub.list(INFRA_ENV)]
        users = sorted(INFRA_ENV.ref(*key) for key in there if "/".join(key) not in leaving)
        if users:
            cause = f"{len(users)} InfraEnv(s) use it, first {users[0]}: their hosts would be forgotten"
            changes.refuse("in_use", cause, "Remove them first (module infra_env, state absent).", _REF)

    def _take_back(self, changes: ChangeSet, live: Object) -> None:
        patch: Object = {}
        added = (lookup(live, ("metadata", "annotations")) or {}).get(service_config.OS_IMAGES, "")
        if added:
            left = service_config.without_images(lookup(live, ("spec", "osImages")) or [], added.split(","))
            patch = {"metadata": {"annotations": {service_config.OS_IMAGES: None}}, "spec": {"osImages": left or None}}
        mirror = lookup(live, ("spec", "mirrorRegistryRef", "name"))
        if mirror and mirror in {c["metadata"]["name"] for c in self._mirrors()}:
            patch = deep_merge(patch, {"spec": {"mirrorRegistryRef": None}})
        if patch:
            changes.patch(
                AGENT_SERVICE_CONFIG, live, patch, "what this module added goes; the rest was made by others and stays"
            )
        else:
            changes.notes.append(f"{_REF} was not made by this module, so it stays.")

    def _mirrors(self) -> list[Object]:
        return self._hub.list(CONFIG_MAP, self._options["namespace"], label_selector=f"{CREATED_BY}={MODULE}")

    def _restore_provisioning(self, changes: ChangeSet) -> None:
        live = self._hub.get(PROVISIONING, None, _PROVISIONING)
        before = (lookup(live, ("metadata", "annotations")) or {}).get(service_config.WATCH_BEFORE)
        if live is None or before is None:
            return
        hosts = [h for h in self._hub.list(BARE_METAL_HOST) if h["metadata"]["namespace"] != _OPENSHIFT_HOSTS]
        if hosts:
            where = hosts[0]["metadata"]["namespace"]
            changes.notes.append(
                f"{PROVISIONING.ref(None, _PROVISIONING)} goes on watching all namespaces: there are BareMetalHosts in"
                f" {where}."
            )
            return
        value = None if before == "unset" else before == "true"
        patch = {
            "metadata": {"annotations": {service_config.WATCH_BEFORE: None}},
            "spec": {"watchAllNamespaces": value},
        }
        changes.patch(PROVISIONING, live, patch, "as it was before bare_metal_hosts was set")

    def _goal(self, _answer: Object | None) -> FactGoal | None:
        return (
            gone(AGENT_SERVICE_CONFIG, None, service_config.NAME, float(self._options["wait_timeout"]))
            if self._options["wait"]
            else None
        )
