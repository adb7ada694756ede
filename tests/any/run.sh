#!/bin/bash
# Parts of runtime-min fed with anything, so many times, under sanitizers. The thermal policy's own is
# tests/heat/fuzz.c.
parts=$SRC/runtime-min
flags="-std=c11 -D_XOPEN_SOURCE=700 -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow -g -O1
	-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all"

feed () { # program, times, parts
	local name=$1 times=${ANY_TIMES:-$2} files=
	shift 2
	for part; do files="$files $parts/$part.c"; done
	# shellcheck disable=SC2086
	$CC $flags -o "$BUILD/$name" "$SRC/tests/any/$name.c" $files &&
		"$BUILD/$name" "$times" 1 && echo "ok any/$name ($times times)" || echo "FAIL any/$name"
}

feed variant 200000 mrt_variant mrt_variant_heat mrt_heat
feed weights 200000 mrt_weights mrt_sha256
