#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Holds the layers of the module: which layer may include which, that no files need
# each other in a circle, what the core may need from the kernel, where kernel
# versions may be named, and that no byte of a user's is judged by the kernel's
# classes of characters. x.c and x.h are one file here: a file that needs the one needs the
# other.
set -uo pipefail

# shellcheck source=scripts/machine/prologue.sh
. "$(dirname "$0")/../../scripts/machine/prologue.sh"
here=$(cd "$(dirname "$0")" && pwd)
module=$(cd "$here/../../module" && pwd)
allow=$here/core-symbols.allow
objects=''
includes=()		# "FILE FILE" for each arrow
broken=0 looked_at=0

usage()
{
	cat <<-'TXT'
	usage: check-layers.sh [--module DIR] [--objects DIR]
	       check-layers.sh --self-test

	  --module DIR   the sources (default: module/ of this tree)
	  --objects DIR  also look at the symbols of the objects built of them
	                 (the same layout, as build/KERNEL/module)
	  --self-test    show every rule red on doctored copies

	Exit status: 0 all layers hold, 1 broken, 2 wrong usage.
	TXT
}

fault()	# RULE MESSAGE
{
	printf 'layers: %s: %s\n' "$1" "$2"
	broken=1
}

# the layer of a path below module/: its directory, or "top"
layer_of() { case $1 in */*) echo "${1%%/*}" ;; *) echo top ;; esac; }

# may_include LAYER-OF-INCLUDER PATH-INCLUDED
may_include()
{
	case $1:$2 in
	top:*)			return 0 ;;	# main.c: the init ladder
	*:uapi/*|*:compat.h)	[ "$1" != core ] ;;
	core:core/*)		return 0 ;;
	mem:mem/*|mem:core/*)	return 0 ;;
	dev:dev/*|dev:proc/*|dev:mem/*|dev:core/*) return 0 ;;
	proc:proc/*|proc:mem/*|proc:core/*) return 0 ;;
	test:test/*|test:mem/*|test:core/*) return 0 ;;
	bench:bench/*|mapdrv:mapdrv/*) return 0 ;;	# users of mmlab_api.h, as others
	core:*)			return 1 ;;
	*:*/*)			return 1 ;;
	*:*)			return 0 ;;	# top-level headers
	esac
}

# include_lines FILE: "LINE <name>" or "LINE "name"" for each include
include_lines()
{
	sed -nE '/^[[:space:]]*#[[:space:]]*include[[:space:]]/{
		s/^[^<"]*([<"][^>"]*[>"]).*/\1/; t found
		s/.*/?/
		: found
		=; p
	}' "$1" | paste -d ' ' - -
}

# the path below module/ that an #include "name" in a file means
resolve()	# FILE NAME
{
	local candidate

	for candidate in "$(dirname "$1")/$2" "$2"; do
		if [ -e "$module/$candidate" ]; then
			realpath --relative-to="$module" "$module/$candidate"
			return
		fi
	done
	return 1
}

check_include()	# FILE LINE TARGET
{
	local file=$1 where=$1:$2 target=$3 layer path name

	layer=$(layer_of "$file")
	name=${target#?}
	name=${name%?}
	case $layer:$target in
	*:\?) fault include "$where: an include that can't be read" ;;
	core:\<*)
		case $file in
		core/core_internal.h|core/events.h) ;;
		*) fault core-system "$where: $target belongs in core/core_internal.h" ;;
		esac ;;
	*:\<*) ;;
	*)
		path=$(resolve "$file" "$name") || {
			fault include "$where: $target is no file of the module"
			return
		}
		may_include "$layer" "$path" ||
			fault arrow "$where: $layer must not include $path"
		includes+=("${file%.[ch]} ${path%.[ch]}") ;;
	esac
}

check_includes()
{
	local file line target

	while read -r file; do
		looked_at=$((looked_at + 1))
		while read -r line target; do
			check_include "$file" "$line" "$target"
		done < <(include_lines "$module/$file")
	done < <(cd "$module" && find . -name '*.[ch]' ! -name '*.mod.c' -printf '%P\n' | sort)
	[ $looked_at -gt 0 ] || fault nothing "no sources in $module"
}

# loops: each circle among the arrows of standard input, "FILE FILE", in a line
loops()
{
	awk '$1 != $2' | sort -u | LC_ALL=C tsort 2>&1 > /dev/null | awk '
		/input contains a loop/	{ if (loop) print loop; loop = ""; next }
		{ loop = loop (loop ? " " : "") $2 }
		END { if (loop) print loop }'
}

check_circles()	# RULE WORD ARROW…
{
	local rule=$1 word=$2 loop

	shift 2
	while read -r loop; do
		fault "$rule" "files that $word each other in a circle: $loop"
	done < <(printf '%s\n' "$@" | loops)
}

