# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalog of notification types that the emulator serves.

The service serves its catalog at run time; no document lists all of it. The names in
``PUBLISHED_NAMES`` occur in public documentation. All other names are invented. So are all severities,
priorities and descriptions, except for the severities of the quota types. Nothing may depend on them.
"""

from __future__ import annotations

from typing import NamedTuple

#: Names in public documentation.
PUBLISHED_NAMES = (
    "Cluster Shrink",
    "Statement failure",
    "Statement degraded",
    "Statement stuck in pending",
    "Statement auto-stopped",
    "Cloud Service Quota reached 50%",
    "Cloud Service Quota reached 90%",
    "Cloud Service Quota reached 100%",
    # Likely, as they come from a secondary source:
    "Kafka cluster expansion failure",
    "Kafka cluster shrink complete",
    "Connector in FAILED state",
    "Connector state: PROVISIONING to RUNNING",
)

#: Types that the emulated organization's plan does not include.
NAMES_NOT_IN_PLAN = (
    "Login from a new country",
    "IP filter blocked requests",
    "Flink statement failed",
    "Statement degraded",
    "Flink compute pool exhausted",
    "Early access granted",
)


class Type(NamedTuple):
    """One notification type. The filter ``resource_type`` finds it by each of ``resource_types``."""

    name: str
    severity: str
    priority: str
    description: str
    resource_types: tuple[str, ...] = ()

    @property
    def is_invented(self) -> bool:
        """Whether the name occurs in no public documentation."""
        return self.name not in PUBLISHED_NAMES

    @property
    def is_included(self) -> bool:
        """Whether the emulated organization's plan includes the type."""
        return self.name not in NAMES_NOT_IN_PLAN


# Severities and priorities
CRITICAL, WARN, INFO = "CRITICAL", "WARN", "INFO"
REQUIRED, RECOMMENDED, OPTIONAL = "REQUIRED", "RECOMMENDED", "OPTIONAL"

# Resource types
_ENVIRONMENT = ("ENVIRONMENT",)
_CLUSTER = ("ENVIRONMENT", "CLUSTER")
_CONNECTOR = ("ENVIRONMENT", "CLUSTER", "CONNECTOR")
_POOL = ("ENVIRONMENT", "FLINK_COMPUTE_POOL")
_STATEMENT = ("ENVIRONMENT", "FLINK_COMPUTE_POOL", "FLINK_STATEMENT")

#: The types by category. Categories are an extensible enumeration, so one of them is invented: GOVERNANCE.
CATALOGUE: dict[str, tuple[Type, ...]] = {
    "BILLING_LICENSING": (
        Type("Payment failed", CRITICAL, REQUIRED, "A payment could not be collected."),
        Type("Payment method expired", CRITICAL, REQUIRED, "The payment method is no longer valid."),
        Type("Payment method expires soon", WARN, REQUIRED, "The payment method expires within 30 days."),
        Type("Promotional credit running out", WARN, RECOMMENDED, "Less than a fifth of the credit is left."),
        Type("Promotional credit used up", CRITICAL, RECOMMENDED, "No credit is left."),
        Type("Commitment half used", INFO, RECOMMENDED, "Half of the annual commitment is used."),
        Type("Commitment almost used", WARN, RECOMMENDED, "Nine tenths of the annual commitment are used."),
        Type("Commitment exceeded", CRITICAL, RECOMMENDED, "Usage is beyond the annual commitment."),
        Type("Invoice available", INFO, OPTIONAL, "A new invoice is available."),
        Type("Spending above budget", WARN, OPTIONAL, "Spending this month is above the budget."),
        Type("License expires soon", WARN, RECOMMENDED, "A software license expires within 30 days."),
        Type("License expired", CRITICAL, REQUIRED, "A software license has expired."),
    ),
    "SECURITY": (
        Type("API key created", INFO, OPTIONAL, "An API key was created."),
        Type("API key deleted", INFO, OPTIONAL, "An API key was deleted."),
        Type("API key unused for long", WARN, OPTIONAL, "An API key was not used for 90 days."),
        Type("Identity provider key rotation failed", CRITICAL, RECOMMENDED, "A refresh of the keys failed."),
        Type(
            "Self-managed encryption key unavailable", CRITICAL, REQUIRED, "A key is not reachable.", _CLUSTER
        ),
        Type(
            "Self-managed encryption key access restored", INFO, RECOMMENDED, "A key is reachable.", _CLUSTER
        ),
        Type("Single sign-on certificate expires soon", WARN, REQUIRED, "It expires within 30 days."),
        Type("Single sign-on certificate expired", CRITICAL, REQUIRED, "Single sign-on fails."),
        Type("Audit log access at risk", CRITICAL, RECOMMENDED, "The API key of the audit log expires soon."),
        Type("Login from a new country", WARN, OPTIONAL, "A user signed in from a new country."),
        Type("IP filter blocked requests", WARN, OPTIONAL, "Requests were refused by an IP filter."),
        Type("Administrator role granted", WARN, RECOMMENDED, "A user became an organization admin."),
    ),
    "SERVICE": (
        Type("Cluster load is high", WARN, RECOMMENDED, "The load is above 70 percent.", _CLUSTER),
        Type("Cluster load is critical", CRITICAL, RECOMMENDED, "The load is above 90 percent.", _CLUSTER),
        Type("Kafka cluster shrink complete", INFO, OPTIONAL, "A cluster is now smaller.", _CLUSTER),
        Type("Kafka cluster expansion failure", CRITICAL, RECOMMENDED, "An expansion failed.", _CLUSTER),
        Type("Cluster shrink failed", WARN, RECOMMENDED, "A shrink operation failed.", _CLUSTER),
        Type("Cluster maintenance begins", INFO, RECOMMENDED, "Maintenance of a cluster began.", _CLUSTER),
        Type("Cluster Shrink", INFO, OPTIONAL, "Cluster shrink operation is completed.", _CLUSTER),
        Type("Statement auto-stopped", WARN, RECOMMENDED, "The service stopped a statement.", _STATEMENT),
        Type("Cluster link failed", CRITICAL, RECOMMENDED, "A cluster link stopped mirroring.", _CLUSTER),
        Type("Statement stuck in pending", WARN, OPTIONAL, "A statement does not start.", _STATEMENT),
        Type("Connector failed", CRITICAL, RECOMMENDED, "A connector stopped with an error.", _CONNECTOR),
        Type("Connector degraded", WARN, RECOMMENDED, "Some tasks of a connector stopped.", _CONNECTOR),
        Type("Connector paused", INFO, OPTIONAL, "A connector was paused.", _CONNECTOR),
        Type("Connector plugin is deprecated", WARN, RECOMMENDED, "A plugin is deprecated.", _CONNECTOR),
        Type("Connector in FAILED state", CRITICAL, RECOMMENDED, "A connector stopped.", _CONNECTOR),
        Type("Connector state: PROVISIONING to RUNNING", INFO, OPTIONAL, "A connector runs.", _CONNECTOR),
        Type("Statement failure", WARN, OPTIONAL, "A statement failed.", _STATEMENT),
        Type("Schema Registry at its limit", CRITICAL, RECOMMENDED, "The limit is reached.", _ENVIRONMENT),
        Type("ksqlDB storage almost full", CRITICAL, OPTIONAL, "Little storage is left.", _CLUSTER),
        Type("Flink statement failed", CRITICAL, OPTIONAL, "A statement failed.", _STATEMENT),
        Type("Statement degraded", WARN, OPTIONAL, "A statement falls behind.", _STATEMENT),
        Type("Flink compute pool exhausted", CRITICAL, OPTIONAL, "A pool is at its maximum.", _POOL),
        Type("Regional incident", CRITICAL, REQUIRED, "A region has an incident."),
        Type("Regional incident resolved", INFO, REQUIRED, "An incident in a region is resolved."),
    ),
    "ACCOUNT": (
        Type("User invited", INFO, OPTIONAL, "A user was invited to the organization."),
        Type("Invitation expired", INFO, OPTIONAL, "An invitation was not accepted in time."),
        Type("User removed", INFO, OPTIONAL, "A user was removed from the organization."),
        Type("Cloud Service Quota reached 50%", INFO, RECOMMENDED, "Half of a quota is used."),
        Type("Support case updated", INFO, OPTIONAL, "A support case was updated."),
        Type("Cloud Service Quota reached 100%", CRITICAL, REQUIRED, "A quota is used up."),
        Type("Organization will be suspended", CRITICAL, REQUIRED, "The organization will be suspended."),
        Type("Terms of service changed", INFO, REQUIRED, "The terms of service changed."),
        Type("Cloud Service Quota reached 90%", WARN, RECOMMENDED, "Nine tenths of a quota are used."),
        Type("Early access granted", INFO, OPTIONAL, "The organization has access to a preview."),
    ),
    "GOVERNANCE": (
        Type("Stream lineage export completed", INFO, OPTIONAL, "An export is available."),
        Type("Data contract broken", WARN, OPTIONAL, "Messages violate a data contract.", _ENVIRONMENT),
    ),
}
