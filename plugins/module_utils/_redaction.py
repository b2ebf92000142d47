# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hides secrets in everything that leaves a task, and makes foreign text safe to print."""

from __future__ import annotations

import base64
import functools
import html
import re
import threading
import unicodedata
from typing import Any, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Set, Tuple
from urllib.parse import unquote, unquote_plus, urlsplit

from ._masking import SecretFinder

#: Replaces a secret in results and messages.
HIDDEN = "********"
#: Replaces a secret in a diff that has to show that the secret changes.
HIDDEN_CHANGED = "******** (changes)"

#: The longest text of foreign origin that is shown, in characters.
MESSAGE_LIMIT = 2_000
#: The longest value that a message quotes, in characters.
VALUE_LIMIT = 80
#: No more of a text is looked at. It is far more than any message shows.
TEXT_LIMIT = 65_536
#: A longer URL is redacted only as a whole, not in parts.
_MAX_URL = 4_096
#: The most parts of a URL that are redacted on their own.
_MAX_PARTS = 32
#: Around a long value in a message, until secrets are hidden in it and it is cut. Neither is in any printable
#: text.
_LONG_VALUE_START, _LONG_VALUE_END = "\ue000", "\ue001"

_SECRET_NAME = re.compile(
    "url|(?<![a-z])uri|(?<![a-z])key(?![a-z])|token|secret|pass|credential|auth|signature", re.IGNORECASE
)

#: Shorter secrets are ignored: they are likely to be part of an innocent word.
_MIN_SECRET = 6
#: The same for a single part of a URL.
_MIN_PART = 12

#: The number of levels that are searched, the text itself included: an escape may itself be escaped.
_MAX_DECODINGS = 6

_ESCAPE = re.compile(
    r"(?P<percent>(?:%[0-9a-f]{2})+)"
    r"|\\u(?P<high>d[89ab][0-9a-f]{2})\\u(?P<low>d[c-f][0-9a-f]{2})"
    r"|\\u(?P<unicode>[0-9a-f]{4})"
    r"|\\(?P<escaped>[\"'\\/bfnrt])"
    r"|&#x0*(?P<hex>[0-9a-f]{1,6});"
    r"|&#0*(?P<decimal>[0-9]{1,7});"
    r"|\\x(?P<octet>[0-9a-f]{2})"
    r"|&(?P<named>[a-z]{2,8});",
    re.IGNORECASE,
)
_CONTROL = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

#: A URL is looked for at the beginning of a word only. Otherwise a long word would take quadratic time.
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]*://[^\s\"'<>\\]+", re.IGNORECASE)
_SCHEME_END = re.compile(r"://|:\\/\\/|%3A%2F%2F", re.IGNORECASE)

Span = Tuple[int, int]


