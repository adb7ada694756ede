#!/bin/sh
# Compiles a sample's model, builds the result with the local C compiler and runs it, in
# one folder where each command can be repeated by hand.
# usage: [MCOMPILE=path] [CC=compiler] [BUILD=folder] demo.sh [SAMPLE [image]]
set -e

samples=$(cd "$(dirname "$0")" && pwd)
name=${1:-digits}
image=$2
BUILD=${BUILD:-demo}

# Prints a command as a reader would type it, then runs it.
show() {
	printf '$ %s\n' "$*" | sed "s|^\\$ $MCOMPILE |\$ mcompile |"
	"$@"
}

mkdir -p "$BUILD"
cp "$samples/$name/$name.tflite" "$samples/$name/main.c" "$samples/$name/images.h" \
	"$samples/show.c" "$samples/show.h" "$BUILD"
cd "$BUILD"
MCOMPILE=${MCOMPILE:-mcompile}
CC=${CC:-cc}

printf '1. From the model to C, in %s\n\n' "$BUILD"
show "$MCOMPILE" "$name.tflite"
printf '\n%s.tflite has %s bytes, %s.c %s lines.\n' "$name" \
	"$(($(wc -c <"$name.tflite")))" "$name" "$(($(wc -l <"$name.c")))"

printf '\n2. From C to a program\n\n'
show $CC -O2 -c "$name.c"
show $CC -O2 main.c show.c "$name.o" -o "$name"
if command -v size >/dev/null; then
	size "$name.o" | awk -v object="$name.o" 'NR == 2 {
		printf "\n%s: %d bytes of flash for code, weights and tables, %d of static RAM.\n",
			object, $1 + $2, $2 + $3 }'
fi

printf '\n3. The program recognises an image\n\n'
show "./$name" $image
