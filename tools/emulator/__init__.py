# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that behaves as the contract says, for tests, the demo and users' own CI."""

#: The version of the collection that the emulator belongs to.
__version__ = "0.2.0"
