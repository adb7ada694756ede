#!/bin/bash
# What chooses among variants, in runtime-min: figures measured on a device that fails in every way.
parts=$SRC/runtime-min
here=$SRC/tests/bundle
strict="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok bundle/$1"; else sed 's/^/  /' log; echo "FAIL bundle/$1"; fi
}
cd "$BUILD" || exit 1

# ---- the runtime's part
for compiler in gcc clang-14 x86_64-w64-mingw32-gcc arm-none-eabi-gcc; do
	if ! command -v $compiler >/dev/null; then
		echo "skip bundle/warnings/$compiler: not found"
		continue
	fi
	flags=-Wmissing-prototypes
	[ $compiler != arm-none-eabi-gcc ] || flags="$flags -mcpu=cortex-m4"
	$compiler $strict $flags -c -o part.o "$parts/mrt_variant.c" >log 2>&1 &&
		$compiler $strict $flags -c -o part.o "$parts/mrt_variant_heat.c" >>log 2>&1
	say warnings/$compiler $?
done
$CC $strict -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$parts" -o unit \
	"$here/unit.c" "$parts"/mrt_variant*.c "$parts/mrt_heat.c" -lm >log 2>&1
say builds $?
./unit
