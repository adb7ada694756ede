#!/bin/bash
# The report's stack_bytes is a bound: what gcc and clang give NAME_run() and the deepest calls
# below it, by their own -fstack-usage, is no more; in every --optimize mode, and pushed. Small
# models by each compiler, the next mode or model by the next one; with EVERY all by each.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

[ "$(uname -m)" = x86_64 ] || { echo "skip stack: figures are of x86-64"; exit 0; }
models="$SRC/samples/digits/digits.tflite $SRC/samples/shapes/shapes.tflite"
[ -z "$SHARED" ] || models="$models $(echo "$SHARED"/models/*.tflite)"
compilers=()
for cc in gcc clang clang-19; do
	if have $cc; then compilers+=($cc); else echo "skip stack/$cc: no $cc"; fi
done

used () { # compiler, target: bytes
	(cd "$work" && "$1" -std=c11 -O2 -Werror=vla $(flags_of "$2") -fstack-usage -c m.c -o m.o) >"$work/log" 2>&1 &&
		objdump -d -r "$work/m.o" >"$work/calls" && awk -f tests/stack.awk "$work/m.su" "$work/calls"
}

turn=0
one () { # target, model, options...: adds to bad and most, of each compiler
	local target=$1 model=$2 bound bytes c
	shift 2
	"$MCOMPILE" --name m --target $target "$@" -o "$work" --report "$work/report.json" "$model" \
		>"$work/log" 2>&1 || return
	bound=$(sed -n 's/.*"stack_bytes":[^0-9]*\([0-9]*\).*/\1/p' "$work/report.json")
	turn=$((turn + 1))
	for c in "${!compilers[@]}"; do
		case $EVERY/$*/$model in
		/*speed*/digits*|/*speed*/kws*|/*speed*/resnet8*) ;;
		/*) [ $c = $((turn % ${#compilers[@]})) ] || continue ;;
		esac
		bytes=$(used ${compilers[c]} $target)
		printf '  %-36s %-14s %-9s %-28s %5s of %5d\n' "$(basename "$model" .tflite)" $target \
			${compilers[c]} "$*" "$bytes" "$bound"
		[ "$bytes" -le "$bound" ] 2>/dev/null || bad[c]=1
		[ "$bytes" -le "${most[c]:-0}" ] || most[c]=$bytes
	done
}

for target in c x86-sse2 x86-avx2 x86-avxvnni x86-avx512vnni x86; do
	bad=() most=()
	for model in $models; do
		case "$target $model" in "x86 "*kws*|"x86 $SRC"*) ;; "x86 "*) continue ;; esac # minutes
		one $target "$model" --optimize speed
		case "$target $model" in
		x86-avx*resnet8*) one $target "$model" --optimize size; continue ;;
		x86-avx*|*mobilenet_v2*|*movenet*) continue ;; # minutes
		esac
		one $target "$model" --optimize size
		one $target "$model" --optimize ram --input push
	done
	for c in "${!compilers[@]}"; do
		[ "${most[c]:-0}" -gt 0 ] && [ -z "${bad[c]}" ]
		say "stack/$target/${compilers[c]} (at most ${most[c]})" $?
	done
done
