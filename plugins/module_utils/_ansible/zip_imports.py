# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from the archive in which ansible-core sends a module, in two thirds of the time.

An archive has no bytecode, and Python compiles each of its files twice: once only to determine its path
(https://github.com/python/cpython/issues/141276).

Private to the collection.
"""

from __future__ import annotations

import os
import sys
import zipimport


class _Importer(zipimport.zipimporter):
    """An importer that determines the path of a file without compiling it."""

    def get_filename(self, fullname: str) -> str:
        path = os.path.join(self.archive, self.prefix + fullname.rpartition(".")[2])
        return os.path.join(path, "__init__.py") if self.is_package(fullname) else f"{path}.py"


def compile_once() -> None:
    """From now on, compile each imported file only once, if this process runs from an archive."""
    if isinstance(__spec__.loader, zipimport.zipimporter):
        sys.path_hooks.insert(0, _Importer)
        # It also has the importers of packages that have been imported before.
        sys.path_importer_cache.clear()
