# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion for mmlab; the program itself says what may come next.

_mmlab()
{
	local kind word words=("${COMP_WORDS[@]:1:COMP_CWORD}") current=${COMP_WORDS[COMP_CWORD]}

	# bash takes the = of PARAMETER=VALUE for a word, and no value is known
	case $current${COMP_WORDS[COMP_CWORD - 1]} in *=) return ;; esac
	COMPREPLY=()
	{
		read -r kind
		while IFS=$'\t' read -r word _; do
			COMPREPLY+=("$word")
		done
	} < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2> /dev/null)
	case $kind in
	files)	compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	programs) mapfile -t COMPREPLY < <(compgen -c -- "$current") ;;
	*)	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace ;;
	esac
}
complete -F _mmlab mmlab
