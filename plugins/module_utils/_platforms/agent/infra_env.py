# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Operation of module infra_env. Source: platform_facts#2.4, #2.5."""

from __future__ import annotations

import base64
from typing import Any

from ..._kernel.changes import ChangeSet
from ..._kernel.errors import Failure, OptionError
from ..._kernel.facts import Fact, FactGoal, Observed
from ..._kernel.kinds import AGENT, AGENT_SERVICE_CONFIG, INFRA_ENV, NAMESPACE, NMSTATE_CONFIG, ROLE, SECRET
from ..._kernel.objects import Object, lookup
from ..._kernel.operation import Plan
from ..._kernel.owned_objects import Owned, gone
from ..._kernel.ports.hub import Hub, WatchSpec
from ..._manifests.selection import installed_ones
from . import discovery_image, service_config
from .discovery_image import INFRA_ENV_LABEL
from .hosts import host_name, is_bound
from .z_and_power_boot import boot

MODULE = "infra_env"
_STEP = (
    "Look at the log of Deployment assisted-service (kubectl logs -n multicluster-engine deployment/assisted-service),"
    " correct it, run again."
)


class InfraEnvPresent:
    """InfraEnv with its namespace, pull secret, role and network configurations."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = INFRA_ENV.ref(self._namespace, self._name)
        self._old: tuple[str, str] | None = None

    def plan(self) -> Plan:
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        owned.namespace(self._namespace)
        live = self._hub.get(INFRA_ENV, self._namespace, self._name)
        if live is None and not self._options.get("pull_secret"):
            raise OptionError(
                Failure(
                    "missing_option",
                    "option pull_secret is missing: a new InfraEnv needs it",
                    self._ref,
                    next_step="Give pull_secret.content, or pull_secret.name of a Secret in its namespace.",
                )
            )
        self._plan_pull_secret(changes, owned)
        if self._options.get("capi_provider_role"):
            owned.ensure(
                ROLE, discovery_image.capi_role(self._namespace), "the provider of Cluster API works on agents here"
            )
        self._plan_networks(owned)
        desired = discovery_image.desired(self._options)
        self._refuse_architecture(changes, desired, live)
        owned.bring(INFRA_ENV, live, desired, "image that hosts boot")
        # A later planning may find our own write already made: what stood there first counts.
        self._old = self._old or (discovery_image.moment(live) if live is not None and changes.steps else None)
        return Plan(changes, (INFRA_ENV, self._namespace, self._name), live, goal=self._goal, outcome=self._outcome)

    def _plan_pull_secret(self, changes: ChangeSet, owned: Owned) -> None:
        given, name = self._options.get("pull_secret"), discovery_image.secret_name(self._options)
        if not given:
            return
        ref = SECRET.ref(self._namespace, name)
        content = given.get("content")
        if content is not None:
            if discovery_image.registries(content) is None:
                step = 'Give the content of the pull secret file: {"auths": {"<registry>": {"auth": "<base64>"}}}.'
                changes.refuse("invalid_option", "option pull_secret.content has no map auths", step, ref)
                return
            owned.ensure(SECRET, discovery_image.pull_secret(self._options, content), "pull secret of the hosts")
        else:
            content = self._existing(changes, ref, name)
        known = discovery_image.registries(content) if content else None
        if known is not None and discovery_image.NEEDED_REGISTRY not in known:
            needed = discovery_image.NEEDED_REGISTRY
            changes.notes.append(
                f"{ref} has no credentials for {needed}. Without a mirror, hosts then fail to join: the assisted"
                f' service logs "pull secret must contain auth for {needed}" and they ask for ignition on port 22642 in'
                " vain."
            )

    def _existing(self, changes: ChangeSet, ref: str, name: str) -> str:
        live = self._hub.get(SECRET, self._namespace, name)
        encoded = lookup(live, ("data", discovery_image.PULL_SECRET_KEY))
        if not encoded:
            cause = "it does not exist" if live is None else f"it has no key {discovery_image.PULL_SECRET_KEY}"
            changes.refuse(
                "referenced_object_missing",
                f"option pull_secret.name: {cause}",
                "Create it, or give pull_secret.content.",
                ref,
            )
            return ""
        return base64.b64decode(encoded).decode("utf-8", "replace")

    def _plan_networks(self, owned: Owned) -> None:
        given = self._options.get("nmstate_configs")
        if given is None:
            return
        for one in given:
            owned.ensure(NMSTATE_CONFIG, discovery_image.nmstate_config(self._options, one), "network of a host")
        names = {one["name"] for one in given}
        for live in self._hub.list(NMSTATE_CONFIG, self._namespace, label_selector=f"{INFRA_ENV_LABEL}={self._name}"):
            if live["metadata"]["name"] not in names and owned.is_ours(live):
                owned.drop(NMSTATE_CONFIG, live, "option nmstate_configs does not name it any more")

    def _refuse_architecture(self, changes: ChangeSet, desired: Object, live: Object | None) -> None:
        config = self._hub.get(AGENT_SERVICE_CONFIG, None, service_config.NAME)
        if config is None:
            step = "Set it up first (module assisted_service)."
            changes.refuse(
                "assisted_service_missing",
                "there is no AgentServiceConfig agent, so nothing makes images",
                step,
                self._ref,
            )
            return
        asked = lookup(desired, ("spec", "cpuArchitecture"))
        have = lookup(live, ("spec", "cpuArchitecture"))
        if (
            live is not None
            and asked
            and have
            and service_config.architecture(asked) != service_config.architecture(have)
        ):
            changes.refuse(
                "immutable_field",
                f"option cpu_architecture is {asked}, but it was made for {have}",
                "Make another InfraEnv.",
                self._ref,
            )
        wished, known = service_config.architecture(asked or have), service_config.architectures(config)
        if known and wished not in known:
            cause = f"AgentServiceConfig agent has osImages for {', '.join(sorted(known))}, none for {wished}"
            changes.refuse("no_os_image", cause, "Add one (module assisted_service, option os_images).", self._ref)

    def _goal(self, _answer: Object | None) -> FactGoal | None:
        if not self._options["wait"]:
            return None

        def env(seen: Observed) -> Object | None:
            return seen.get(INFRA_ENV, self._namespace, self._name)

        fact = Fact(
            "the discovery image",
            (WatchSpec(INFRA_ENV, self._namespace, self._name),),
            lambda seen: discovery_image.missing(env(seen)),
            self._ref,
            _STEP,
            lambda seen: discovery_image.hopeless(env(seen), self._old),
        )
        return FactGoal("image_created", fact, float(self._options["wait_timeout"]))

    def _outcome(self, live: Object) -> Object:
        architecture = service_config.architecture(
            lookup(live, ("spec", "cpuArchitecture")) or self._options.get("cpu_architecture")
        )
        files = discovery_image.artifacts(live)
        return {
            "iso_download_url": str(lookup(live, ("status", "isoDownloadURL")) or ""),
            "boot_artifacts": files,
            "architecture": architecture,
            "boot": boot(architecture, files),
        }


class InfraEnvAbsent:
    """Takes away what is ours around one InfraEnv; hosts that are bound hold it."""

    def __init__(self, hub: Hub, options: Object) -> None:
        self._hub = hub
        self._options = options
        self._namespace: str = options["namespace"]
        self._name: str = options["name"]
        self._ref = INFRA_ENV.ref(self._namespace, self._name)

    def plan(self) -> Plan:
        changes = ChangeSet()
        owned = Owned(self._hub, changes, MODULE)
        live = self._hub.get(INFRA_ENV, self._namespace, self._name)
        mine = live is None or owned.is_ours(live)
        if live is not None and mine:
            self._refuse_bound(changes)
            self._refuse_used(changes)
        owned.drop(INFRA_ENV, live, "state is absent; agents that are not bound go with it", disruptive=True)
        if mine:
            self._remove_parts(owned)
        return Plan(changes, extra={"resource": {}}, goal=self._goal if live is not None and mine else None)

    def _refuse_bound(self, changes: ChangeSet) -> None:
        agents = self._hub.list(AGENT, self._namespace, label_selector=f"{INFRA_ENV_LABEL}={self._name}")
        bound = sorted(host_name(a) or a["metadata"]["name"] for a in agents if is_bound(a))
        if bound:
            cause = f"{len(bound)} of its hosts are bound to a cluster: {', '.join(bound[:5])}"
            changes.refuse(
                "agents_bound", cause, "Scale their node pools down first, so that they are unbound.", self._ref
            )

    def _refuse_used(self, changes: ChangeSet) -> None:
        """A hosted cluster takes its next hosts from here, bound ones or not."""
        home = ("spec", "platform", "agent", "agentNamespace")
        users = [c["metadata"] for c in installed_ones(self._hub) if lookup(c, home) == self._namespace]
        if users:
            named = ", ".join(sorted(f"{m['namespace']}/{m['name']}" for m in users)[:5])
            cause = f"{len(users)} hosted cluster(s) take their hosts from namespace {self._namespace}: {named}"
            changes.refuse("in_use", cause, "Remove them first (module hosted_cluster, state absent).", self._ref)

    def _remove_parts(self, owned: Owned) -> None:
        for config in self._hub.list(NMSTATE_CONFIG, self._namespace, label_selector=f"{INFRA_ENV_LABEL}={self._name}"):
            if owned.is_ours(config):
                owned.drop(NMSTATE_CONFIG, config, "network of a host of the InfraEnv")
        others = [e for e in self._hub.list(INFRA_ENV, self._namespace) if e["metadata"]["name"] != self._name]
        secret = discovery_image.secret_name(self._options)
        if not any(lookup(e, ("spec", "pullSecretRef", "name")) == secret for e in others):
            self._drop_if_ours(owned, SECRET, secret, "pull secret of the hosts")
        if others:
            return
        self._drop_if_ours(owned, ROLE, discovery_image.CAPI_ROLE, "role for the provider of Cluster API")
        if self._options.get("delete_namespace") and not self._users():
            namespace = self._hub.get(NAMESPACE, None, self._namespace)
            if owned.is_ours(namespace):
                owned.drop(NAMESPACE, namespace, "it was made for this InfraEnv", disruptive=True)

    def _users(self) -> list[Object]:
        """Hosted clusters whose agents or control planes are in the namespace."""
        home = ("spec", "platform", "agent", "agentNamespace")
        return [
            c for c in installed_ones(self._hub) if self._namespace in (lookup(c, home), c["metadata"]["namespace"])
        ]

    def _drop_if_ours(self, owned: Owned, kind: Any, name: str, why: str) -> None:
        live = self._hub.get(kind, self._namespace, name)
        if owned.is_ours(live):
            owned.drop(kind, live, why)

    def _goal(self, _answer: Object | None) -> FactGoal | None:
        return (
            gone(INFRA_ENV, self._namespace, self._name, float(self._options["wait_timeout"]))
            if self._options["wait"]
            else None
        )
