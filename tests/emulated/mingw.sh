#!/bin/bash
# mingw-w64 compiles and links every pair, its weights in the .c and beside it, and the samples.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

CC=x86_64-w64-mingw32-gcc
have $CC || { echo "skip emulated/mingw: no $CC (package gcc-mingw-w64-x86-64)"; exit 0; }

for model in digits shapes $(recorded_models); do
	status=0
	for target in c x86-avx2; do
		make_pair "$model" $target &&
			build_pair "$model" $target $CC $WARN -O2 $(flags_of $target) || status=1
	done
	make_pair "$model" c --weights bin && $CC $WARN -O2 -c -o "$work/bin.o" "$work/$model-c/m.c" \
		>"$work/log" 2>&1 || status=1
	say "emulated/mingw/$model" $status
done
for sample in digits shapes; do
	mkdir -p "$work/sample"
	"$MCOMPILE" -o "$work/sample" samples/$sample/$sample.tflite >"$work/log" 2>&1 &&
		$CC $WARN -O2 -I"$work/sample" -Isamples -o "$work/sample/run.exe" samples/$sample/main.c \
			samples/show.c "$work/sample/$sample.c" -lwinpthread >"$work/log" 2>&1
	say "emulated/mingw/samples/$sample" $?
done
