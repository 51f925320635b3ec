#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Holds the syzkaller description of the device against the header: every command
# is there with its direction and its structure; every structure has the header's
# fields in its order, with their sizes; every constant has its value.
#
#   check.sh            exit status 0, or 1 and what differs
#   check.sh --const    print what dev_mmlab.txt.const has to be
set -uo pipefail

# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "$0")/../../scripts/machine/prologue.sh"
here=$(cd "$(dirname "$0")" && pwd)
header=${MMLAB_UAPI:-$here/../../module/uapi/mmlab.h}
description=${MMLAB_SYZ:-$here/dev_mmlab.txt}
work=$(mktemp -d "${TMPDIR:-/tmp}/mmlab-syz.XXXXXX")
trap 'rm -rf "$work"' EXIT

# all constants of the header that the description names
constants() { sed 's/#.*//' "$description" | grep -oE '\bMMLAB_[A-Z0-9_]+' | grep -v '^MMLAB_$' | sort -u; }

commands_of_header() { sed -nE "s/^#define (MMLAB_[A-Z_]+)[[:space:]]+_IO[WR]*\(.*/\1/p" "$header" | sort; }

commands_described() { sed -n 's/^ioctl\$\(MMLAB_[A-Z_]*\)(.*/\1/p' "$description" | sort; }

# names of the structures of the header
structures() { sed -n 's/^struct \(mmlab_[a-z_]*\) {$/\1/p' "$header" | sort; }

print_const()
{
	{
		echo '#include <stdio.h>'
		echo "#include \"$header\""
		echo 'int main(void) {'
		constants | sed 's/.*/printf("& = %llu\\n", (unsigned long long)&);/'
		echo '}'
	} > "$work/const.c"
	echo "# What the constants of dev_mmlab.txt are; made by check.sh --const"
	echo "arches = amd64, arm64, riscv64, 386"
	gcc -o "$work/const" "$work/const.c" && "$work/const"
	echo "AT_FDCWD = 18446744073709551516"
}

# a C program of assertions that compiles if all agrees
assertions()
{
	cat <<-TXT
	#include <stddef.h>
	#include "$header"
	#define SAME(a, b) _Static_assert((a) == (b), #a " is " #b)
	TXT
	awk '
	# bytes of a type of the description
	function bytes(type,   inner, comma) {
		if (type ~ /^array\[/) {
			inner = substr(type, 7, length(type) - 7)
			match(inner, /,[^,]*$/)
			return bytes(substr(inner, 1, RSTART - 1)) * \
				(substr(inner, RSTART + 1) + 0)
		}
		if (type ~ /^string\[/)
			return substr(type, index(type, ",") + 1) + 0
		if (type ~ /^ptr64/ || type ~ /int64/ || type == "mmlab_phys")
			return 8
		if (type ~ /int8/)
			return 1
		return type ~ /int32/ || type == "mmlab_lva" || type == "mmlab_id" || type == "fd" ? 4 : 0
	}
	/^ioctl\$/ {
		split($0, part, /[$(]/)
		match($0, /ptr\[[a-z]+, [a-z_]+\]/)
		split(substr($0, RSTART + 4, RLENGTH - 5), arg, ", ")
		dir["in"] = "_IOC_WRITE"; dir["out"] = "_IOC_READ"
		dir["inout"] = "(_IOC_READ | _IOC_WRITE)"
		printf "SAME(_IOC_DIR(%s), %s);\n", part[2], dir[arg[1]]
		printf "SAME(_IOC_SIZE(%s), sizeof(struct %s));\n", part[2], arg[2]
		if (index($0, "const[" part[2] "]") == 0)
			printf "#error %s: another command in it\n", part[2]
	}
	/^mmlab_[a-z_]+ \{/ { name = $1; at = 0; next }
	/^\}/ && name { printf "SAME(sizeof(struct %s), %d);\n", name, at; name = ""; next }
	name {
		field = $1; type = $0
		sub(/^[ \t]*[a-z_]+[ \t]+/, "", type); sub(/[ \t]*\([a-z]+\)$/, "", type)
		printf "SAME(offsetof(struct %s, %s), %d);\n", name, field, at
		printf "SAME(sizeof(((struct %s *)0)->%s), %d);\n", name, field, bytes(type)
		at += bytes(type)
	}' "$description"
}

if [ "${1-}" = --const ]; then
	print_const
	exit
fi
status=0
if ! diff <(commands_of_header) <(commands_described) > "$work/diff"; then
	echo "commands of the header (<) and of the description (>) differ:"
	cat "$work/diff"
	status=1
fi
if ! diff <(structures) <(sed -n 's/^\(mmlab_[a-z_]*\) {$/\1/p' "$description" | sort) \
	> "$work/diff"; then
	echo "structures of the header (<) and of the description (>) differ:"
	cat "$work/diff"
	status=1
fi
assertions > "$work/assert.c"
if ! gcc -std=c11 -fsyntax-only "$work/assert.c" 2> "$work/errors"; then
	grep -E 'error' "$work/errors" | sed 's/^[^ ]* //'
	status=1
fi
if ! diff <(print_const) "$description.const"; then
	echo "dev_mmlab.txt.const is not what check.sh --const prints (<)"
	status=1
fi
[ "$(grep -c SAME "$work/assert.c")" -gt 100 ] || { echo "hardly anything was compared"; status=1; }
exit $status
