#!/bin/sh
# The kernel checker on Hexagon, with the C library of machines/hexagon: the kernels of templates/hvx
# against their twins of templates/ref, and those that the checker's own proofs call.
flags='--target=hexagon-unknown-linux-musl -mcpu=hexagonv66 -mhvx -mhvx-length=128B -std=c11 -O2
	-ffp-contract=off -ffunction-sections -fdata-sections -D_XOPEN_SOURCE=700 -nostdlibinc'
library="ir/arena.c ir/diag.c ir/graph.c ir/print.c ir/rows.c codegen/words.c codegen/outside.c codegen/pack.c
	codegen/movement.c codegen/quantize.c codegen/exponential.c codegen/eval.c codegen/pack_windows.c
	codegen/prove.c codegen/staircase.c codegen/range.c codegen/evaluate.c"
CC=clang-19 LD=ld.lld-19
for tool in $CC $LD qemu-hexagon; do
	command -v $tool >/dev/null ||
		{ echo "skip hexagon: no $tool (packages clang-19, lld-19, qemu-user)"; exit; }
done
mkdir -p "$BUILD/hexagon"
cd "$BUILD/hexagon" || exit 1
rm -f ./*.o

compile () { # object, source, flags
	object=$1 source=$SRC/$2
	shift 2
	# shellcheck disable=SC2086
	$CC $flags -isystem "$SRC/machines/hexagon/include" -I"$SRC" -I"$SRC/tests/kernels" "$@" \
		-c -o "$object.o" "$source" || { echo "FAIL hexagon: compile"; exit 1; }
}

kernels=
for file in "$SRC"/templates/hvx/*.c; do
	name=$(basename "$file" .c)
	for folder in ref hvx; do
		kernels="$kernels $folder/$name.c"
		compile "${folder}_$name" "templates/$folder/$name.c"
	done
done
for name in conv2d_s8 depthwise_s8 dense_s8 dense_s8_litert; do
	[ -f "ref_$name.o" ] || compile "ref_$name" "templates/ref/$name.c"
	kernels="$kernels ref/$name.c"
done
for file in "$SRC"/machines/hexagon/*.c; do
	compile "machine_$(basename "$file" .c)" "machines/hexagon/$(basename "$file")" \
		-ffreestanding -fno-builtin
done
for file in $library $(cd "$SRC" && ls tests/kernels/*.c); do
	compile "$(echo "$file" | tr / _)" "$file"
done
# shellcheck disable=SC2086
"$(dirname "$KERNELS")/tools/mkref" -k "$SRC/templates" $(echo $kernels | tr ' ' '\n' | sort -ru) >table.c &&
	"$(dirname "$KERNELS")/tools/mkref" "$SRC/templates" \
		$(echo $kernels | tr ' ' '\n' | grep ^ref/ | sort -u) >ref_table.c || exit 1
for table in table ref_table; do
	# shellcheck disable=SC2086
	$CC $flags -isystem "$SRC/machines/hexagon/include" -I"$SRC" -c -o $table.o $table.c || exit 1
done
$LD -m hexagonelf -static --gc-sections -o check ./*.o || { echo "FAIL hexagon: link"; exit 1; }
if qemu-hexagon -cpu v67 ./check --count "${1:-12}" hvx >log; then
	echo "ok hexagon: $(grep -c '^ok' log) kernels"
else
	grep -v '^ok' log
	echo "FAIL hexagon"
fi
