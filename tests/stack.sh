#!/bin/bash
# The report's stack_bytes is a bound: what gcc and clang give NAME_run() and the deepest calls
# below it, by their own -fstack-usage, is no more; in every --optimize mode, and pushed.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

[ "$(uname -m)" = x86_64 ] || { echo "skip stack: figures are of x86-64"; exit 0; }
models="$SRC/samples/digits/digits.tflite $SRC/samples/shapes/shapes.tflite"
[ -z "$SHARED" ] || models="$models $(echo "$SHARED"/models/*.tflite)"

used () { # compiler, target: bytes
	(cd "$work" && "$1" -std=c11 -O2 -Werror=vla $(flags_of "$2") -fstack-usage -c m.c -o m.o) >"$work/log" 2>&1 &&
		objdump -d -r "$work/m.o" >"$work/calls" && awk -f tests/stack.awk "$work/m.su" "$work/calls"
}

one () { # target, model, compiler, options...: adds to status and most
	local target=$1 model=$2 cc=$3 bound bytes
	shift 3
	"$MCOMPILE" --name m --target $target "$@" -o "$work" --report "$work/report.json" "$model" \
		>"$work/log" 2>&1 || return
	bound=$(sed -n 's/.*"stack_bytes":[^0-9]*\([0-9]*\).*/\1/p' "$work/report.json")
	bytes=$(used $cc $target)
	printf '  %-36s %-9s %-9s %-32s %5s of %5d\n' "$(basename "$model" .tflite)" $target $cc "$*" \
		"$bytes" "$bound"
	[ "$bytes" -le "$bound" ] 2>/dev/null || status=1
	[ "$bytes" -le $most ] || most=$bytes
}

for target in $all_targets x86-sse2 x86; do
	for cc in gcc clang clang-19; do
		have $cc || { echo "skip stack/$target/$cc: no $cc"; continue; }
		status=0 most=0
		for model in $models; do
			case "$target $model" in "x86 "*kws*|"x86 $SRC"*) ;; "x86 "*) continue ;; esac # minutes
			one $target "$model" $cc --optimize speed
			case "$target $model" in x86-avx2*|*mobilenet_v2*|*movenet*) continue ;; esac # minutes
			one $target "$model" $cc --optimize size
			one $target "$model" $cc --optimize ram --input push
		done
		[ $most -gt 0 ] || status=1
		say "stack/$target/$cc (at most $most)" $status
	done
done
