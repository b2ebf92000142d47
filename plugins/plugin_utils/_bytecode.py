# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports Python code of this collection as Python imports any other: from bytecode, if there is some.

ansible-core's loader of collections compiles the source in each process. For this collection that takes a
tenth of a second, which is a tenth of a play with one task.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from typing import Any, Iterator, Optional, Sequence

#: The package that has all plugins of this collection.
_PLUGINS = __name__.rpartition(".plugin_utils.")[0] + "."


class _Finder:
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


@contextmanager
def imports_from_bytecode() -> Iterator[None]:
    """Import from bytecode what is imported within. Afterwards, imports work as before."""
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)
