# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guides become pages of docs.ansible.com: as reStructuredText, with links that work there."""

from __future__ import annotations

import subprocess
import sys

from support.playbooks import ROOT

PREFIX = "ansible_collections.ccloud.notifications.docsite"
GUIDE = """\
# Drift

See [the start](../start.md#steps), [`errors`](../errors.md), [steps](#steps) and [Ansible](https://docs.ansible.com).

![The report](../images/report.png)

```yaml
- text: "[not a link](../start.md)"
```

## Steps

| variable | meaning |
| --- | --- |
| `verify_full` | print all types |
"""
PAGE = f"""\
.. _{PREFIX}.guides_drift:

Drift
=====

See :ref:`the start <{PREFIX}.start>`, `errors <https://github.com/o/r/blob/main/docs/errors.md>`__\\ , """


def test_links_of_a_guide_work_on_docs_ansible_com(tmp_path):
    (tmp_path / "docs" / "guides").mkdir(parents=True)
    (tmp_path / "docs" / "docsite").mkdir()
    (tmp_path / "galaxy.yml").write_text("repository: https://github.com/o/r\n")
    (tmp_path / "docs" / "docsite" / "extra-docs.yml").write_text(
        "sections: [{title: Guides, toctree: [start, guides_drift]}]\n"
    )
    (tmp_path / "docs" / "start.md").write_text("# Start\n")
    (tmp_path / "docs" / "guides" / "drift.md").write_text(GUIDE)

    subprocess.run([sys.executable, ROOT / ".ci" / "extra_docs.py", tmp_path], check=True)

    folder = tmp_path / "docs" / "docsite" / "rst"
    assert {path.name for path in folder.iterdir()} == {"start.rst", "guides_drift.rst"}
    page = (folder / "guides_drift.rst").read_text()
    assert page.startswith(PAGE)
    assert ".. image:: https://raw.githubusercontent.com/o/r/main/docs/images/report.png" in page
    assert '.. code-block:: yaml\n\n   - text: "[not a link](../start.md)"\n' in page
    assert "   * - ``verify_full``\\\n     - print all types\n" in page
