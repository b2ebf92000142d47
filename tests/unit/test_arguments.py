# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``arguments``: options and constraints merge together."""

from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, Arguments


def test_two_specs_add_up_and_neither_changes():
    one = Arguments({"a": {"type": "str"}}, mutually_exclusive=[("a", "b")], required_one_of=[("a",)])
    two = Arguments({"b": {"type": "int"}}, mutually_exclusive=[("b", "c")], required_if=[("b", 1, ("a",))])
    both = (one + two).as_keywords()
    assert both == {
        "argument_spec": {"a": {"type": "str"}, "b": {"type": "int"}},
        "mutually_exclusive": [("a", "b"), ("b", "c")],
        "required_together": [],
        "required_one_of": [("a",)],
        "required_if": [("b", 1, ("a",))],
    }
    assert one.mutually_exclusive == [("a", "b")]


def test_every_secret_of_the_connection_is_marked():
    marked = {name for name, option in CONNECTION.options.items() if option.get("no_log")}
    assert marked == {"api_secret", "api_token", "external_token"}


def test_what_is_no_mapping_is_named():
    select = {"type": "dict", "options": {"severities": {"type": "list"}}}
    spec = Arguments({"rules": {"type": "list", "elements": "dict", "options": {"select": select}}})
    error = TypeError("argument of type 'bool' is not iterable")
    assert spec.explain({"rules": [{"select": {}}, {"select": False}]}, error) == "rules.select has to be a mapping of its options."
    assert spec.explain({"rules": 3}, error) == "rules has to be a mapping of its options."
    assert spec.explain({"rules": None}, error) == f"The options cannot be understood: {error}."
