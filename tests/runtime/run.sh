#!/bin/bash
# Parts of runtime-min but the thermal policy: without warnings from all compilers, their programs
# under sanitizers, and what they are on a Cortex-M4.
parts=$SRC/runtime-min
here=$SRC/tests/runtime
warnings="-std=c11 -D_XOPEN_SOURCE=700 -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow"
sanitize="-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all"
m4="-std=c11 -Os -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"
anywhere="mrt_status mrt_sha256 mrt_weights mrt_quant mrt_rows mrt_rows_pnm mrt_rows_wav" # those of no operating system
SHA256_TEXT=1536 # bytes that it may take on a Cortex-M4
WEIGHTS_TEXT=512
QUANT_TEXT=640

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok runtime/$1"; else echo "FAIL runtime/$1"; fi
}

for compiler in ${COMPILERS:-gcc clang-14 clang-19 x86_64-w64-mingw32-gcc arm-none-eabi-gcc}; do
	if ! command -v $compiler >/dev/null; then
		echo "skip runtime/warnings/$compiler: not found"
		continue
	fi
	flags=-O2
	names=$anywhere
	case $compiler in
	arm*) flags=$m4 ;;
	x86_64-w64*) names="$names mrt_weights_windows" ;;
	*) names="$names mrt_weights_posix" ;;
	esac
	status=0
	for name in $names; do
		# shellcheck disable=SC2086
		$compiler $warnings -Wmissing-prototypes $flags -c -o "$BUILD/part.o" \
			"$parts/$name.c" || status=1
	done
	say warnings/$compiler $status
done

program () { # name, parts, flags and files: tests/runtime/NAME.c with them, under sanitizers
	local name=$1 files=$here/$1.c part
	shift
	for part; do
		case $part in
		mrt_*) files="$files $parts/$part.c" ;;
		*) files="$files $part" ;;
		esac
	done
	# shellcheck disable=SC2086
	$CC $warnings $sanitize -o "$BUILD/$name" $files || echo "FAIL runtime/$name/build"
}

program sha256 mrt_sha256
"$BUILD/sha256" || echo "FAIL runtime/sha256"

models=$BUILD/models
mkdir -p "$models"
"$MCOMPILE" --weights bin -o "$models" "$SRC/samples/digits/digits.tflite" &&
	"$MCOMPILE" --weights bin -o "$models" "$SRC/samples/shapes/shapes.tflite"
say weights/compiled $?
program quant mrt_quant "-I$models" "$SRC/templates/ref/quantize_f32_s8.c" \
	"$SRC/templates/ref/dequantize_s8_f32.c" -lm
"$BUILD/quant" || echo "FAIL runtime/quant"
# What calls of the system fail is for weights.c to say.
# shellcheck disable=SC2086
$CC $warnings $sanitize -Dmmap=mmap_here -Dfstat=fstat_here -c -o "$BUILD/posix.o" \
	"$parts/mrt_weights_posix.c"
program weights mrt_status mrt_sha256 mrt_weights "-I$models -I$SRC/samples" "$BUILD/posix.o" \
	"$models/digits.c" "$SRC/samples/show.c"
"$BUILD/weights" "$models/digits.bin" "$models/shapes.bin" "$BUILD" || echo "FAIL runtime/weights"

pushed=$BUILD/pushed
mkdir -p "$pushed"
"$MCOMPILE" --input push -o "$pushed" "$SRC/samples/shapes/shapes.tflite"
say rows/compiled $?
program rows mrt_status mrt_quant mrt_rows mrt_rows_pnm mrt_rows_wav \
	"-I$pushed -I$SRC/samples -I$SRC/samples/shapes" "$pushed/shapes.c" "$SRC/samples/show.c" -lm
"$BUILD/rows" || echo "FAIL runtime/rows"
program rows_bad mrt_status mrt_quant mrt_rows mrt_rows_pnm mrt_rows_wav
"$BUILD/rows_bad" || echo "FAIL runtime/rows_bad"

# The part for Windows, on a stand-in for it that POSIX carries.
mkdir -p "$BUILD/windows"
program windows/maps mrt_weights_windows mrt_weights mrt_sha256 "-I$here/windows -I$models"
"$BUILD/windows/maps" "$models/digits.bin" "$BUILD/windows" || echo "FAIL runtime/windows"

mingw=x86_64-w64-mingw32-gcc
if command -v $mingw >/dev/null; then # nothing here runs it
	# shellcheck disable=SC2086
	$mingw $warnings -O2 "-I$models" "-I$parts" -o "$BUILD/map.exe" "$here/map.c" \
		"$models/digits.c" "$parts"/mrt_{status,sha256,weights,weights_windows}.c
	say weights/mingw $?
else
	echo "skip runtime/weights/mingw: no $mingw (package gcc-mingw-w64-x86-64)"
fi

# Vectors of 128 bytes behind the header lie where kernels want them.
if command -v clang-19 qemu-hexagon >"$BUILD/found" && [ "$(wc -l <"$BUILD/found")" = 2 ]; then
	"$MCOMPILE" verify --count 1 --target hexagon-hvx --weights bin \
		"$SRC/samples/shapes/shapes.tflite" | grep ': 0 bytes differ'
	say weights/hexagon $?
else
	echo "skip runtime/weights/hexagon: no clang-19 or no qemu-hexagon"
fi

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
	on_m4 mrt_weights $WEIGHTS_TEXT
	on_m4 mrt_quant $QUANT_TEXT
else
	echo "skip runtime/cortex-m4: no arm-none-eabi-gcc"
fi
