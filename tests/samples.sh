#!/bin/sh
# The generated C that stands in samples/ is what mcompile writes today; --rewrite makes it so.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for name in digits shapes; do
	if [ "$1" = --rewrite ]; then
		"$MCOMPILE" -o samples/$name samples/$name/$name.tflite || exit 1
	elif "$MCOMPILE" -o "$out" samples/$name/$name.tflite &&
	    cmp "$out/$name.c" samples/$name/$name.c && cmp "$out/$name.h" samples/$name/$name.h; then
		echo "ok samples/$name"
	else
		echo "FAIL samples/$name"
	fi
done
