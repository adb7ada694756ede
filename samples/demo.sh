#!/bin/sh
# Compiles a sample's model, builds the result with the local C compiler and runs it, in
# one folder where each command can be repeated by hand.
# usage: [MCOMPILE=path] [CC=compiler] [BUILD=folder] demo.sh [SAMPLE [image]]
#        demo.sh --options SAMPLE: those that its model is compiled with
set -e

options_of() {
	if [ "$1" = camera ]; then echo --input push --optimize ram; fi
}
if [ "$1" = --options ]; then
	options_of "$2"
	exit
fi

samples=$(cd "$(dirname "$0")" && pwd)
name=${1:-digits}
image=$2
model=$name
[ "$name" != camera ] || model=shapes
BUILD=${BUILD:-demo}

# Prints a command as a reader would type it, then runs it.
show() {
	printf '$ %s\n' "$*" | sed "s|^\\$ $MCOMPILE |\$ mcompile |"
	"$@"
}

mkdir -p "$BUILD"
cp "$samples/$model/$model.tflite" "$samples/$name/main.c" "$samples/$model/images.h" \
	"$samples/show.c" "$samples/show.h" "$BUILD"
cd "$BUILD"
MCOMPILE=${MCOMPILE:-mcompile}
CC=${CC:-cc}

printf '1. From the model to C, in %s\n\n' "$BUILD"
show "$MCOMPILE" $(options_of "$name") "$model.tflite"
printf '\n%s.tflite has %s bytes, %s.c %s lines.\n' "$model" \
	"$(($(wc -c <"$model.tflite")))" "$model" "$(($(wc -l <"$model.c")))"

printf '\n2. From C to a program\n\n'
show $CC -O2 -c "$model.c"
show $CC -O2 main.c show.c "$model.o" -o "$name"
if command -v size >/dev/null; then
	size "$model.o" | awk -v object="$model.o" 'NR == 2 {
		printf "\n%s: %d bytes of flash for code, weights and tables, %d of static RAM.\n",
			object, $1 + $2, $2 + $3 }'
fi

printf '\n3. The program recognises an image\n\n'
show "./$name" $image
