#!/bin/bash
# Follows docs/adding-a-target.md in a copy of the sources: what it says to append is appended, the
# copy builds, and the new target's kernel and a model on it have the bits of `ref`, emulated.
page=$SRC/docs/adding-a-target.md
copy=$BUILD/copy

result () { # name, status
	if [ "$2" = 0 ]; then echo "ok target/$1"; else tail -n 20 "$BUILD/log"; echo "FAIL target/$1"; fi
}

mkdir -p "$copy" || exit 1
(cd "$SRC" && tar -cf - --exclude=.git --exclude='./obj' --exclude='./sanitize' --exclude='./fuzz' .) |
	tar -xf - -C "$copy" && mkdir "$copy/templates/armv7" || exit 1

# "New file `x`:" or "Append to `x`:", an empty line, and a block of code.
awk -v root="$copy/" '
	/^(New file|Append to) `[^`]*`:$/ { split($0, part, "`"); file = root part[2]; next }
	/^```/ && file != "" && !inside { inside = 1; next }
	/^```/ { if (inside) { close(file); file = ""; done++ } inside = 0; next }
	inside { print >>file }
	END { exit done < 3 }' "$page"
result page $?

cd "$copy" && rm -f Makefile config.mak && ./configure "CC=$CC" >"$BUILD/log" 2>&1 &&
	make >>"$BUILD/log" 2>&1 && ./mcompile --target help | grep -q '^armv7 .*32 bits'
result builds $?

for tool in arm-linux-gnueabihf-gcc qemu-arm; do
	command -v $tool >/dev/null || { echo "skip target/runs: no $tool"; exit; }
done
SRC=$copy BUILD=$BUILD KERNELS=$copy/obj/check-kernels bash tests/emulated/kernels.sh armv7 --count 40 armv7 \
	>"$BUILD/log" 2>&1 && grep -q '^ok armv7/table_s8' "$BUILD/log"
result kernels $?

cat >table.mir <<'END'
mir 1
model "table"
input t0 "x"
output t1 "y"
tensor t0 s8[1,4,4,8] scale 0.05 zero -3
tensor t1 s8[1,4,4,8] scale 0.00390625 zero -128
t1 = logistic t0
END
for model in table.mir samples/*/*.tflite; do
	./mcompile verify --target armv7 --count 3 $model >"$BUILD/log" 2>&1
	result verify/$(basename $model) $?
done
./mcompile --target armv7 --explain --stop bind table.mir >"$BUILD/log" 2>&1 && grep -q armv7/table_s8 "$BUILD/log"
result chosen $?
