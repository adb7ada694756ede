#!/bin/bash
# README.md and mcompile.1 say what is so: the example compiles and runs, the promises hold, options
# and tables are those of today. --rewrite (make golden) writes the tables anew.
cd "$SRC" || exit 1
rewrite=$1
folder=$BUILD/readme
mkdir -p "$folder/elsewhere" "$folder/bin" || exit 1

check () { # name, command...
	local name=$1
	shift
	if "$@" >"$BUILD/log" 2>&1; then
		echo "ok readme/$name"
	else
		sed 's/^/  /' "$BUILD/log" | head -n 20
		echo "FAIL readme/$name"
	fi
}

blocks () { # language: the contents of README's code blocks of that language
	awk -v mark="\`\`\`$1" '$0 == "```" { inside = 0 } inside; $0 == mark { inside = 1 }' README.md
}

# ---- the example, in a program that gives it the sample's images
example () {
	"$MCOMPILE" -o "$folder" samples/digits/digits.tflite || return 1
	blocks c >"$folder/example.c"
	cat >"$folder/main.c" <<-'END'
		#include <string.h>
		#include "digits.h"
		#include "images.h"
		void recognise(const float pixel[DIGITS_IMAGE_COUNT], int8_t scores[DIGITS_SCORES_COUNT]);
		int main(void)
		{
			for (unsigned n = 0; n < sizeof images / sizeof *images; n++) {
				float pixel[DIGITS_IMAGE_COUNT];
				int8_t scores[DIGITS_SCORES_COUNT];
				for (int i = 0; i < DIGITS_IMAGE_COUNT; i++)
					pixel[i] = (float)level(images[n].pixels[i]) / (float)WHITE;
				recognise(pixel, scores);
				if (memcmp(scores, images[n].scores, sizeof scores))
					return 1;
			}
			return 0;
		}
	END
	$CC -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -c -o "$folder/example.o" \
		"$folder/example.c" &&
	$CC -O2 -I"$folder" -Isamples/digits -Isamples -o "$folder/program" "$folder/main.c" \
		samples/show.c "$folder/example.o" "$folder/digits.c" -lm && "$folder/program"
}
[ -n "$rewrite" ] || check example example

# ---- the promises: README's commands, as they stand there
promises () {
	ln -sf "$MCOMPILE" "$folder/bin/mcompile"
	cp samples/digits/digits.tflite "$folder"
	(cd "$folder" && blocks_file=$(cd "$SRC" && blocks sh) && PATH=$folder/bin:$PATH &&
		bash -e -x -c "$blocks_file")
}
if [ -n "$rewrite" ]; then
	:
elif command -v c++ >/dev/null && command -v nm >/dev/null; then
	check promises promises
	check demo-output grep -q "^    digits.tflite has $(($(wc -c <samples/digits/digits.tflite))) bytes, digits.c \
$(($(wc -l <samples/digits/digits.c))) lines.\$" README.md
else
	echo "skip readme/promises: no c++ or no nm"
fi

# ---- options
"$MCOMPILE" --help >"$BUILD/help"
options=$(sed -nE 's/^  (-o|--[a-z-]+) .*/\1/p' "$BUILD/help")

