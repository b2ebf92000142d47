# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry points that write a variables file: from an organization, and from a Terraform state."""

from __future__ import annotations

import datetime
import shlex
from typing import Any, List, Mapping, Sequence

from ..module_utils._common import Object
from ..module_utils._redaction import counted
from . import _role
from ._entry_point import (
    EntryPoint,
    RunModule,
    Variables,
    error_type,
    file_mode,
)
from ._reports import files
from ._reports.export import UnknownOwnerError, UnsafeIdError, catalog_json, exported
from ._reports.terraform import StateError, state_objects
from ._role import VariableError


class Export(EntryPoint):
    """Writes the organization as a variables file."""

    file_variables = ("export_to", "export_secrets_to", "export_catalog_to")
    stats_name = "notifications_export"
    #: Whether there may be integrations that were not read.
    is_partial = False

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        self.variables = variables
        default = "organization.yml" if self.host == "localhost" else f"{self.host}.yml"
        self.files = [files.output_file("export_to", variables.get("export_to") or default)]
        for name in ("export_secrets_to", "export_catalog_to"):
            if variables.get(name):
                self.files.append(files.output_file(name, variables[name], file_mode(name)))
        files.refuse_shared_paths(self.files)
        existing = [file.path for file in self.files if files.exists(file)]
        if existing and not _role.is_true(variables.get("export_overwrite")):
            exist = "exists" if len(existing) == 1 else "exist"
            raise VariableError(
                f"Could not export: {' and '.join(existing)} already {exist}. Use other names in export_to, "
                "export_secrets_to and export_catalog_to, or replace existing files with -e export_overwrite=true."
            )

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        read = self._read(run_module)
        # The URLs go to the file alone.
        self.result = {name: read[name] for name in ("failed", "msg", "error", "api") if name in read}
        if read.get("failed"):
            return self.result
        try:
            owner = self.variables.get("export_owner")
            is_exact = self.variables.get("export_rules") == "exact"
            export = exported(
                read["notification_types"], read["integrations"], owner, self.is_partial, is_exact
            )
        except (UnsafeIdError, UnknownOwnerError) as error:
            return self.refused(str(error))

        if check_mode:
            self.console.show([f"Would write {' and '.join(file.path for file in self.files)}."])
            return {**self.result, "changed": True}
        texts = {
            "export_to": export["variables"],
            "export_secrets_to": export["secrets"],
            "export_catalog_to": catalog_json(read["notification_types"], read["integrations"]),
        }
        for file in self.files:
            files.write(file, texts[file.variable])
        self._contents = {"export_to": export["variables"]}
        lines = self._next_steps(export["counts"])
        self.console.show(lines)
        return {**self.result, "changed": True, "msg": lines}

    def _read(self, run_module: RunModule) -> Object:
        """The types with their subscriptions, and the integrations with their URLs."""
        options = {"reveal_webhook_urls": True}
        if "bootstrap_organization_id" in self.variables:
            options["organization_id"] = self.variables["bootstrap_organization_id"]
        return run_module("organization_info", options, True)

    def _next_steps(self, counts: Mapping[str, int]) -> List[str]:
        secrets = [shlex.quote(file.path) for file in self.files if file.variable == "export_secrets_to"]
        paths = [shlex.quote(self.files[0].path), *secrets]
        lines = [
            f"{counted(counts['integrations'], 'integration')} and {counted(counts['rules'], 'routing rule')} "
            f"were written to {self.files[0].path}."
        ]
        if secrets:
            lines += [
                f"The webhook URLs are in {self.variables['export_secrets_to']}. Encrypt the file:",
                f"ansible-vault encrypt {secrets[0]}",
            ]
        else:
            lines.append(
                "The webhook URLs were not written. Define the variables vault_..._url that the file refers to, "
                "or export again with export_secrets_to."
            )

        ask = " --ask-vault-pass" if secrets else ""
        lines += [
            "Check that applying the file would change nothing:",
            f"ansible-playbook ccloud.notifications.plan {self._host_flags()}-e @{' -e @'.join(paths)}{ask}",
        ]
        return lines

    def _stats(self) -> Object:
        error = error_type(self.result)
        return {"status": "failed" if error else "ok", "counts": {}, "error": error}

    def _host_flags(self) -> str:
        """How the command line chooses this host."""
        if self.host in _role.LOCALHOSTS:
            return ""
        inventories = "".join(f"-i {shlex.quote(source)} " for source in self.sources)
        return f"{inventories}-e bootstrap_hosts={shlex.quote(self.host)} "


class ImportTerraform(Export):
    """Writes a variables file from a Terraform state, without credentials."""

    uses_service = False
    stats_name = ""
    is_partial = True

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        path = variables.get("terraform_state")
        if not path:
            raise VariableError(
                "Could not import: terraform_state is not defined. Set it to the output of terraform show -json."
            )
        hint = "Write it with: terraform show -json > state.json."
        state = files.read_json("terraform_state", path, hint)
        types: Sequence[Object] = ()
        if variables.get("import_catalog"):
            hint = "Write it with the playbook export and -e export_catalog_to=catalog.json."
            types = _catalog_types(files.read_json("import_catalog", variables["import_catalog"], hint), hint)
        try:
            self._objects = state_objects(state, types)
        except StateError as error:
            raise VariableError(f"Could not import: {error}") from None

    def _read(self, run_module: RunModule) -> Object:
        types, integrations = self._objects
        return {"notification_types": types, "integrations": integrations}


def _catalog_types(catalog: Any, hint: str) -> Sequence[Object]:
    """The notification types of a catalog. Raises VariableError."""
    types = catalog.get("notification_types") if isinstance(catalog, Mapping) else None
    if not isinstance(types, list) or not all(isinstance(obj, Mapping) and "id" in obj for obj in types):
        raise VariableError(f"Could not import: import_catalog is no catalog of notification types. {hint}")
    return types
