# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A believable catalogue of notification types. The real one is published nowhere; nothing may depend on these names."""

from __future__ import annotations

from typing import NamedTuple


class Type(NamedTuple):
    """One notification type. ``resource_types`` are those that ``GET notification-types?resource_type=`` finds it by."""

    name: str
    severity: str
    priority: str
    description: str
    in_plan: bool = True
    resource_types: tuple[str, ...] = ()


_ENVIRONMENT = ("ENVIRONMENT",)
_CLUSTER = ("ENVIRONMENT", "CLUSTER")
_CONNECTOR = ("ENVIRONMENT", "CLUSTER", "CONNECTOR")
_POOL = ("ENVIRONMENT", "FLINK_COMPUTE_POOL")
_STATEMENT = ("ENVIRONMENT", "FLINK_COMPUTE_POOL", "FLINK_STATEMENT")

#: By category; the last category is one that no client knows.
CATALOGUE: dict[str, tuple[Type, ...]] = {
    "BILLING_LICENSING": (
        Type("Payment failed", "CRITICAL", "REQUIRED", "A payment could not be collected."),
        Type("Payment method expired", "CRITICAL", "REQUIRED", "The payment method on file is no longer valid."),
        Type("Payment method expires soon", "WARN", "REQUIRED", "The payment method on file expires within 30 days."),
        Type("Promotional credit running out", "WARN", "RECOMMENDED", "Less than a fifth of the promotional credit is left."),
        Type("Promotional credit used up", "CRITICAL", "RECOMMENDED", "No promotional credit is left; usage is charged from now on."),
        Type("Commitment half used", "INFO", "RECOMMENDED", "Half of the annual commitment is used."),
        Type("Commitment almost used", "WARN", "RECOMMENDED", "Nine tenths of the annual commitment are used."),
        Type("Commitment exceeded", "CRITICAL", "RECOMMENDED", "Usage is beyond the annual commitment."),
        Type("Invoice available", "INFO", "OPTIONAL", "A new invoice can be read."),
        Type("Spending above budget", "WARN", "OPTIONAL", "Spending this month is above the budget that was set."),
        Type("License expires soon", "WARN", "RECOMMENDED", "A licence of self-managed software expires within 30 days."),
        Type("License expired", "CRITICAL", "REQUIRED", "A licence of self-managed software has expired."),
    ),
    "SECURITY": (
        Type("API key created", "INFO", "OPTIONAL", "Somebody created an API key."),
        Type("API key deleted", "INFO", "OPTIONAL", "Somebody deleted an API key."),
        Type("API key unused for long", "WARN", "OPTIONAL", "An API key was not used for 90 days."),
        Type("Identity provider key rotation failed", "CRITICAL", "RECOMMENDED", "The keys of an identity provider cannot be refreshed."),
        Type("Self-managed encryption key unavailable", "CRITICAL", "REQUIRED", "A cluster cannot reach its key.", True, _CLUSTER),
        Type("Self-managed encryption key access restored", "INFO", "RECOMMENDED", "A cluster reaches its key again.", True, _CLUSTER),
        Type("Single sign-on certificate expires soon", "WARN", "REQUIRED", "The certificate for single sign-on expires within 30 days."),
        Type("Single sign-on certificate expired", "CRITICAL", "REQUIRED", "Nobody can sign in through the identity provider."),
        Type("Audit log access at risk", "CRITICAL", "RECOMMENDED", "The key that reads the audit log is about to be deleted."),
        Type("Login from a new country", "WARN", "OPTIONAL", "A user signed in from a country for the first time.", False),
        Type("IP filter blocked requests", "WARN", "OPTIONAL", "Requests were refused by an IP filter.", False),
        Type("Administrator role granted", "WARN", "RECOMMENDED", "Somebody was made an organization admin."),
    ),
    "SERVICE": (
        Type("Cluster load is high", "WARN", "RECOMMENDED", "The load of a dedicated cluster is above 70 percent.", True, _CLUSTER),
        Type("Cluster load is critical", "CRITICAL", "RECOMMENDED", "The load of a dedicated cluster is above 90 percent.", True, _CLUSTER),
        Type("Cluster expansion completed", "INFO", "OPTIONAL", "A dedicated cluster has its new size.", True, _CLUSTER),
        Type("Cluster expansion failed", "CRITICAL", "RECOMMENDED", "A dedicated cluster could not be expanded.", True, _CLUSTER),
        Type("Cluster shrink failed", "WARN", "RECOMMENDED", "A dedicated cluster could not be shrunk.", True, _CLUSTER),
        Type("Cluster maintenance begins", "INFO", "RECOMMENDED", "Maintenance of a cluster has begun.", True, _CLUSTER),
        Type("Cluster maintenance completed", "INFO", "OPTIONAL", "Maintenance of a cluster is over.", True, _CLUSTER),
        Type("Partition limit near", "WARN", "RECOMMENDED", "A cluster has nine tenths of its partitions.", True, _CLUSTER),
        Type("Cluster link failed", "CRITICAL", "RECOMMENDED", "A cluster link does not mirror any more.", True, _CLUSTER),
        Type("Mirror topic lags behind", "WARN", "OPTIONAL", "A mirror topic is more than an hour behind.", True, _CLUSTER),
        Type("Private network connection lost", "CRITICAL", "RECOMMENDED", "A private network is not reachable.", True, _ENVIRONMENT),
        Type("Private network connection changed", "INFO", "OPTIONAL", "The state of a private network changed.", True, _ENVIRONMENT),
        Type("Connector failed", "CRITICAL", "RECOMMENDED", "A connector stopped with an error.", True, _CONNECTOR),
        Type("Connector degraded", "WARN", "RECOMMENDED", "Some tasks of a connector stopped with an error.", True, _CONNECTOR),
        Type("Connector paused", "INFO", "OPTIONAL", "A connector was paused.", True, _CONNECTOR),
        Type("Connector plugin is deprecated", "WARN", "RECOMMENDED", "A connector's plugin reaches its end of life.", True, _CONNECTOR),
        Type("Schema Registry near its limit", "WARN", "OPTIONAL", "Nine tenths of the schemas are used.", True, _ENVIRONMENT),
        Type("Schema Registry at its limit", "CRITICAL", "RECOMMENDED", "No more schema can be registered.", True, _ENVIRONMENT),
        Type("ksqlDB storage almost full", "CRITICAL", "OPTIONAL", "A ksqlDB cluster has little storage left.", True, _CLUSTER),
        Type("Flink statement failed", "CRITICAL", "OPTIONAL", "A Flink statement stopped with an error.", False, _STATEMENT),
        Type("Flink statement degraded", "WARN", "OPTIONAL", "A Flink statement cannot keep up.", False, _STATEMENT),
        Type("Flink compute pool exhausted", "CRITICAL", "OPTIONAL", "A Flink compute pool is at its maximum.", False, _POOL),
        Type("Regional incident", "CRITICAL", "REQUIRED", "The service is impaired in a region that the organization uses."),
        Type("Regional incident resolved", "INFO", "REQUIRED", "The service is well again in a region."),
    ),
    "ACCOUNT": (
        Type("User invited", "INFO", "OPTIONAL", "Somebody was invited to the organization."),
        Type("Invitation expired", "INFO", "OPTIONAL", "An invitation was not accepted in time."),
        Type("User removed", "INFO", "OPTIONAL", "Somebody was removed from the organization."),
        Type("Support plan changed", "INFO", "RECOMMENDED", "The organization's support plan changed."),
        Type("Support case updated", "INFO", "OPTIONAL", "There is news on a support case."),
        Type("Organization suspended", "CRITICAL", "REQUIRED", "The organization is suspended."),
        Type("Organization will be suspended", "CRITICAL", "REQUIRED", "The organization is going to be suspended."),
        Type("Terms of service changed", "INFO", "REQUIRED", "The terms of service changed."),
        Type("Feature reaches its end of life", "WARN", "RECOMMENDED", "A feature that is in use goes away."),
        Type("Early access granted", "INFO", "OPTIONAL", "The organization may try a feature early.", False),
    ),
    "GOVERNANCE": (
        Type("Stream lineage export completed", "INFO", "OPTIONAL", "An export of the stream lineage can be read."),
        Type("Data contract broken", "WARN", "OPTIONAL", "Messages break a data contract.", True, _ENVIRONMENT),
    ),
}
