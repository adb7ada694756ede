#!/bin/bash
# Parts of runtime-min but the thermal policy: without warnings from all compilers, their programs
# under sanitizers, and what they are on a Cortex-M4.
parts=$SRC/runtime-min
here=$SRC/tests/runtime
warnings="-std=c11 -D_XOPEN_SOURCE=700 -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow"
sanitize="-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all"
m4="-std=c11 -Os -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"
anywhere="mrt_status mrt_sha256" # those of no operating system
SHA256_TEXT=1536 # bytes that it may take on a Cortex-M4

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok runtime/$1"; else echo "FAIL runtime/$1"; fi
}

for compiler in gcc clang-14 clang-19 x86_64-w64-mingw32-gcc arm-none-eabi-gcc; do
	if ! command -v $compiler >/dev/null; then
		echo "skip runtime/warnings/$compiler: not found"
		continue
	fi
	flags=-O2
	names=$anywhere
	case $compiler in
	arm*) flags=$m4 ;;
	esac
	status=0
	for name in $names; do
		# shellcheck disable=SC2086
		$compiler $warnings -Wmissing-prototypes $flags -c -o "$BUILD/part.o" \
			"$parts/$name.c" || status=1
	done
	say warnings/$compiler $status
done

program () { # name, parts: tests/runtime/NAME.c with them, under sanitizers
	local name=$1 files=$here/$1.c part
	shift
	for part; do
		files="$files $parts/$part.c"
	done
	# shellcheck disable=SC2086
	$CC $warnings $sanitize -o "$BUILD/$name" $files || echo "FAIL runtime/$name/build"
}

program sha256 mrt_sha256
"$BUILD/sha256" || echo "FAIL runtime/sha256"

# What is there without an operating system: no heap, no stdio, nothing but what compilers call.
on_m4 () { # part, bytes of text it may take
	# shellcheck disable=SC2086
	arm-none-eabi-gcc $m4 -c -o "$BUILD/$1.o" "$parts/$1.c"
	local text needs
	text=$(arm-none-eabi-size "$BUILD/$1.o" | awk 'NR == 2 { print $1 + $2 + $3 }')
	needs=$(arm-none-eabi-nm -u "$BUILD/$1.o" |
		awk '$2 !~ /^(mem(cpy|set|move)$|__aeabi_|mrt_)/ { print $2 }')
	[ -z "$needs" ] && [ "$text" -le "$2" ]
	say "$1 ($text bytes of $2, Cortex-M4)$needs" $?
}
if command -v arm-none-eabi-gcc >/dev/null; then
	on_m4 mrt_sha256 $SHA256_TEXT
else
	echo "skip runtime/cortex-m4: no arm-none-eabi-gcc"
fi
