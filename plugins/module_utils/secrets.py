# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must never be shown, and the one place that hides it.

Private to the collection.
"""

from __future__ import annotations

import json
import re
import threading
from html import escape
from typing import Any, Iterator, Optional, Set, Tuple
from urllib.parse import quote, unquote, unquote_plus, urlsplit

#: What stands in results and diffs where a secret would.
HIDDEN = "********"
#: The same, where the diff has to show that the secret changes.
HIDDEN_CHANGED = "******** (changes)"

_SECRET_NAME = re.compile("url|(?<![a-z])uri|(?<![a-z])key(?![a-z])|token|secret|pass|credential|auth|signature", re.IGNORECASE)
#: Too short to be a secret, and likely to be part of an innocent word.
_SHORTEST = 6
_SHORTEST_TOKEN = 12
#: A URL as it is, escaped for JSON, or percent-encoded. It is looked for at the beginning of a word only, or a long word would take
#: a time that grows with the square of its length.
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]*(?:://|:\\/\\/|%3A%2F%2F)(?:[^\s\"'<>\\]|\\/)+", re.IGNORECASE)


_SCHEME_END = re.compile(r"://|:\\/\\/|%3A%2F%2F", re.IGNORECASE)


def is_hidden(value: Optional[str]) -> bool:
    """Whether a value is no URL but the mask of one: ours, Ansible's, the service's, or nothing at all."""
    return not value or "***" in value or value == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Veil:
    """Hides secrets in texts that come from elsewhere: error details, warnings, reasons.

    It hides what it was told, in each form in which that may be echoed, and every URL that does not lead to the API
    itself: the service may know a webhook URL that was never told to us.
    """

    def __init__(self, *endpoints: str) -> None:
        self._endpoints = tuple(each.rstrip("/") + "/" for each in endpoints)
        self._secrets: Set[str] = set()
        self._forms: Set[str] = set()
        self._lock = threading.Lock()

    def learn(self, *secrets: Optional[str]) -> None:
        """Remember secrets: tokens, passwords, webhook URLs. None and what is too short are passed over."""
        for secret in secrets:
            if secret and len(secret) >= _SHORTEST and secret not in self._secrets:
                forms = _forms(secret)
                with self._lock:
                    self._secrets.add(secret)
                    self._forms.update(forms)

    def text(self, text: str) -> str:
        """The text without secrets."""
        with self._lock:
            found = [form for form in self._forms if form in text]
        for form in sorted(found, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return _URL.sub(self._url, text)

    def _url(self, match: re.Match[str]) -> str:
        url = match.group()
        own = next((each for each in self._endpoints if (url.rstrip(".,;:") + "/").startswith(each)), None)
        if own is None:
            return re.split("[:%]", url)[0] + "://" + HIDDEN
        # Another one may be glued to it, or be a part of it.
        return url if _SCHEME_END.search(url, len(own)) is None else own + HIDDEN


def _forms(secret: str) -> Set[str]:
    """The forms in which a secret may be echoed: as it is, percent-encoded, escaped for JSON, and of a URL its parts."""
    escaped = {json.dumps(secret)[1:-1], secret.replace("/", "\\/")}
    forms = {secret, quote(secret, safe="", errors="replace"), quote(secret, errors="replace"), escape(secret), *escaped}
    forms.update((unquote(secret), unquote_plus(secret)))
    try:
        parts = urlsplit(secret)
    except ValueError:
        return forms
    if parts.scheme and parts.netloc:
        behind = secret.partition(parts.netloc)[2]
        user = parts.netloc.rpartition("@")[0]
        forms.update(form for form in (behind, behind.lstrip("/"), user) if len(form) >= _SHORTEST)
        # One part alone is a token if it is long; short ones are words such as "services".
        long = [part for part in re.split(r"[/?&=#]", behind) if len(part) >= _SHORTEST_TOKEN]
        forms.update(long, map(unquote, long))
    return forms


def hide_within(value: Any, mark: str = HIDDEN, secret: bool = False) -> Any:
    """A copy of what an API object holds without any URL, and without what the name of a member around it calls a secret."""
    if isinstance(value, dict):
        return {each: hide_within(inner, mark, secret or bool(_SECRET_NAME.search(str(each)))) for each, inner in value.items()}
    if isinstance(value, list):
        return [hide_within(each, mark, secret) for each in value]
    if value and isinstance(value, (str, int, float)) and not isinstance(value, bool) and (secret or _SCHEME_END.search(str(value))):
        return mark
    return value


def without_given(text: str, given: Any) -> str:
    """A text about options that were refused, without what may be a secret among their values, wherever they were put."""
    veil = Veil()
    veil.learn(*(value for name, value in _leaves(given) if len(value) >= _SHORTEST_TOKEN or _SECRET_NAME.search(name)))
    return veil.text(text)


def _leaves(value: Any, name: str = "") -> Iterator[Tuple[str, str]]:
    """Each text within a value, with the name of the member that it is, or is in; a name that is a URL is one as well."""
    if isinstance(value, dict):
        for each, inner in value.items():
            if _SCHEME_END.search(str(each)):
                yield name, str(each)
            yield from _leaves(inner, str(each))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each, name)
    elif isinstance(value, str):
        yield name, value