in_manual () { # every option of --help, and no other
	local bad=0 option
	for option in $options; do
		grep -qE -- "^\.It Fl ${option#-}( |\$)" mcompile.1 || { echo "mcompile.1 lacks $option"; bad=1; }
	done
	for option in $(sed -nE 's/^\.It Fl ([a-z-]+).*/-\1/p' mcompile.1); do
		echo "$options" | grep -qx -- "$option" || { echo "mcompile.1 has $option"; bad=1; }
	done
	return $bad
}
in_readme () { # only options that exist: of mcompile, configure, the test scripts and these tools
	local bad=0 option
	local tools="--build --cflags --libs --specs --variable" # of CMake, pkg-config and gcc
	"$SRC/configure" --help >"$BUILD/configure-help"
	for option in $(blocks sh | cat - README.md docs/*.md | grep -oE -- '(^|[ `])--[a-z][a-z-]+' |
	    tr -d ' `' | sort -u); do
		echo "$options" | grep -qx -- "$option" || grep -q -- "$option" "$BUILD/configure-help" ||
			grep -qs -- "['\"]$option['\"]" tests/oracle/*.py tests/bench/*.py samples/thermal/*.c ||
			grep -q -- "$option" tests/readme.sh tests/kernels/check.c ||
			{ echo "no such option: $option"; bad=1; }
	done
	return $bad
}
values_in_manual () { # what --help offers as values
	local bad=0 value
	for value in $(sed -nE 's/^  --[a-z]+ ([a-z0-9]+(\|[a-z0-9]+)+) .*/\1/p' "$BUILD/help" | tr '|' ' '); do
		grep -qE "Cm $value( |\$)" mcompile.1 || { echo "mcompile.1 lacks the value $value"; bad=1; }
	done
	return $bad
}
usage_in_readme () {
	sed -n '/^usage:/,/^$/p' "$BUILD/help" | sed -e 's/^usage: /       /' -e 's/^       /    /' -e '/^$/d' |
	while IFS= read -r line; do
		grep -qxF -- "$line" README.md || { echo "README.md lacks: $line"; exit 1; }
	done
}
paths () { # files that the texts name are there; abs_ and armv7 are the examples'
	local bad=0 path
	for path in $(cat README.md docs/*.md | grep -oE '`[a-z0-9_-]+(/[a-z0-9_-]+)*/[a-z0-9_]+\.(c|h|def|sh|py|tflite)`' |
	    tr -d '`' | grep -v -e /abs_ -e /armv7/ | sort -u); do
		[ -e "$path" ] || { echo "no such file: $path"; bad=1; }
	done
	return $bad
}
if [ -z "$rewrite" ]; then
	check paths paths
	check options-in-manual in_manual
	check values-in-manual values_in_manual
	check options-in-readme in_readme
	check usage-in-readme usage_in_readme
	if command -v mandoc >/dev/null; then
		check manual-syntax mandoc -T lint -W warning mcompile.1
	elif command -v groff >/dev/null; then
		check manual-syntax bash -c '! groff -mandoc -Tascii -ww mcompile.1 2>&1 >/dev/null | grep .'
	else
		echo "skip readme/manual-syntax: neither mandoc nor groff"
	fi
fi

# ---- tables
operator_table () { # from operators.def and support.def
	cat frontend/tflite/operators.def ir/support.def | awk '
	function has(list, type) { return (" " list " ") ~ (" " type " ") }
	/^IMPORT\(/ { split($0, f, /[(,] */); op[f[2]] = f[5]; names[++count] = f[2] }
	/^SUPPORT\(/ {
		split($0, f, /[(,] */)
		name = f[2] == "requantize" ? "quantize" : f[2]
		split($0, q, "\"")
		any[name] = $0 ~ / ALL,/
		tflm[name] = tflm[name] " " q[2]
		litert[name] = litert[name] " " q[4]
	}
	END {
		split("s8 u8 f32 s32 s64", types, " ")
		print "| operators | int8 | uint8 | float32 | int32 | int64 |\n|---|---|---|---|---|---|"
		for (i = 1; i <= count; i++) {
			row = ""
			o = op[names[i]]
			for (t = 1; t <= 5; t++) {
				cell = has(litert[o], types[t]) ? "LiteRT" : "-"
				if (any[o] || has(tflm[o], types[t]))
					cell = any[o] ? "any" : "both"
				row = row " | " cell
			}
			if (!(row in list))
				order[++rows] = row
			list[row] = list[row] (row in list && list[row] ? ", " : "") names[i]
		}
		for (i = 1; i <= rows; i++)
			print "| " list[order[i]] order[i] " |"
	}'
}

ram () { # model's file, options: work area, state, outputs, and of a pushed input one row
	"$MCOMPILE" --name m -o "$folder" --report "$folder/report.json" "$@" >"$folder/log" 2>&1 &&
		awk -F '[:,\t ]+' '/"(work|state|input|output)_bytes"/ { sum += $3 } END { print sum }' \
			"$folder/report.json"
}

# model, ours on whole tensors, by rows, pushed, TFLM on x86, on M4
memory_table () {
	echo '| model | whole tensors | by rows | rows pushed | TFLM, x86 | TFLM, Cortex-M4 |'
	echo '|---|---|---|---|---|---|'
	awk -F ' *[|] *' '/^## / { part++ } part == 1 && NF > 7 && $7 ~ /\// { print $2, $7 }' "$SHARED/PEERS.md" |
	while read -r model m4 _ x86; do
		file=$SHARED/models/$model.tflite
		[ -f "$file" ] || continue
		echo "$model $(ram "$file" --no-stream) $(ram "$file") $(ram "$file" --input push) $x86 $m4" |
			awk 'function grouped(n) {
					return n < 1000 ? n : grouped(int(n / 1000)) "," sprintf("%03d", n % 1000) }
				{ printf "| %s | %s | %s | %s | %s | %s |\n", $1, grouped($2), grouped($3),
					grouped($4), $5, $6 }'
	done
}

between () { # marker: what README.md has there
	awk -v mark="<!-- $1:" '/^<!-- end -->$/ { inside = 0 } inside; index($0, mark) == 1 { inside = 1 }' README.md
}
table () { # marker, command
	"$2" >"$BUILD/$1" || return 1
	if [ -z "$rewrite" ]; then
		between "$1" | diff -u - "$BUILD/$1"
		return
	fi
	awk -v mark="<!-- $1:" -v file="$BUILD/$1" '
		/^<!-- end -->$/ { inside = 0 }
		!inside
		index($0, mark) == 1 { inside = 1; while ((getline line <file) > 0) print line }' README.md >"$BUILD/new" &&
		cat "$BUILD/new" >README.md
}
share_table () {
	echo '    $ mcompile --share digits.tflite shapes.tflite'
	"$MCOMPILE" --share -o "$folder" samples/digits/digits.tflite samples/shapes/shapes.tflite |
		sed 's/^/    /'
}
bundle_table () {
	echo '    $ mcompile bundle --name dig fast=digits.tflite tight=digits.tflite,optimize=size seldom=digits.tflite,period=2'
	(cd samples/digits && "$MCOMPILE" bundle --name dig -o "$folder" fast=digits.tflite \
		tight=digits.tflite,optimize=size seldom=digits.tflite,period=2) | sed 's/^/    /'
}
check operators table operators operator_table
check share table share share_table
check bundle table bundle bundle_table
if [ -n "$SHARED" ]; then
	check memory table memory memory_table
else
	echo "skip readme/memory: no ../shared"
fi
