#!/bin/sh
# Malformed models: each is refused with a clear line and exit status 1, and nothing is written.
# The mutations run under sanitizers inside one process, then a sample through mcompile itself.
cd "$SRC" || exit 1

sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
printf 'int main(void) { return 0; }\n' >"$BUILD/try.c"
if ! $CC $sanitize -o "$BUILD/try" "$BUILD/try.c" 2>"$BUILD/log" || ! "$BUILD/try"; then
	echo "  no sanitizers: plain build"
	sanitize=
fi

build () { # program, its main file
	$CC -std=c11 -D_XOPEN_SOURCE=700 -g -O1 $sanitize -I. -Dcalloc=counted_calloc -c -o "$BUILD/arena.o" \
		ir/arena.c &&
	$CC -std=c11 -D_XOPEN_SOURCE=700 -g -O1 $sanitize -I. -o "$1" "$2" "$BUILD/arena.o" \
		frontend/tflite/*.c $(ls ir/*.c | grep -v '^ir/arena.c') -lm
}

if ! build "$BUILD/mutate" tests/mutate_tflite.c >"$BUILD/log" 2>&1; then
	cat "$BUILD/log"
	echo "FAIL bad_input/build"
	exit 1
fi

spoil () { # name, models
	name=$1
	shift
	if "$BUILD/mutate" "$@" >"$BUILD/out" 2>"$BUILD/err"; then
		echo "  $(cat "$BUILD/out")"
		echo "ok bad_input/$name"
	else
		tail -n 30 "$BUILD/out" "$BUILD/err"
		echo "FAIL bad_input/$name"
	fi
}

spoil small
for model in hello_world_int8 split_concat; do
	if [ -n "$SHARED" ]; then
		spoil $model "$SHARED/models/$model.tflite"
	else
		echo "skip bad_input/$model: no ../shared/models"
	fi
done

if [ ! -x "$MCOMPILE" ]; then
	echo "skip bad_input/mcompile: not built"
	exit
fi
EVERY=199 # refused models of those that are tried
mkdir "$BUILD/bad" "$BUILD/made"
"$BUILD/mutate" -o "$BUILD/bad" $EVERY >/dev/null
wrong=
count=0
for model in "$BUILD"/bad/*.tflite; do
	count=$((count + 1))
	timeout 20 "$MCOMPILE" -o "$BUILD/made" "$model" >"$BUILD/out" 2>"$BUILD/err"
	status=$?
	case "$status $(head -n 1 "$BUILD/err")" in
	"1 $model: "*) ;;
	*) wrong="$wrong $model($status)" ;;
	esac
	[ -z "$(ls "$BUILD/made")" ] || wrong="$wrong $model(output)"
	rm -rf "$BUILD/made"/*
done
if [ -z "$wrong" ] && [ $count -gt 0 ]; then
	echo "ok bad_input/mcompile ($count models)"
else
	printf '  %s\n' $wrong
	echo "FAIL bad_input/mcompile"
fi
