#!/bin/sh
# The kernel checker on foreign processors: the reference kernels alone and in place, with words
# and packers of the compiler as built there (32 bits, big-endian), and the folders of theirs.
objects=$(dirname "$KERNELS")
library="ir/arena.c ir/diag.c ir/graph.c ir/print.c ir/rows.c codegen/words.c codegen/outside.c codegen/pack.c
	codegen/movement.c codegen/quantize.c codegen/exponential.c codegen/eval.c codegen/pack_windows.c
	codegen/prove.c codegen/staircase.c codegen/range.c codegen/evaluate.c"
flags='-std=c11 -O2 -D_XOPEN_SOURCE=700 -ffp-contract=off -ffunction-sections -fdata-sections'

check () { # compiler, emulator, folders of templates, what they want besides
	name=$1
	if ! command -v "$1" >/dev/null || ! command -v "$2" >/dev/null; then
		echo "skip $name: no $1 or no $2"
		return
	fi
	mkdir -p "$BUILD/$name"
	cd "$BUILD/$name" || exit 1
	kernels=
	for folder in ref $3; do
		more=$4
		[ $folder != ref ] || more=
		for file in "$SRC/templates/${folder%+*}"/*.c; do # of vec+neon those of vec, renamed
			kernel=$(basename "$file" .c) renamed=
			case $folder in
			vec+*)
				for part in _ _begin_ _row_ _end_; do
					renamed="$renamed -D$kernel${part}vec=$kernel${part}vec_${folder#vec+}"
				done ;;
			esac
			kernels="$kernels $folder/$kernel.c"
			# shellcheck disable=SC2086
			"$1" $flags $more $renamed -I"$SRC/tests/kernels" -I"$SRC/templates/${folder#vec+}" \
				-c -o "${folder}_$kernel.o" "$file" || { echo "FAIL $name: compile"; return; }
		done
	done
	# shellcheck disable=SC2086
	"$objects/tools/mkref" -k "$SRC/templates" $kernels >table.c &&
		"$1" $flags -I"$SRC" -static -Wl,--gc-sections -o check ./*.o table.c \
			"$objects/ref_table.c" $(for f in $library; do echo "$SRC/$f"; done) \
			"$SRC"/tests/kernels/*.c -lm || { echo "FAIL $name: link"; return; }
	if "$2" ./check --count 40 >log; then
		echo "ok $name: $(grep -c '^ok' log) kernels"
	else
		grep -v '^ok' log
		echo "FAIL $name"
	fi
}

check arm-linux-gnueabihf-gcc qemu-arm
check s390x-linux-gnu-gcc qemu-s390x
check aarch64-linux-gnu-gcc qemu-aarch64 vec+neon
