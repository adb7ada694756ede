#!/bin/bash
# However a compiler treats floating point, fused, apart or fast, integer models give the
# recorded bytes.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

models=$(recorded_models)
[ -n "$models" ] || { echo "skip contraction: no ../shared"; models=shapes; }
for target in $all_targets; do
	runs $target || { echo "skip contraction/$target: not on this machine"; continue; }
	for cc in gcc clang; do
		have $cc || { echo "skip contraction/$target/$cc: no $cc"; continue; }
		for flags in '-O2 -ffp-contract=off' '-O3 -ffp-contract=fast' -Ofast; do
			status=0
			for model in $models; do
				case "$flags$model" in -O[23]*mobilenet_v2*) continue ;; esac # the largest, once
				make_pair "$model" $target &&
					build_pair "$model" $target $cc -std=gnu11 $flags $(flags_of $target) &&
					run_pair "$model" $target || { status=1; echo "  $model"; break; }
			done
			say "contraction/$target/$cc/${flags##*[ =]}" $status
		done
	done
done
