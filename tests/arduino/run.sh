#!/bin/bash
# Libraries of --emit-project arduino: their layout, and that the IDE's compiler takes them: a stub of Arduino's
# functions stands for a board, on this machine and on a Cortex-M4.
here=$SRC/tests/arduino
cd "$BUILD" && mkdir libraries || exit 1
say () { if [ "$2" = 0 ]; then echo "ok arduino/$1"; else sed 's/^/  /' log; echo "FAIL arduino/$1"; fi; }
strict='-O1 -Wall -Wextra -Werror'

emit () { "$MCOMPILE" --emit-project arduino -o libraries "$@" >log 2>&1; }
layout () { # name: the files, those fields that the IDE asks for, and words that the header has
	(cd "libraries/$1" && find . -type f | LC_ALL=C sort | tr '\n' ' ') >files
	[ "$(cat files)" = "./examples/$1/$1.ino ./keywords.txt ./library.properties ./src/$1.c ./src/$1.h " ] || return 1
	for field in name version author maintainer sentence paragraph category url architectures; do
		[ "$(grep -c "^$field=" "libraries/$1/library.properties")" = 1 ] || { echo "$field" >>log; return 1; }
	done
	grep -qx "name=$1" "libraries/$1/library.properties" && grep -qx "includes=$1.h" "libraries/$1/library.properties" &&
		! grep -vP '^[A-Za-z0-9_]+\t(KEYWORD[12]|LITERAL1)$' "libraries/$1/keywords.txt" >>log || return 1
	while read -r word _; do
		grep -qw "$word" "libraries/$1/src/$1.h" || { echo "no $word" >>log; return 1; }
	done <"libraries/$1/keywords.txt"
}
sketch () { # name, prefix of compilers, flags: the example with its library and the stub
	local name=$1 prefix=$2 source=libraries/$1/src/$1
	shift 2
	${prefix}gcc -std=gnu11 $strict "$@" -c "$source.c" -o "$name.o" >log 2>&1 &&
		${prefix}g++ -std=gnu++11 $strict "$@" "-I$here" "-Ilibraries/$name/src" -include Arduino.h -x c++ \
			"libraries/$name/examples/$name/$name.ino" "$here/main.cpp" -x none "$name.o" -o "$name" >>log 2>&1
}

# Ports of all kinds: two inputs, of int32 and float, and outputs whose names the sketch uses itself.
cat >ports.mir <<'END'
mir 1
model "ports"
input t0 "Serial"
input t1 "work"
output t2 "start"
output t3 "took"
tensor t0 f32[1,3]
tensor t1 s32[1,3]
tensor t2 f32[1,3]
tensor t3 s32[1,3]
t2 = add t0 t0
t3 = add t1 t1
END
emit --selftest "$SRC/samples/digits/digits.tflite" && layout digits
say layout $?
if ! command -v gcc >/dev/null || ! command -v g++ >/dev/null; then
	echo "skip arduino/sketch: no gcc or no g++"
else
	sketch digits '' && ./digits >out && { cat out >log; [ "$(sed -n 1p out)" = 'self test: right' ]; } &&
		[ "$(grep -c '^[01]\.[0-9][0-9]$' out)" = 20 ] && [ "$(grep -c '^7 microseconds$' out)" = 2 ]
	say sketch $?
	bad=0
	for mode in push const; do
		emit --input $mode "$SRC/samples/shapes/shapes.tflite" && layout shapes && sketch shapes '' &&
			./shapes >out && [ "$(grep -c '^[01]\.[0-9][0-9]$' out)" = 16 ] || { bad=1; break; }
	done
	say modes $bad
	emit ports.mir && layout ports && sketch ports '' && ./ports >out && cp out log &&
		[ "$(grep -c '^0\.00$' out)" = 6 ] && [ "$(grep -c '^0$' out)" = 6 ]
	say ports $?
fi
if command -v arm-none-eabi-g++ >/dev/null; then
	emit --selftest --target cortex-m4 "$SRC/samples/digits/digits.tflite" && layout digits &&
		sketch digits arm-none-eabi- -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 --specs=nosys.specs &&
		arm-none-eabi-objdump -d digits.o | grep -q smlad
	say cortex-m4 $?
	! sketch digits arm-none-eabi- -mcpu=cortex-m0plus -mthumb --specs=nosys.specs &&
		grep -q 'error: #error "compile this file with -mcpu=cortex-m4' log
	say wrong-board $?
else
	echo "skip arduino/cortex-m4: no arm-none-eabi-g++"
fi
