# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event source for Event-Driven Ansible: who changed the notifications of an organization, from its audit log."""

from __future__ import annotations

import json
import logging
import runpy
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Optional

DOCUMENTATION = r"""
---
short_description: Read changes of notifications from the audit log of Confluent Cloud.
description:
  - Reads the Kafka topic of an organization's audit log, and hands on each change of an integration or a
    subscription that succeeded. Requests that only read, such as those of the playbook C(verify), are left
    out, and so are all other records.
  - An event has one member, C(audit), with C(id), C(method), C(resource_type), C(resource_id), C(organization),
    C(principal) (the ID of a user, a service account or an identity pool) and C(time), all printable texts of
    limited length, which cannot be templates.
  - The place in the log is kept in the consumer group. After a restart, the source goes on there; a new group
    begins with what is logged from then on.
  - Needs C(aiokafka). Source of the format - "Audit Log Event Schema on Confluent Cloud" and "Notifications
    Service Auditable Event Methods".
options:
  bootstrap_servers:
    description: [The address of the audit log's cluster, as C(confluent audit-log describe) names it.]
    type: str
    required: true
  api_key:
    description: [An API key of that cluster.]
    type: str
  api_secret:
    description: [Its secret.]
    type: str
  topic:
    description: [The topic.]
    type: str
    default: confluent-audit-log-events
  group_id:
    description: [The consumer group. Two processes with the same group share the records.]
    type: str
    default: ccloud-notifications
  security_protocol:
    description: [SASL_SSL, or PLAINTEXT for a broker on this machine.]
    type: str
    default: SASL_SSL
"""

EXAMPLES = r"""
- ccloud.notifications.audit_log:
    bootstrap_servers: "{{ audit_log_servers }}"
    api_key: "{{ audit_log_api_key }}"
    api_secret: "{{ audit_log_api_secret }}"
"""

TOPIC = "confluent-audit-log-events"
RESOURCE_TYPES = ("NS_INTEGRATION", "NS_SUBSCRIPTION")
#: The protocols, and whether they need credentials.
PROTOCOLS = {"SASL_SSL": True, "PLAINTEXT": False}
_CHANGES = ("Create", "Update", "Delete")
#: The members of an event, with the greatest number of characters. The limits are ours.
LIMITS = {
    "id": 255,
    "method": 100,
    "resource_type": 100,
    "resource_id": 255,
    "organization": 255,
    "principal": 255,
    "time": 64,
}

# ansible-rulebook runs each plugin as a file of its own, so the filter cannot be imported.
_text = runpy.run_path(str(Path(__file__).parents[1] / "event_filter" / "notification.py"))["text"]
_logger = logging.getLogger(__name__)


def event_of(record: bytes) -> Optional[Dict[str, Any]]:
    """The event for a record of the log; None if it is about no change of notifications, or no such record."""
    try:
        content = json.loads(record)
    except (ValueError, RecursionError):
        _logger.warning("A record of the audit log is no JSON.")
        return None
    data = _mapping(_mapping(content).get("data"))
    resources = list(_changed_resources(data))
    if not resources or not _is_change(data):
        return None
    changed = resources[0]
    found = {
        "id": _mapping(content).get("id"),
        "method": data.get("methodName"),
        "resource_type": _mapping(changed.get("resource")).get("type"),
        "resource_id": _mapping(changed.get("resource")).get("resourceId"),
        "organization": next(filter(None, map(_organization, resources)), ""),
        "principal": _principal(_mapping(data.get("authenticationInfo"))),
        "time": _mapping(content).get("time"),
    }
    # A line end could begin a line of its own in a log.
    return {"audit": {name: " ".join(_text(found[name], limit).split()) for name, limit in LIMITS.items()}}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _changed_resources(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    resources = data.get("cloudResources")
    for resource in resources if isinstance(resources, list) else ():
        if _mapping(_mapping(resource).get("resource")).get("type") in RESOURCE_TYPES:
            yield resource


def _is_change(data: Mapping[str, Any]) -> bool:
    """Whether a request changed something. A reading one must not count, or verify would start itself."""
    is_read = _mapping(data.get("request")).get("accessType") == "READ_ONLY"
    writes = not is_read and str(data.get("methodName")).startswith(_CHANGES)
    return writes and _mapping(data.get("result")).get("status", "UNSET") in ("SUCCESS", "UNSET")


def _organization(changed: Mapping[str, Any]) -> Any:
    outer = _mapping(changed.get("scope")).get("resources")
    for resource in outer if isinstance(outer, list) else ():
        if _mapping(resource).get("type") == "ORGANIZATION":
            return _mapping(resource).get("resourceId")
    return ""


def _principal(authentication: Mapping[str, Any]) -> Any:
    """Who sent a request: the ID of the principal, whatever its kind, else its text."""
    principal = authentication.get("principal")
    for kind in _mapping(principal).values():
        found = _mapping(kind).get("resourceId") or _mapping(kind).get("subject")
        if found:
            return found
    return authentication.get("principalResourceId") or principal


def consumer_options(args: Mapping[str, Any]) -> Dict[str, Any]:
    """The options of the Kafka consumer. Raises ValueError for missing or unknown ones."""
    protocol = str(args.get("security_protocol") or "SASL_SSL").strip().upper()
    if protocol not in PROTOCOLS:
        raise ValueError(f"security_protocol must be one of {', '.join(PROTOCOLS)}, not {protocol!r}.")
    if not str(args.get("bootstrap_servers") or "").strip():
        raise ValueError(
            "bootstrap_servers is missing. `confluent audit-log describe` names the cluster of the audit log."
        )
    options = {
        "bootstrap_servers": str(args["bootstrap_servers"]).strip(),
        "group_id": str(args.get("group_id") or "ccloud-notifications"),
        "auto_offset_reset": "latest",
        "security_protocol": protocol,
    }
    if not PROTOCOLS[protocol]:
        return options
    key, secret = (str(args.get(name) or "").strip() for name in ("api_key", "api_secret"))
    if not key or not secret:
        raise ValueError("api_key or api_secret is missing. They belong to the cluster of the audit log.")
    return {**options, "sasl_mechanism": "PLAIN", "sasl_plain_username": key, "sasl_plain_password": secret}


async def main(queue: Any, args: Dict[str, Any]) -> None:
    """Read the log, and hand on changes."""
    from aiokafka import AIOKafkaConsumer
    from aiokafka.helpers import create_ssl_context

    options = consumer_options(args)
    if options["security_protocol"] == "SASL_SSL":
        options["ssl_context"] = create_ssl_context()
    consumer = AIOKafkaConsumer(str(args.get("topic") or TOPIC), **options)
    await consumer.start()
    try:
        async for record in consumer:
            event = event_of(record.value or b"")
            if event is not None:
                await queue.put(event)
    finally:
        await consumer.stop()
