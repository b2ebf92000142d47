# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes this checkout importable as ``ansible_collections.ccloud.notifications``, here and in processes of tests."""

from __future__ import annotations

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TREE = ROOT / ".cache" / "tree"


def install() -> None:
    """Let ansible-core's own finder import the collection. Call it before anything imports Ansible."""
    link = TREE / "ansible_collections" / "ccloud" / "notifications"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(ROOT)
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(TREE)
    sys.path.insert(0, str(TREE))

    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    _AnsibleCollectionFinder(paths=[str(TREE)])._install()
