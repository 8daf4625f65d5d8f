# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# ruff: noqa: E402 (documentation comes before imports)

from __future__ import annotations

DOCUMENTATION = r"""
name: hosted_clusters
short_description: Hosted clusters of many management clusters as an inventory
version_added: 0.2.0
author:
- hypershift.core contributors (@hypershift-core)
description:
- One host per HostedCluster, named C(name.namespace.hub), with its state as variables C(hcp_*) and in groups by hub,
  version, platform and health.
- All management clusters are read at the same time, with one LIST of hosted clusters and one of node pools each (a page
  per 1,000).
- No variable holds a credential. What comes from a cluster is never taken for a template.
- The configuration file is named C(*hosted_clusters.yml) or C(*hypershift.yml) (or C(.yaml)).
- Every host has C(ansible_connection=local), since tasks on a hosted cluster are requests to its management cluster.
options:
  plugin:
    description:
    - Name of this plugin.
    type: str
    required: true
    choices:
    - hypershift.core.hosted_clusters
  hubs:
    description:
    - Management clusters. Values may be templates, for example C({{ lookup('env', 'EAST_TOKEN') }}).
    - Without any, the environment variables C(K8S_AUTH_*), the default kubeconfig or the pod's service account lead to
      one, which is called C(hub).
    - An entry that names its own kubeconfig or host takes nothing from C(K8S_AUTH_*); one with a context alone takes
      the kubeconfig.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
        - Name within the fleet, in lower-case letters, digits and dashes.
        type: str
        required: true
      kubeconfig:
        description:
        - Path of a kubeconfig, or its content as a dictionary.
        type: raw
      context:
        description:
        - Context of the kubeconfig.
        type: str
      host:
        description:
        - URL of the API server.
        type: str
      api_key:
        description:
        - Token.
        type: str
      ca_cert:
        description:
        - Path of the certificate authority.
        type: path
      validate_certs:
        description:
        - Whether the API server's certificate is verified.
        type: bool
      namespace:
        description:
        - Read only this namespace; all when left out.
        type: str
      label_selectors:
        description:
        - Label selectors of hosted clusters that must all match, for example V(tier=prod).
        type: list
        elements: str
        default: []
  default_groups:
    description:
    - 'Put hosts into the groups C(hub_<name>), C(platform_<type>), C(version_<major>_<minor>), C(health_<verdict>) and
      C(paused).'
    - All are in group C(hosted_clusters) in any case.
    type: bool
    default: true
  on_unreachable:
    description:
    - What to do when a management cluster cannot be read. V(fail) gives no inventory from this file; V(warn) leaves out
      its hosts, and what was read is not cached.
    type: str
    choices:
    - fail
    - warn
    default: fail
extends_documentation_fragment:
- constructed
- inventory_cache
requirements:
- python >= 3.11
- kubernetes >= 29.0.0
seealso:
- module: hypershift.core.hosted_cluster_info
notes:
- Ansible goes on without the hosts of a file it could not read, unless E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) is
  true.
"""

EXAMPLES = r"""
# fleet.hosted_clusters.yml
plugin: hypershift.core.hosted_clusters
hubs:
  - name: east
    kubeconfig: ~/hubs/east.kubeconfig
  - name: west
    host: https://api.west.example.com:6443
    api_key: "{{ lookup('env', 'WEST_TOKEN') }}"
    ca_cert: ~/hubs/west-ca.crt
    label_selectors:
      - tier=prod
on_unreachable: warn
keyed_groups:
  - key: hcp_labels.wave
    prefix: wave
groups:
  outdated: hcp_available_updates | length > 0
compose:
  nodes: hcp_node_pools | map(attribute='replicas.current') | sum
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /var/cache/ansible/hosted_clusters
cache_timeout: 300
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.display import Display

from ..module_utils._fleet.inventory_hosts import groups_of
from ..module_utils._kernel.errors import HypershiftError
from ..plugin_utils._hosted_clusters_inventory import (
    Rows,
    configured_hubs,
    connection_variables,
    digest_of_hubs,
    read_rows,
    trusted,
    untrusted,
)

display = Display()
ALL = "hosted_clusters"
ENDINGS = tuple(f"{stem}.{ending}" for stem in ("hosted_clusters", "hypershift") for ending in ("yml", "yaml"))


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    NAME = "hypershift.core.hosted_clusters"

    read: Callable[[list[dict[str, Any]]], tuple[Rows, list[str]]] = staticmethod(read_rows)

    def verify_file(self, path: str) -> bool:
        return bool(super().verify_file(path)) and str(path).endswith(ENDINGS)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        try:
            hubs = configured_hubs(self._resolved(self.get_option("hubs")))
            rows = self._rows(path, hubs, cache)
        except HypershiftError as error:
            raise AnsibleParserError(str(error)) from None
        self._populate(rows, {hub["name"]: connection_variables(hub) for hub in hubs})

    def _resolved(self, hubs: Any) -> Any:
        """The entries with their templates resolved: a configuration file is the user's own, as a playbook is."""
        self.templar.available_variables = self._vars or {}
        return self.templar.template(hubs) if hubs else []

    def _rows(self, path: str, hubs: list[dict[str, Any]], cache: bool) -> Rows:
        """What is cached is data alone. Groups and variables are made of it anew, so that changed rules for them count
        at once."""
        key = f"{self.get_cache_key(path)}_{digest_of_hubs(hubs)}"
        wanted = bool(self.get_option("cache"))
        if cache and wanted:
            try:
                return dict(self._cache[key])
            except KeyError:
                pass
        rows, problems = self.read(hubs)
        if problems and self.get_option("on_unreachable") == "fail":
            raise AnsibleParserError(" ".join(problems))
        for problem in problems:
            display.warning(problem)
        if wanted and not problems:
            self._cache[key] = rows
        return rows

    def _populate(self, rows: Rows, connections: dict[str, dict[str, Any]]) -> None:
        inventory, strict, default_groups = self.inventory, self.get_option("strict"), self.get_option("default_groups")
        compose, groups, keyed = (self.get_option(name) for name in ("compose", "groups", "keyed_groups"))
        inventory.add_group(ALL)
        local = {"ansible_connection": "local", "ansible_python_interpreter": trusted("{{ ansible_playbook_python }}")}
        for host, found in rows.items():
            inventory.add_host(host, group=ALL)
            variables = {**untrusted(found), **connections.get(found["hcp_hub"], {}), **local}
            for name, value in variables.items():
                inventory.set_variable(host, name, value)
            for group in groups_of(found) if default_groups else ():
                inventory.add_child(inventory.add_group(self._sanitize_group_name(group)), host)
            if compose:
                self._set_composite_vars(compose, variables, host, strict=strict)
                variables = inventory.get_host(host).get_vars()
            if groups:
                self._add_host_to_composed_groups(groups, variables, host, strict=strict, fetch_hostvars=False)
            if keyed:
                self._add_host_to_keyed_groups(keyed, variables, host, strict=strict, fetch_hostvars=False)
