#!/bin/bash
# Target arm, code of several targets in one pair: qemu's CPUs that have all, dot products alone and
# neither run what they should, bit for bit as recorded, or less where macros leave code out; with
# flags that promise a feature; pushed.  Weights are there once, nothing is written but the work area.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
. tests/emulated/machines.inc

find_machine arm
! is_native arm || { echo "skip arm: its CPU is one, which tests/variants.sh would need to know"; exit; }
has_machine || { echo "skip arm: no ${cc%% *} or no ${emulator%% *} (packages: $packages)"; exit; }
emulator=${emulator%% *}
models="shapes digits"
[ ! -f "$SHARED/models/kws_int8.tflite" ] || models="$models kws_int8"

cat >"$work/main.c" <<'END_MAIN'
#include "m.h"
#include <stdio.h>
#include <string.h>
static m_work work;
int main(int argc, char **argv)
{
	if (argc != 2 || strcmp(m_target(), argv[1])) {
		printf("%s\n", m_target());
		return 1;
	}
	return m_selftest(&work) ? 2 : 0;
}
END_MAIN

build () { # model, compiler and flags...: without warnings
	local dir=$work/$1-arm
	shift
	nice "$@" $WARN -O1 -static -I"$dir" -o "$work/run" "$work/main.c" "$dir/m.c" -lm >"$work/log" 2>&1
}

on () { # CPU, variant that it takes
	"$emulator" -cpu $1 "$work/run" $2 >"$work/log" 2>&1
}

each () { # on each CPU the best that it has
	on max arm-i8mm && on cortex-a76 arm-dotprod && on cortex-a53 arm-neon
}

gcc=${cc%% *}
clang='clang-19 --target=aarch64-linux-gnu'
have clang-19 || { echo "skip variants/arm-clang: no clang-19"; clang=; }
for model in $models; do
	make_pair $model arm
	say variants/arm-make-$model $?
	for cc in "$gcc" "$clang"; do
		[ -n "$cc" ] || continue
		build $model $cc && each
		say "variants/arm-$model-${cc%% *}" $?
	done
done

# Left out by macros; promised by flags, which nobody asks the CPU for then.
for cc in "$gcc" "$clang"; do
	[ -n "$cc" ] || continue
	build shapes $cc -DM_NO_I8MM && on max arm-dotprod && on cortex-a53 arm-neon &&
		build shapes $cc -DM_NO_I8MM -DM_NO_DOTPROD && on max arm-neon &&
		! nm "$work/run" | grep -q '_\(dotprod\|i8mm\)$' &&
		build shapes $cc -march=armv8.4-a && on max arm-i8mm && on cortex-a76 arm-dotprod &&
		build shapes $cc -march=armv8.6-a && on max arm-i8mm
	say "variants/arm-macros-${cc%% *}" $?
done

make_pair shapes arm --input push --weights c && build shapes "$gcc" && each
say variants/arm-push $?

# As much as of its best variant alone.
bytes () { # target
	make_pair $model $1 --weights c && grep -oE '^static M_CONST.*\[[0-9]*\]' "$work/$model-$1/m.c" |
		grep -oE ' u?int[0-9]*_t .*' | sed 's/[^0-9]*\([0-9]*\)_t.*\[\([0-9]*\)\]/\1 \2/' |
		awk '{ n += $1 / 8 * $2 } END { print n }'
}
for model in $models; do
	one=$(bytes arm-i8mm) all=$(bytes arm)
	echo "  $model: $all bytes of constants, arm-i8mm has $one"
	[ "$all" -ge "$one" ] 2>/dev/null && [ "$all" -le $((one + one / 12)) ]
	say variants/arm-weights-once-$model $?
done
"$gcc" -O1 -c -o "$work/m.o" "$work/shapes-arm/m.c" >"$work/log" 2>&1 &&
	[ "$(size -A "$work/m.o" | awk '$1 ~ /^\.(data|bss)$/ { n += $2 } END { print n + 0 }')" = 0 ] &&
	nm "$work/m.o" | grep -qw getauxval &&
	"$gcc" -O1 -march=armv8.6-a -c -o "$work/m.o" "$work/shapes-arm/m.c" >"$work/log" 2>&1 &&
	! nm "$work/m.o" | grep -qw getauxval
say variants/arm-clean $?