# The arrows between objects: one needs a symbol that the other defines. The unit
# cases have a core of their own, so that theirs comes first for them.
calls()	# OBJECT…
{
	local object

	for object; do
		nm "$object" | awk -v file="${object%.o}" '
			NF == 3 && $2 ~ /[A-Z]/ { print "defines", file, $3 }
			NF == 2 && $1 == "U" { print "needs", file, $2 }'
	done | awk '
		{ world = $2 ~ /^test\// }
		$1 == "defines" { definer[world, $3] = $2 }
		$1 == "needs" { need[++nr] = world " " $2 " " $3 }
		END {
			for (i = 1; i <= nr; i++) {
				split(need[i], n, " ")
				if (n[1] && (1, n[3]) in definer)
					print n[2], definer[1, n[3]]
				else if ((0, n[3]) in definer)
					print n[2], definer[0, n[3]]
			}
		}'
}

check_calls()
{
	local arrows=() built=()

	mapfile -t built < <(cd "$objects" &&
		find . -name '*.o' ! -name '.*' ! -name '*.mod.o' -printf '%P\n' | sort)
	mapfile -t arrows < <(cd "$objects" && calls "${built[@]}")
	check_circles calls call ${arrows[@]+"${arrows[@]}"}
}

check_versions()
{
	local hit

	while read -r hit; do
		fault version "${hit#"$module"/}: kernel versions belong in compat.h"
	done < <(grep -rnE --include='*.[ch]' --exclude='*.mod.c' \
		'LINUX_VERSION_CODE|KERNEL_VERSION|LINUX_VERSION_MAJOR' "$module" |
		grep -v "^$module/compat\.h:")
}

# The kernel's are of Latin-1: core/name.h has the characters of a name.
check_classes()
{
	local hit

	while read -r hit; do
		fault classes "${hit#"$module"/}: classes of bytes belong in core/name.h"
	done < <(grep -rnE --include='*.[ch]' --exclude='*.mod.c' \
		'\<(is(alnum|alpha|ascii|cntrl|digit|graph|lower|print|punct|space|upper|xdigit)|to(lower|upper))\(' \
		"$module")
}

# the core's undefined symbols, less those that the core itself defines
needed_symbols()
{
	comm -23 <(nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u) \
		 <(nm --defined-only -g "$@" | awk 'NF == 3 { print $3 }' | sort -u)
}

check_symbols()
{
	local source object core=() symbol pattern allowed patterns=()

	for source in "$module"/core/*.c; do
		object=$objects/core/$(basename "$source" .c).o
		if [ -e "$object" ]; then
			core+=("$object")
		else
			fault objects "$object is not built"
		fi
	done
	[ ${#core[@]} -gt 0 ] || { fault objects "no objects of the core"; return; }
	mapfile -t patterns < <(grep -vE '^[[:space:]]*(#|$)' "$allow")
	while read -r symbol; do
		allowed=''
		for pattern in "${patterns[@]}"; do
			# shellcheck disable=SC2053  # a glob is meant
			[[ $symbol == $pattern ]] && { allowed=1; break; }
		done
		[ -n "$allowed" ] || fault symbol "the core needs $symbol ($(
			nm -uA "${core[@]}" | awk -v s="$symbol" '$NF == s {
				sub(/.*\//, "", $1); sub(/:.*/, "", $1); print $1 }' |
				paste -sd ' ')), which $(basename "$allow") doesn't list"
	done < <(needed_symbols "${core[@]}")
}

run()
{
	check_includes
	check_circles includes include ${includes[@]+"${includes[@]}"}
	check_versions
	check_classes
	if [ -n "$objects" ]; then
		check_symbols
		check_calls
	fi
	if [ $broken = 0 ]; then
		echo "layers: $looked_at files hold${objects:+, their calls, and the symbols of the core}"
	fi
	return $broken
}

# ---- the check's own test --------------------------------------------------

small_tree()
{
	rm -rf "$1"
	mkdir -p "$1"/{core,mem,dev,proc,test,uapi}
	echo '#include <linux/types.h>' > "$1/core/core_internal.h"
	echo '#include "core_internal.h"' > "$1/core/a.h"
	printf '#include "core_internal.h"\n#include "a.h"\nint a;\n' > "$1/core/a.c"
	echo '#include "../core/a.h"' > "$1/mem/m.h"
	printf '#include <linux/mm.h>\n#include "m.h"\n' > "$1/mem/m.c"
	printf '#include "../mem/m.h"\n#include "d.h"\n' > "$1/dev/d.c"
	echo '#include "../uapi/u.h"' > "$1/dev/d.h"
	echo '#include "a.h"' > "$1/core/b.h"
	echo '#include "m.h"' > "$1/mem/n.h"
	echo '#include "../mem/n.h"' > "$1/proc/p.c"
	echo '#include <linux/types.h>' > "$1/uapi/u.h"
	echo '#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)' > "$1/compat.h"
	echo '#include "dev/d.h"' > "$1/main.c"
	echo 'void *memset(void *, int, unsigned long); int *a(int *x) { return memset(x, 0, 4); }' |
		gcc -x c -c -fno-builtin -o "$1/core/a.o" -
}

