#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The module's own failure points fail once each, on whatever kernel this is.
exec "$(dirname "$0")/failnth" own
