#!/bin/sh
# Medians of an inference, one thread, of each native target against target c in the same run.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
models="$SRC/samples/digits/digits.tflite $SRC/samples/shapes/shapes.tflite"
for m in ad01_int8 kws_int8 mcunet_vww mobilenet_v1_0.25_128_quant resnet8_int8 vww_96_int8; do
	[ ! -f "$SHARED/models/$m.tflite" ] || models="$models $SHARED/models/$m.tflite"
done
targets=c
! grep -q avx2 /proc/cpuinfo || targets="c x86-avx2"


printf '  %-32s %12s %12s %8s\n' model 'c, us' 'x86-avx2, us' ratio
for model in $models; do
	name=$(basename "$model" .tflite)
	for target in $targets; do
		dir=$work/$target
		mkdir -p "$dir"
		flags=$([ $target = c ] || echo -mavx2 -mfma)
		"$MCOMPILE" --name m --selftest --target $target -o "$dir" "$model" &&
			${CC:-cc} -O2 $flags -I"$dir" -o "$dir/bench" "$SRC/tests/bench/median.c" "$dir/m.c" -lm ||
			{ echo "FAIL bench/$name"; continue 2; }
	done
	: >"$work/c.times" && : >"$work/x86-avx2.times"
	for turn in 1 2 3 4 5; do
		for target in $targets; do
			"$work/$target/bench" 101 >>"$work/$target.times" || { echo "FAIL bench/$name"; continue 3; }
		done
	done
	c=$(sort -n "$work/c.times" | sed -n 3p) avx2=$(sort -n "$work/x86-avx2.times" | sed -n 3p)
	printf '  %-32s %12s %12s %8s\n' "$name" "$c" "$avx2" \
		"$(echo "$c $avx2" | awk 'NF > 1 { printf "%.2f", $1 / $2 }')"
	echo "ok bench/$name"
done
