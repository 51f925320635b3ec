# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The first thing that each bash script of this tree sources: sets $top, the tree's
# directory, and takes out of the environment what would bend the tools. A tree below a
# path that make and kbuild can't work with is built in a copy.

# cd prints; tools change their options; kbuild takes another tree, machine, compiler
unset CDPATH POSIXLY_CORRECT BASH_ENV ENV GREP_OPTIONS GREP_COLOR TAR_OPTIONS XZ_OPT \
	XZ_DEFAULTS KBUILD_OUTPUT KBUILD_EXTMOD KBUILD_EXTRA_SYMBOLS O M ARCH SUBARCH \
	CROSS_COMPILE MAKEFILES
set +o noclobber +o posix
# else each bash that is called, ldd for one, would get the options of the caller
export -n SHELLOPTS
umask 022
[ -e /proc/self/fd/0 ] || exec < /dev/null

# the jobs of `make -jN` that called: make is called here with -j of its own
if [ -n "${MAKEFLAGS-}" ]; then
	MAKEFLAGS=$(sed -E 's/(^| )-j[0-9]*//; s/(^| )--jobserver-(auth|fds)=[^ ]*//' \
		<<< "$MAKEFLAGS")
	export MAKEFLAGS
fi

is_plain() { local LC_ALL=C; case $1 in *[!A-Za-z0-9/._+@~-]*) return 1 ;; esac; }

# QEMU takes a comma for the next option
if [ -n "${TMPDIR-}" ] && { ! is_plain "$TMPDIR" || [ ! -w "$TMPDIR" ]; }; then
	export TMPDIR=/tmp
fi

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1

# Copies the tree to a plain path and runs the same script there. build/ is a link to
# the copy's; what the script wrote anew in the tree (a document, say) comes back.
run_in_copy()	# SCRIPT ARGUMENT…
{
	local base=/var/tmp/mmlab-$UID copy script status=0

	copy=$base/tree-$(cksum <<< "$top" | tr ' ' -)
	script=$(cd -- "$(dirname -- "$1")" && pwd)/${1##*/}
	command -v rsync > /dev/null || "$top/scripts/setup" || exit
	[ -d "$base" ] || mkdir -m 700 "$base" || exit
	[ -O "$base" ] || {
		printf 'mmlab: error: %s is another user'\''s; %s\n' "$base" \
			"move this tree to a path of letters, digits and ._+@~- only" >&2
		exit 1
	}
	mkdir -p "$copy/build"
	[ -L "$top/build" ] || { rm -rf "$top/build" && ln -s "$copy/build" "$top/build"; }
	rsync -a --delete --exclude=/build --exclude=/.git "$top/" "$copy/"
	"$copy/${script#"$top"/}" "${@:2}" || status=$?
	rsync -a --update --existing --exclude=/build "$copy/" "$top/"
	exit $status
}

if [ -e "$top/build" ] && [ ! -w "$top/build" ]; then
	printf 'mmlab: error: %s belongs to %s; remove it as that user, or work in a tree of %s\n' \
		"$top/build" "$(stat -L -c %U "$top/build")" "your own" >&2
	exit 1
fi
is_plain "$top" || run_in_copy "$0" "$@"
