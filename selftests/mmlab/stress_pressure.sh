#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mmlab-stress with pressure=1, on a lab that is too small for it. Arguments are those
# of mmlab-stress.
here=$(dirname "$0")
# shellcheck source=selftests/mmlab/tap.sh disable=SC1091
. "$here/tap.sh"

module=$(find_module) || exit 1
unload || exit
insmod "$module" mem=4 || exit
status=0
"$here/mmlab-stress" pressure=1 ops=20000 "$@" || {
	status=$?
	echo "# the line above is for a lab of this size: insmod mmlab.ko mem=4"
}
rmmod mmlab || status=1
exit $status
