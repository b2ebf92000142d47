# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that the role writes on the controller: checked before the first request, and written as a whole."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
import time
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Sequence


class FileError(Exception):
    """A file cannot be written. The message is a whole sentence that names the variable."""


@dataclass(frozen=True)
class OutputFile:
    """One file to write: the variable that asks for it, its absolute path, and its permissions."""

    variable: str
    path: str
    mode: int = 0o644


def absolute(text: str) -> str:
    """The path that a variable means. A relative one begins in the current directory."""
    return os.path.realpath(os.path.abspath(os.path.expanduser(text)))


def output_file(variable: str, text: str, mode: int = 0o644) -> OutputFile:
    """The file that a variable asks for. A relative path begins in the current directory. Raises FileError.

    A special file such as ``/dev/stdout`` would be replaced by a regular one, so it is refused.
    """
    given = os.path.abspath(os.path.expanduser(text))
    path = os.path.realpath(given)
    status = _status(given) or _status(path)
    if status is not None and not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise FileError(f"{variable} is {text}, which is {kind}. Use the path of a file.")
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise FileError(f"{variable} is {text}, and the folder {folder} does not exist. Create it first.")
    if not os.access(folder, os.W_OK):
        raise FileError(f"{variable} is {text}, and the folder {folder} cannot be written to.")
    return OutputFile(variable, path, mode)


def _status(path: str) -> Optional[os.stat_result]:
    try:
        return os.stat(path)
    except OSError:
        return None


def read_json(variable: str, text: str, hint: str) -> Any:
    """The content of a JSON file that a variable names. Raises FileError, which ends with ``hint``."""
    try:
        return json.loads(read_text(variable, text, hint))
    except ValueError as error:
        raise FileError(f"{variable} is {text}, which is no valid JSON ({error}). {hint}") from None


def read_text(variable: str, text: str, hint: str) -> str:
    """The content of a file that a variable names. Raises FileError, which ends with ``hint``."""
    try:
        with open(absolute(text), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"
        raise FileError(f"{variable} is {text}, which cannot be read ({reason}). {hint}") from None


def exists(file: OutputFile) -> bool:
    """Whether there is a file already."""
    return os.path.lexists(file.path)


def refuse_shared_paths(files: Iterable[OutputFile]) -> None:
    """Raise FileError if two variables ask for one file."""
    variables: dict[str, str] = {}
    for file in files:
        if file.path in variables:
            raise FileError(
                f"{variables[file.path]} and {file.variable} are both {file.path}. Use different paths."
            )
        variables[file.path] = file.variable


def claim(folder: str, subject: str, owner: str) -> str:
    """Claim something for a host of this run. Returns the host that has already claimed it, or the owner.

    ``folder`` is one that all workers of a run share.
    """
    marker = os.path.join(folder, f"ccloud-notifications-{hashlib.sha256(subject.encode()).hexdigest()[:32]}")
    try:
        descriptor = os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        with open(marker, encoding="utf-8") as existing:
            return existing.read() or owner
    except OSError:
        return owner
    with os.fdopen(descriptor, "w", encoding="utf-8") as new:
        new.write(owner)
    return owner


def refuse_claimed_paths(files: Sequence[OutputFile], folder: str, host: str) -> None:
    """Raise FileError if another host of this run writes one of the files."""
    for file in files:
        other = claim(folder, file.path, host)
        if other != host:
            raise shared_between(file.variable, file.path, host, other)


def shared_between(variable: str, path: str, host: str, other: str) -> FileError:
    """The error if two hosts would write one file."""
    first, second = sorted((host, other))
    return FileError(
        f"{variable} is {path} for {first} and for {second}, so one would replace the other. Use "
        "{{ inventory_hostname }} in it."
    )


def keep_existing(file: OutputFile) -> None:
    """Give an existing file another name, with the time of its last change, as Ansible names its backups.

    Raises FileError.
    """
    status = _status(file.path)
    if status is None:
        return
    changed_at = time.strftime("%Y-%m-%d@%H:%M:%S", time.gmtime(status.st_mtime))
    try:
        os.rename(file.path, f"{file.path}.{changed_at}~")
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"{file.variable}: {file.path} could not be renamed ({reason}).") from None


def write(file: OutputFile, content: str) -> None:
    """Write a file as a whole, or leave what is there. Raises FileError."""
    data = content.encode("utf-8", "backslashreplace")
    try:
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(file.path), prefix=".ccloud-")
        try:
            with os.fdopen(descriptor, "wb") as output:
                output.write(data)
            os.chmod(temporary, file.mode)
            os.replace(temporary, file.path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"{file.variable}: {file.path} could not be written ({reason}).") from None
