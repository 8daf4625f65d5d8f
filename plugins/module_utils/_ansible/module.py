# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Main of every module. Private to hypershift.core."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry, run_operation
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import extract_sensitive_values_from_kubeconfig


def main(entry: Entry) -> None:
    """Run a module where it was copied to; progress lines have no way to the screen from here."""
    module = AnsibleModule(argument_spec=entry.spec, supports_check_mode=True, **entry.constraints)
    if isinstance(module.params.get("kubeconfig"), dict):
        module.no_log_values.update(extract_sensitive_values_from_kubeconfig(module.params["kubeconfig"]))
    result = run_operation(entry, module.params, module.check_mode, lambda line: None)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
