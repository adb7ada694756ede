#!/bin/bash
# The thermal policy of runtime-min and its sources: what they promise, on fake trees and
# libraries; and a fuzzer of a fixed number of steps under sanitizers.
parts=$SRC/runtime-min
here=$SRC/tests/heat
warnings="-std=c11 -D_XOPEN_SOURCE=700 -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow"
STEPS=${HEAT_FUZZ_STEPS:-300000}

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok $1"; else echo "FAIL $1"; fi
}

for compiler in ${COMPILERS:-gcc clang-14 x86_64-w64-mingw32-gcc arm-none-eabi-gcc}; do
	if ! command -v $compiler >/dev/null; then
		echo "skip heat/warnings/$compiler: not found"
		continue
	fi
	flags=
	files="$parts/mrt_status.c $parts/mrt_heat.c $parts/mrt_heat_names.c \
		$parts/mrt_heat_apple.c $parts/mrt_heat_callback.c"
	case $compiler in
	arm*) flags=-mcpu=cortex-m4 ;;
	x86_64-w64*) ;;
	*) files="$files $parts/mrt_heat_linux.c $parts/mrt_heat_android.c" ;;
	esac
	status=0
	for file in $files; do
		# shellcheck disable=SC2086
		$compiler $warnings -Wmissing-prototypes $flags -O2 -c -o "$BUILD/part.o" "$file" ||
			status=1
	done
	say heat/warnings/$compiler $status
done

zones=$BUILD/root/sys/class/thermal
mkdir -p "$zones/thermal_zone0" "$zones/thermal_zone1" "$zones/thermal_zone10"
set -e
for part in manager status headroom release; do
	flag=-DNO_$(echo $part | tr a-z A-Z)
	$CC -shared -fPIC "$flag" -o "$BUILD/libno_$part.so" "$here/android.c"
done
$CC -shared -fPIC -o "$BUILD/libandroid.so" "$here/android.c"
$CC -shared -fPIC -DNO_STATUS -DNO_HEADROOM -o "$BUILD/libnothing.so" "$here/android.c"
sanitize="-g -O1 -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all"
# shellcheck disable=SC2086
$CC $warnings $sanitize -o "$BUILD/unit" "$here/unit.c" "$parts"/mrt_heat*.c \
	"$parts/mrt_status.c" -ldl -lm
# shellcheck disable=SC2086
$CC $warnings $sanitize -o "$BUILD/fuzz" "$here/fuzz.c" "$parts/mrt_heat.c" \
	"$parts/mrt_heat_names.c"
# As on a Mac, but for the system's own header.
# shellcheck disable=SC2086
$CC $warnings $sanitize -D__APPLE__ -I"$here/apple" -o "$BUILD/apple" "$here/apple.c" \
	"$parts/mrt_heat_apple.c" -lm
set +e
ASAN_OPTIONS=detect_leaks=0 "$BUILD/unit" "$BUILD/root" "$BUILD" || echo "FAIL heat/unit"
"$BUILD/apple" || echo "FAIL heat/apple"
"$BUILD/fuzz" "$STEPS" 1
say "heat/fuzz ($STEPS steps)" $?
