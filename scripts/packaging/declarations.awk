# SPDX-License-Identifier: GPL-2.0
#
# Prints what a header says of its declarations as Markdown, for a manual page. The
# kernel's own scripts/kernel-doc leaves out the declarations with a short comment, makes a
# page for each function, and is not there where a package is built.
# usage: awk -v wanted=NAMES -f scripts/packaging/declarations.awk HEADER
# NAMES is the regular expression of the names to print.

# names of arguments and functions stand out
function marked(text)
{
	gsub(/@[a-z_]+/, "*&*", text)
	gsub(/@/, "", text)
	gsub(/[a-z_]+\(\)/, "**&**", text)
	return text
}

# a macro that adds the caller's module is shown as the function that it is for the caller
function prototype(text)
{
	if (sub(/^#define [^\n]*\n/, "", text)) {
		sub(/__/, "", text)
		sub(/, struct module \*owner/, "", text)
	}
	return text
}

# the first lines of kernel-doc say "@name: …" of each argument or member
function describe(	i, line, items)
{
	for (i = 2; i <= nr; i++) {
		line = said[i]
		if (line ~ /^@[a-z_]+:/) {
			sub(/^@/, "- **", line)
			sub(/:/, "**:", line)
			print (items++ ? "" : "\n") marked(line)
		} else if (line ~ /^\t/) {
			print "  " marked(substr(line, 2))
		} else {
			print marked(line)
		}
		if (line ~ /^Return:$/)
			print ""	# its values are a list
	}
}

function declare(	name, i)
{
	name = code
	if (name !~ /^struct [a-z_]+ [{]/)
		sub(/\(.*/, "()", name)
	else
		sub(/ [{].*/, "", name)
	sub(/^#define /, "", name)
	sub(/^[^(]*[ *]/, name ~ /^struct/ ? "struct " : "", name)
	if (name !~ wanted)
		return
	begun = 1
	print "\n## " name "\n"
	if (doc) {
		sub(/^.* - /, "", said[1])
		print toupper(substr(said[1], 1, 1)) marked(substr(said[1], 2)) ".\n"
	} else {
		for (i = 1; i <= nr; i++)
			print marked(said[i])
		print ""
	}
	code = prototype(code)
	gsub(/\n/, "\n    ", code)
	print "    " code
	if (doc)
		describe()
}

/^\/\*/ {
	nr = 0
	doc = /^\/\*\*/
	comment = 1
}

comment {
	closed = /\*\/$/
	sub(/^(\/\*\*?| \*\/?)/, "")
	sub(/ *\*\/$/, "")
	sub(/^ /, "")
	if (!(nr == 0 && $0 == "") && !(closed && $0 == ""))
		said[++nr] = $0
	if (closed) {
		comment = 0
		said_now = 1
		code = ""
	}
	next
}

# a comment of its own, for all that follows
said_now && code == "" && /^$/ {
	if (begun) {
		print ""
		for (i = 1; i <= nr; i++)
			print marked(said[i])
	}
	said_now = 0
}

said_now {
	gsub(/\t/, "        ")
	code = code (code == "" ? "" : "\n") $0
	if (/;$/ && (code !~ /^struct [a-z_]+ [{]/ || /^};$/)) {
		declare()
		said_now = 0
	}
}