#: What ansible-core shows in place of a secret: since 2.22, and before.
_MASKS = ("$REDACTED$", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")


def is_hidden(value: Optional[str]) -> bool:
    """Whether a value is missing or the mask of a URL: ours, Ansible's or the service's."""
    return not value or "***" in value or any(mask in value for mask in _MASKS)


# Foreign text


def one_line(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """A text that cannot move the cursor, color the terminal, or look like a line of its own."""
    printable = "".join(character if character.isprintable() else " " for character in text[: limit + 1])
    return printable if len(printable) <= limit else f"{printable[: limit - 3]}..."


def quoted(value: Any) -> str:
    """A value as a message quotes it: in quotes, on one line.

    ``shortened`` cuts it, once secrets are hidden: part of one could not be recognized.
    """
    text = str(value)[:TEXT_LIMIT]
    if len(text) <= VALUE_LIMIT:
        return repr(text)
    return f"{_LONG_VALUE_START}{text!r}{_LONG_VALUE_END}"


#: A name that reads as one name in a list: without what separates or marks names, and in one script.
_PLAIN_NAME = re.compile(r"[^\W_](?:[^,\"]*[^\s,\"])?")


def display_name(name: str) -> str:
    """A name as plans and diffs show it.

    It is quoted if it could be taken for something else: for several names, for a mark, or for another name
    because of characters that are not visible or look like those of another script.
    """
    text = one_line(name)
    if text != name or _has_mixed_scripts(name):
        return ascii(name)
    is_plain = _PLAIN_NAME.fullmatch(name) and "  " not in name and " -> " not in name
    return name if is_plain else f'"{name}"'


def looks_like(name: str) -> str:
    """Equal for names that a reader may confuse."""
    visible = (character for character in name if unicodedata.category(character) != "Cf")
    folded = unicodedata.normalize("NFKC", "".join(visible)).casefold()
    return "".join(folded.split())


def _has_mixed_scripts(name: str) -> bool:
    """Whether letters of Latin stand beside letters of a script that has similar ones."""
    if name.isascii():
        return False
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def counted(number: int, noun: str) -> str:
    """A number of things: ``1 type``, ``2 types``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


#: The maximum number of names that a message lists.
NAMES_SHOWN = 20


def quoted_names(names: Sequence[str]) -> str:
    """Names for a message, each in quotes."""
    return listed(list(map(quoted, names)))


def listed(texts: Sequence[str], limit: int = NAMES_SHOWN) -> str:
    """Texts for a message; of more than the limit, only the first ones."""
    more = f" and {len(texts) - limit} more" if len(texts) > limit else ""
    return ", ".join(texts[:limit]) + more


def name_with_id(name: str, object_id: str) -> str:
    """An object as messages name it: ``'ops' (i-1)``."""
    return f"{quoted(name)} ({object_id})"


def shortened(text: str) -> str:
    """A message in which secrets are hidden, with its long values cut at 80 characters."""
    return _QUOTED.sub(lambda match: f"{match.group(1)[: VALUE_LIMIT - 3]}...{match.group(1)[-1:]}", text)


_QUOTED = re.compile(f"{_LONG_VALUE_START}([^{_LONG_VALUE_START}{_LONG_VALUE_END}]*){_LONG_VALUE_END}")


# Known secrets


class Redactor:
    """Hides secrets in text, however they are escaped, and every URL except the API's own.

    URLs are hidden because the service may know a webhook URL that this task was never given. It is safe to
    use from several threads.
    """

    def __init__(self, *endpoints: str) -> None:
        self._endpoints = tuple(endpoint.rstrip("/") + "/" for endpoint in endpoints)
        self._secrets: Set[str] = set()
        self._added: List[str] = []
        self._forms: Set[str] = set()
        self._finder = SecretFinder(())
        self._lock = threading.Lock()

    @property
    def secrets(self) -> FrozenSet[str]:
        """Everything that was added."""
        return frozenset(self._secrets)

    def allow(self, endpoint: str) -> None:
        """Do not hide URLs below this one: they are the API's own."""
        self._endpoints += (endpoint.rstrip("/") + "/",)

    def add(self, *secrets: Optional[str]) -> None:
        """Add tokens, passwords and webhook URLs. None, and what is too short to be a secret, is ignored."""
        for secret in secrets:
            if secret and len(secret) >= _MIN_SECRET and secret not in self._secrets:
                self._secrets.add(secret)
                self._added.append(secret)

    def redact(self, text: str) -> str:
        """The text without secrets; of a very long text, the beginning."""
        text = text[:TEXT_LIMIT]
        finder = self._current_finder()
        spans: List[Span] = []
        for decoded in _decodings(text):
            spans += decoded.originals(finder.spans(decoded.text))
            spans += decoded.originals(self._url_spans(decoded.text))
        return _replace(text, spans)

    def redact_all(self, texts: Sequence[str]) -> List[str]:
        """Several one-line texts without secrets; the cost is that of a few long texts."""
        redacted: List[str] = []
        batch: List[str] = []
        size = 0
        for text in texts:
            text = text[: TEXT_LIMIT // 2]
            if batch and size + len(text) > TEXT_LIMIT:
                redacted += self.redact("\n".join(batch)).split("\n")
                batch, size = [], 0
            batch.append(text)
            size += len(text) + 1
        if batch:
            redacted += self.redact("\n".join(batch)).split("\n")
        return redacted

    def _current_finder(self) -> SecretFinder:
        """A finder of all secrets so far. It is made only now, because most tasks have nothing to redact."""
        with self._lock:
            if self._added:
                while self._added:
                    self._forms |= _forms(self._added.pop())
                self._finder = SecretFinder(self._forms)
            return self._finder

    def _url_spans(self, text: str) -> Iterator[Span]:
        for match in _URL.finditer(text):
            url = match.group()
            own = next(
                (endpoint for endpoint in self._endpoints if (url.rstrip(".,;:") + "/").startswith(endpoint)),
                None,
            )
            if own is None:
                yield match.start() + url.index("://") + 3, match.end()
            elif _SCHEME_END.search(url, len(own)):
                # Another URL is appended to the API's own, or is a part of it.
                yield match.start() + len(own), match.end()


class _Decoded:
    """A text in which escapes are replaced, and where each of its characters was in the original.

    Text is held as the Latin-1 reading of its UTF-8 bytes, so that a character that is percent-encoded byte
    by byte equals the character itself.
    """

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self.text = text
        self._starts = starts
        self._ends = ends

    def originals(self, spans: Iterable[Span]) -> List[Span]:
        """Spans of this text as spans of the original."""
        return [(self._starts[start], self._ends[end - 1]) for start, end in spans]

    def decode(self) -> Optional[_Decoded]:
        """A copy with one level of escapes replaced, or None if the text has no escapes."""
        texts: List[str] = []
        starts: List[int] = []
        ends: List[int] = []
        position = 0
        for match in _ESCAPE.finditer(self.text):
            if match.lastgroup == "percent":
                # Each byte has a place of its own: a URL may begin between two of them.
                pieces = [(at, at + 3) for at in range(match.start(), match.end(), 3)]
                values = [chr(int(self.text[at + 1 : end], 16)) for at, end in pieces]
            else:
                pieces = [match.span()]
                values = [_latin(_unescape(match))]
            texts.append(self.text[position : match.start()])
            starts += self._starts[position : match.start()]
            ends += self._ends[position : match.start()]
            for (at, end), value in zip(pieces, values):
                texts.append(value)
                starts += [self._starts[at]] * len(value)
                ends += [self._ends[end - 1]] * len(value)
            position = match.end()

        if not position:
            return None
        texts.append(self.text[position:])
        return _Decoded("".join(texts), [*starts, *self._starts[position:]], [*ends, *self._ends[position:]])


def _decodings(text: str) -> Iterator[_Decoded]:
    """A text as it is, and with its escapes replaced, level by level."""
    latin = _latin(text)
    starts: Sequence[int] = range(len(text))
    if len(latin) != len(text):
        starts = [at for at, character in enumerate(text) for _byte in _latin(character)]
    decoded: Optional[_Decoded] = _Decoded(
        latin, starts, range(1, len(text) + 1) if len(latin) == len(text) else [at + 1 for at in starts]
    )
    for _level in range(_MAX_DECODINGS):
        if decoded is None:
            return
        yield decoded
        decoded = decoded.decode()


def _latin(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def _unescape(match: re.Match[str]) -> str:
    """The character that one escape stands for."""
    value = match.groupdict()
    if value["high"]:
        pair = bytes.fromhex(value["high"] + value["low"])
        return pair.decode("utf-16-be")
    if value["escaped"]:
        return _CONTROL.get(value["escaped"], value["escaped"])
    if value["named"]:
        return html.unescape(match.group())

    if value["octet"]:
        return chr(int(value["octet"], 16))
    number = (
        int(value["unicode"] or value["hex"], 16)
        if value["unicode"] or value["hex"]
        else int(value["decimal"])
    )
    return chr(number) if number <= 0x10FFFF else " "


def _replace(text: str, spans: List[Span]) -> str:
    """The text with a mask in place of each span; spans that touch get one mask."""
    parts: List[str] = []
    position = 0
    for start, end in sorted(spans):
        if start > position or not parts:
            parts += [text[position:start], HIDDEN]
        position = max(position, end)
    return "".join([*parts, text[position:]])


@functools.lru_cache(maxsize=4_096)  # each item of a loop has the same secrets
def _forms(secret: str) -> FrozenSet[str]:
    """The texts that give a secret away: the secret, its parts if it is a URL, and base64 of either."""
    plain = {secret, unquote(secret, errors="replace"), unquote_plus(secret, errors="replace")}
    encoded = {secret}
    try:
        parts = urlsplit(secret)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme and parts.netloc:
        path = secret.partition(parts.netloc)[2]
        user = parts.netloc.rpartition("@")[0]
        password = user.partition(":")[2]
        own = [path, path.lstrip("/"), user, password]
        plain.update(form for form in (*own, *map(unquote, own)) if len(form) >= _MIN_SECRET)
        # A single part is a token if it is long. Short ones are words such as "services".
        tokens = [part for part in re.split(r"[/?&=#]", path[:_MAX_URL]) if len(part) >= _MIN_PART][
            :_MAX_PARTS
        ]
        plain.update(tokens, map(unquote, tokens))
        encoded = {path.lstrip("/")[:_MAX_URL], unquote(user), unquote(password), *tokens}
    forms = {form for form in map(_latin, plain) if len(form) >= _MIN_SECRET}
    for value in encoded:
        forms.update(_base64_forms(value))

    return frozenset(forms)


def _base64_forms(value: str) -> Iterator[str]:
    """What base64 of any text that contains the value contains, for each of the three alignments."""
    data = value.encode("utf-8", "surrogatepass")
    for offset, first in ((0, 0), (1, 2), (2, 3)):
        text = base64.b64encode(b"\0" * offset + data).decode()
        core = text[first : (offset + len(data)) * 8 // 6]
        if len(core) >= _MIN_PART:
            yield core
            yield core.replace("+", "-").replace("/", "_")


# Secrets that are known by their place


def redact_object(value: Any, mark: str = HIDDEN, secret: bool = False) -> Any:
    """A copy of an API object without URLs and without members whose names suggest a secret."""
    if isinstance(value, dict):
        return {
            name: redact_object(inner, mark, secret or bool(_SECRET_NAME.search(str(name))))
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [redact_object(inner, mark, secret) for inner in value]
    if (
        value
        and isinstance(value, (str, int, float))
        and not isinstance(value, bool)
        and (secret or _SCHEME_END.search(str(value)))
    ):
        return mark
    return value


def redact_options(text: str, given: Any) -> str:
    """A message of ansible-core about refused options, without any of their values."""
    redactor = Redactor()
    redactor.add(*_texts(given))
    return redactor.redact(text)


def _texts(value: Any) -> Iterator[str]:
    """Each text and number within a value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)


def without_userinfo(url: str) -> str:
    """A URL without user and password, for messages and results."""
    scheme, separator, rest = url.partition("://")
    # A secret may have a slash in it, so the host begins behind the last "@", wherever that is.
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url.rpartition("@")[2]


def origin_of(url: str) -> str:
    """Scheme and host of a URL, for messages and results. Empty if the text is not a URL.

    The rest may be a secret: some paste a webhook URL where the endpoint belongs.
    """
    scheme, separator, rest = without_userinfo(url).partition("://")
    return f"{scheme}{separator}{re.split('[/?#]', rest)[0]}" if separator else ""
