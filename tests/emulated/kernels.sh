#!/bin/bash
# The kernel checker on foreign processors: the reference kernels alone and in place, with words
# and packers of the compiler as built there (32 bits, big-endian), and the folders of theirs.
# `kernels.sh MACHINE [--count N] [FOLDER[/NAME]...]` checks one machine, or those kernels there.
objects=$(dirname "$KERNELS")
SRC=$(cd "$SRC" && pwd)
. "$SRC/tests/emulated/machines.inc"
library="ir/arena.c ir/diag.c ir/graph.c ir/print.c ir/rows.c codegen/words.c codegen/outside.c codegen/pack*.c
	codegen/movement.c codegen/quantize.c codegen/exponential.c codegen/eval.c
	codegen/prove.c codegen/staircase.c codegen/range.c codegen/evaluate.c"
flags='-std=gnu11 -O1 -w -D_XOPEN_SOURCE=700 -ffp-contract=off -ffunction-sections -fdata-sections'

compile () { # folder, its flags, file: one kernel
	local folder=$1 own=$2 file=$3 stem rename= part
	stem=$(basename "$file" .c)
	case $folder in
	vec+*)
		for part in _ _begin_ _row_ _end_; do
			rename="$rename -D$stem${part}vec=$stem$part${folder/+/_}"
		done
		rename="$rename -I$SRC/templates/${folder#vec+}" ;;
	esac
	# shellcheck disable=SC2086
	$cc $flags $own $rename -I"$SRC/tests/kernels" -c -o "${folder}_$stem.o" "$file"
}

build () { # folders of templates: the program `check`
	local folder own file kernels= status=0
	rm -f ./*.o
	for folder in ref $1; do
		own=
		if [ "$folder" != ref ]; then
			own=$(CC=$cc sh "$SRC/tests/kernels/flags.sh" "$SRC/codegen/targets.def" "$folder")
			[ -n "$own" ] || { echo "the compiler has not what $folder asks for"; return 1; }
		fi
		for file in "$SRC/templates/${folder%%+*}"/*.c; do
			[[ $folder == vec+* ]] && grep -q '"\(floats\|tile\).h"' "$file" &&
				! grep -q ^load_floats "$SRC/templates/${folder#vec+}/vec.h" &&
				continue # that machine has no vectors of floats
			kernels="$kernels $folder/$(basename "$file")"
			compile "$folder" "${own#yes}" "$file" || status=1
		done
	done
	# shellcheck disable=SC2086,SC2046
	[ $status = 0 ] && "$objects/tools/mkref" -k "$SRC/templates" $kernels >table.c &&
		$cc $flags -I"$SRC" -Wl,--gc-sections -o check ./*.o table.c "$objects/ref_table.c" \
			$(cd "$SRC" && printf "$SRC/%s " $library) "$SRC"/tests/kernels/*.c $sources -lm
}

check () { # name, folders, what to check: on the machine in cc, sources, emulator, packages
	local name=$1 folders=$2
	shift 2
	if ! has_machine; then
		echo "skip $name: no ${cc%% *} or no ${emulator%% *} (packages: $packages)"
		return
	fi
	mkdir -p "$BUILD/kernels-$name"
	cd "$BUILD/kernels-$name" || exit 1
	build "$folders" >log 2>&1 || { head -20 log; echo "FAIL $name: build"; return; }
	if on_machine ./check "$@" >log 2>&1; then
		echo "ok $name: $(grep -c '^ok' log) kernels"
	else
		grep -v '^ok' log
		echo "FAIL $name"
	fi
}

if [ $# != 0 ]; then
	name=$1
	shift
	find_machine "$name" || { echo "no machine $name in codegen/machines.def"; exit 2; }
	check "$name" "$(folders_of "$name")" "$@"
	cat log
	exit
fi
sources=
cc='arm-linux-gnueabihf-gcc -static' emulator='qemu-arm $' packages='gcc-arm-linux-gnueabihf qemu-user'
check arm32 '' --count 40
cc='s390x-linux-gnu-gcc -static' emulator='qemu-s390x $' packages='gcc-s390x-linux-gnu qemu-user'
check s390x '' --count 40
for name in $(machine_names); do
	if ! is_native "$name"; then
		find_machine "$name"
		check "$name" "$(folders_of "$name")" --count 15
	fi
done
