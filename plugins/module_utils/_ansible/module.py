# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Main of every module. Private to hypershift.core."""

from __future__ import annotations

import re
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry, run_operation
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import extract_sensitive_values_from_kubeconfig

_PASSWORD_IN_URL = re.compile(r"://[^/\s:]*:([^/\s]+)@")


def main(entry: Entry) -> None:
    """Run a module where it was copied to; progress lines have no way to the screen from here."""
    module = AnsibleModule(argument_spec=entry.spec, supports_check_mode=True, **entry.constraints)
    module.no_log_values.update(_undeclared_secrets(module.params))
    result = run_operation(entry, module.params, module.check_mode, lambda line: None)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _undeclared_secrets(params: dict[str, Any]) -> set[str]:
    """Secrets in options that are none as a whole; Ansible repeats the options at -vvv."""
    found = {password for text in _texts(params) for password in _PASSWORD_IN_URL.findall(text)}
    kubeconfig = params.get("kubeconfig")
    if isinstance(kubeconfig, dict):
        found |= extract_sensitive_values_from_kubeconfig(kubeconfig)
        commands = [(user.get("user") or {}).get("exec") for user in kubeconfig.get("users") or [] if isinstance(user, dict)]
        found |= {text for text in _texts(commands) if len(text) >= 8}
    return found


def _texts(value: Any) -> list[str]:
    """Every text in a nested value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
