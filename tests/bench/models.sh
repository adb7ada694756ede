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

cat >"$work/main.c" <<'END'
/* Each run of the two programs takes turns: the median of RUNS inferences in microseconds. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "m.h"
enum { RUNS = 101 };
static m_work work;
static int less(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;
	return d < 0 ? -1 : d > 0;
}
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}
int main(void)
{
	static double time[RUNS];
	for (int i = 0; i < RUNS; i++) {
		double start = now();
		if (m_selftest(&work)) return 1;
		time[i] = now() - start;
	}
	qsort(time, RUNS, sizeof *time, less);
	printf("%.1f\n", time[RUNS / 2]);
	return 0;
}
END

printf '  %-32s %12s %12s %8s\n' model 'c, us' 'x86-avx2, us' ratio
for model in $models; do
	name=$(basename "$model" .tflite)
	for target in $targets; do
		dir=$work/$target
		mkdir -p "$dir"
		flags=$([ $target = c ] || echo -mavx2 -mfma)
		"$MCOMPILE" --name m --selftest --target $target -o "$dir" "$model" &&
			${CC:-cc} -O2 $flags -I"$dir" -o "$dir/bench" "$work/main.c" "$dir/m.c" -lm ||
			{ echo "FAIL bench/$name"; continue 2; }
	done
	: >"$work/c.times" && : >"$work/x86-avx2.times"
	for turn in 1 2 3 4 5; do
		for target in $targets; do
			"$work/$target/bench" >>"$work/$target.times" || { echo "FAIL bench/$name"; continue 3; }
		done
	done
	c=$(sort -n "$work/c.times" | sed -n 3p) avx2=$(sort -n "$work/x86-avx2.times" | sed -n 3p)
	printf '  %-32s %12s %12s %8s\n' "$name" "$c" "$avx2" \
		"$(echo "$c $avx2" | awk 'NF > 1 { printf "%.2f", $1 / $2 }')"
	echo "ok bench/$name"
done
