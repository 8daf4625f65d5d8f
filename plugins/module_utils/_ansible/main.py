# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Main of every module."""

from __future__ import annotations

import re
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import (
    extract_sensitive_values_from_kubeconfig,
)

from .._kernel.secret_texts import options_without_secrets
from .edge import Entry, run_operation

_PASSWORD_IN_URL = re.compile(r"://[^/\s:]*:([^/\s]+)@")


class _Module(AnsibleModule):  # type: ignore[misc]
    """Knows secrets in options that are none as a whole before Ansible writes the options into the system's log."""

    params: dict[str, Any]

    def _log_invocation(self) -> None:
        self.no_log_values.update(_undeclared_secrets(self.params))
        given: dict[str, Any] = self.params
        self.params = options_without_secrets(given)
        try:
            super()._log_invocation()
        finally:
            self.params = given


def main(entry: Entry) -> None:
    """Run a module where it was copied to; progress lines have no way to the screen from here."""
    module = _Module(argument_spec=entry.spec, supports_check_mode=True, **entry.constraints)
    result = run_operation(entry, module.params, module.check_mode, lambda line: None)
    # Ansible repeats the options at -vvv
    result["invocation"] = {"module_args": options_without_secrets(module.params)}
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _undeclared_secrets(value: Any) -> set[str]:
    """Secrets in options at any depth that no spec declares: those of kubeconfigs given as mappings, and passwords in
    URLs."""
    if isinstance(value, dict):
        found = _of_kubeconfig(value) if isinstance(value.get("users"), list) else set()
        return found.union(*(_undeclared_secrets(item) for item in value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*(_undeclared_secrets(item) for item in value))
    return set(_PASSWORD_IN_URL.findall(value)) if isinstance(value, str) else set()


def _of_kubeconfig(kubeconfig: dict[str, Any]) -> set[str]:
    users = [user.get("user") for user in kubeconfig["users"] if isinstance(user, dict)]
    commands = [user.get(name) for user in users if isinstance(user, dict) for name in ("exec", "auth-provider")]
    found: set[str] = extract_sensitive_values_from_kubeconfig(kubeconfig)
    return found | {text for text in _texts(commands) if len(text) >= 8}


def _texts(value: Any) -> list[str]:
    """Every text in a nested value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []
