# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares desired with existing objects, and applies the differences.

Knows neither HTTP nor Ansible nor a resource. Private to the collection.
"""
