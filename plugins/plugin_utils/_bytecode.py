# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports the Python code of this collection as Python imports any other: from bytecode, if there is some.

ansible-core's loader of collections compiles the source in each process, which for this collection takes as
long as a play with one task.
"""

from __future__ import annotations

import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from typing import Any, Optional, Sequence

#: The package that has all plugins of this collection.
_PLUGINS = __name__.rpartition(".plugin_utils.")[0] + "."


class BytecodeFinder:
    """Finds the modules within this collection's plugins."""

    @staticmethod
    def find_spec(
        name: str, path: Optional[Sequence[str]] = None, target: Any = None
    ) -> Optional[ModuleSpec]:
        if not name.startswith(_PLUGINS):
            return None
        for folder in path or ():
            spec = FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
            # Without a loader it is a folder, which ansible-core makes a package.
            if spec is not None and spec.loader is not None:
                return spec
        return None


def use_bytecode() -> None:
    """Have later imports use the finder."""
    if BytecodeFinder not in sys.meta_path:
        sys.meta_path.insert(0, BytecodeFinder)
