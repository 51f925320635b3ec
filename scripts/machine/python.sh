# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Starts a program of this directory; sourced by scripts/setup and scripts/kernel, with
# their name in $program. A machine without Python gets that first.
here=$(unset CDPATH; cd -- "$(dirname -- "$0")" && pwd) || exit 1
[ -e /proc/self/fd/0 ] || exec < /dev/null

stop() { echo "${program-}: error: $1" >&2; exit 1; }

find_python()
{
	for python in /usr/bin/python3 python3; do
		! command -v "$python" > /dev/null || return 0
	done
	return 1
}

get_python()
{
	command='apt-get install --no-install-recommends python3' sudo=''
	command -v apt-get > /dev/null || stop "python3 is missing; install it and start again"
	if [ "$(id -u)" != 0 ]; then
		sudo=sudo
		{ command -v sudo > /dev/null && sudo -v; } ||
			stop "python3 is missing. Ask the administrator for:
           $command
       and start again"
	fi
	echo "$program: this machine lacks python3, installing it" >&2
	for try in '' update; do
		[ -z "$try" ] || $sudo apt-get -q=2 update >&2 || break
		# shellcheck disable=SC2086	# a list of words
		$sudo env DEBIAN_FRONTEND=noninteractive $command -q -y < /dev/null >&2 && return
	done
	stop "the installation failed, see apt's message above"
}

find_python || { get_python; find_python; } || exit 1
exec "$python" -E -s -B "$here/machine/$program.py" "$@"