# doctored RULE FILE TEXT: the small tree with one line more must be refused,
# by that rule
doctored()
{
	local out

	small_tree "$work/module"
	echo "$3" >> "$work/module/$2"
	out=$("$0" --module "$work/module" --objects "$work/module") &&
		{ echo "not ok - $1: $3 in $2 was let through"; broken=1; return; }
	case $out in
	*"layers: $1: "*) echo "ok - $1: $3 in $2 is refused" ;;
	*) echo "not ok - $1: refused for another reason: $out"; broken=1 ;;
	esac
}

objects_refused()	# MESSAGE… of which one must be said
{
	local out message

	out=$("$0" --module "$work/module" --objects "$work/module")
	for message; do
		[[ $out != *"layers: $message"* ]] || { echo "ok - $message"; return; }
	done
	echo "not ok - not said: $1: $out"
	broken=1
}

object()	# FILE, with its text from standard input
{
	gcc -x c -c -fno-builtin -o "$work/module/$1.o" -
}

# calls in one direction only are let through, with or without a name in common
doctored_calls()
{
	small_tree "$work/module"
	object mem/m <<< 'int d(void); int m(void) { return d(); }'
	object mem/n <<< 'int m(void); int n(void) { return m(); }'
	object dev/d <<< 'int n(void); int d(void) { return n(); }'
	objects_refused "calls: files that call each other in a circle: dev/d mem/n mem/m" \
		"calls: files that call each other in a circle: mem/m dev/d mem/n" \
		"calls: files that call each other in a circle: mem/n mem/m dev/d"
	object dev/d <<< 'int d(void) { return 0; } extern int m_number; int *e(void) { return &m_number; }'
	object mem/m <<< 'int d(void); int m_number; int m(void) { return d(); }'
	objects_refused "calls: files that call each other in a circle: dev/d mem/m" \
		"calls: files that call each other in a circle: mem/m dev/d"
	object mem/m <<< 'static int e(void) { return 0; } int m(void) { return e(); }'
	object dev/d <<< 'int m(void); int e(void) { return m(); }'
	object test/t <<< 'int d(void); int m(void) { return d(); }'
	object test/u <<< 'int m(void); int u(void) { return m(); }'
	if "$0" --module "$work/module" --objects "$work/module" > /dev/null; then
		echo "ok - calls in one direction are let through"
	else
		echo "not ok - calls in one direction are refused"
		broken=1
	fi
}

doctored_objects()
{
	small_tree "$work/module"
	echo 'int printk(const char *); int a(void) { return printk(""); }' |
		gcc -x c -c -o "$work/module/core/a.o" -
	objects_refused "symbol: the core needs printk (a.o)"
	rm "$work/module/core/a.o"
	objects_refused "objects: no objects of the core"
}

self_test()
{
	work=$(mktemp -d "${TMPDIR:-/tmp}/mmlab-layers.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	small_tree "$work/module"
	if "$0" --module "$work/module" --objects "$work/module" >/dev/null; then
		echo "ok - a good tree is let through"
	else
		echo "not ok - a good tree is refused"
		broken=1
	fi
	doctored core-system core/a.c '#include <linux/slab.h>'
	doctored core-system core/a.h '# include <linux/mm.h>'
	doctored arrow core/a.c '#include "../mem/m.h"'
	doctored arrow core/a.c '#include "mem/m.h"'
	doctored arrow core/a.h '#include "../compat.h"'
	doctored arrow mem/m.c '#include "../dev/d.h"'
	doctored arrow mem/m.h '#include "proc/p.c"'
	doctored arrow mem/m.c '#include "../proc/p.c"'
	doctored arrow proc/p.c '#include "../dev/d.h"'
	doctored includes core/a.h '#include "b.h"'
	doctored includes mem/m.h '#include "n.h"'
	doctored include mem/m.c '#include "nowhere.h"'
	doctored include core/a.c '#include WHATEVER'
	doctored version mem/m.c '#if LINUX_VERSION_CODE > 1'
	doctored version core/a.h '#if X > KERNEL_VERSION(6, 1, 0)'
	doctored classes dev/d.c 'if (isalnum(name[i]))'
	doctored classes core/a.h '	return toupper(ch);'
	doctored_objects
	doctored_calls
	return $broken
}

while [ $# -gt 0 ]; do
	case $1 in
	--module)	module=$(realpath "${2:?}"); shift ;;
	--objects)	objects=${2:?}; shift ;;
	--self-test)	self_test; exit ;;
	-h|--help)	usage; exit 0 ;;
	*)		usage >&2; exit 2 ;;
	esac
	shift
done
run
