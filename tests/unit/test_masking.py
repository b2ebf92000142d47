# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_masking`` against ``remove_values`` of ansible-core."""

from __future__ import annotations

from typing import Any, Iterator

from ansible.module_utils.common.parameters import remove_values
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._masking import Mask, SecretFinder


def results(texts: st.SearchStrategy[str], numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Results of a module, which have these texts and numbers."""
    leaves = texts | numbers | st.none() | st.booleans()
    keys = st.sampled_from(["a", "ab", "id"])
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
    )


def scalars(value: Any) -> Iterator[str]:
    """Each text and number within a result, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from scalars(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


#: They overlap, contain each other and repeat, because there are so few characters.
tangled = st.text(alphabet="ab12", max_size=12)
numbers = st.integers(0, 300) | st.sampled_from([1.5, 12.25])
secret_sets = st.sets(tangled, max_size=8)


@given(secret_sets, results(tangled, numbers))
@example({"abab", "babaab"}, ["ababaab"])
@example({"12"}, [112, 1.12, "112"])
def test_no_secret_remains(secrets, result):
    masked = list(scalars(Mask(secrets).hide(result)))
    assert [text for text in masked for secret in secrets if secret and secret in text] == []


@given(secret_sets, results(tangled, numbers))
def test_only_what_contains_a_secret_changes(secrets, result):
    before, after = list(scalars(result)), list(scalars(Mask(secrets).hide(result)))
    assert len(before) == len(after)
    for text, masked in zip(before, after):
        has_secret = any(secret in text for secret in secrets if secret)
        assert (text != masked) == has_secret


#: The brackets keep them apart, so that the order of replacement does not matter to ansible-core.
words = st.text(alphabet="xyz\\^-].é\U0001f600\n", max_size=9)
bracketed = words.map("<{}>".format)
mixed = st.lists(words | bracketed, max_size=4).map("".join)


@given(st.sets(bracketed | st.integers(0, 99).map(str), max_size=8), results(mixed | bracketed, numbers))
def test_result_equals_that_of_ansible_core(secrets, result):
    assert Mask(secrets).hide(result) == remove_values(result, secrets)


def test_result_with_many_secrets_equals_that_of_ansible_core():
    urls = [f"https://hooks.slack.example/services/{number:05}" for number in range(300)]
    result = {"integrations": [{"url": url, "text": f"to {url}, not {url[:-1]}"} for url in urls]}
    assert Mask(urls).hide(result) == remove_values(result, urls)


def test_secret_that_begins_like_a_longer_one_ends_within_the_text():
    finder = SecretFinder(["abcdefgh12", "abcdefgh12345"])
    assert finder.spans("x abcdefgh12") == [(2, 12)]
