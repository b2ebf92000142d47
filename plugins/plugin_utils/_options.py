# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of a plugin that runs on the controller, validated as AnsibleModule validates those of a module.

Uses two private parts of ansible-core: ``_warnings`` and ``_no_log_values`` of ``ValidationResult``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Set

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._ansible.argument_spec import VALIDATOR_ERRORS, ArgumentSpec, without_nulls
from ..module_utils._ansible.connection import is_pem
from ..module_utils._ansible.module import CANNOT_READ
from ..module_utils._redaction import redact_options
from ._plain import plain


@dataclass(frozen=True)
class ValidatedOptions:
    """Options with their defaults and types, or the problem with them, which repeats no secret."""

    params: Dict[str, Any] = field(default_factory=dict)
    secrets: Set[str] = field(default_factory=set)
    warnings: List[str] = field(default_factory=list)
    problem: Optional[str] = None


def validate_options(arguments: ArgumentSpec, given: Mapping[str, Any], folder: str) -> ValidatedOptions:
    """Validate options. Relative paths begin in a folder."""
    options = arguments.without_masks(without_nulls(plain(given)))
    problem = arguments.find_problem(options)
    try:
        validated = ArgumentSpecValidator(**arguments.as_keywords()).validate(options)
    except VALIDATOR_ERRORS:
        return ValidatedOptions(problem=problem or CANNOT_READ)

    secrets: Set[str] = validated._no_log_values
    warnings = [
        f"Both option {warning['option']} and its alias {warning['alias']} are set."
        for warning in validated._warnings
    ]
    if problem or validated.errors.errors:
        # ansible-core does not know which of the options are secret if it refuses any (_ansible/module.py).
        problem = problem or redact_options(validated.errors.msg, options)
        return ValidatedOptions({}, secrets, warnings, problem)

    params: Dict[str, Any] = validated.validated_parameters
    _resolve_paths(arguments, params, folder)
    return ValidatedOptions(params, secrets, warnings)


def _resolve_paths(arguments: ArgumentSpec, params: Dict[str, Any], folder: str) -> None:
    for name, option in arguments.options.items():
        value = params.get(name)
        if option.get("type") == "path" and value and not is_pem(value):
            params[name] = os.path.join(folder, value)
