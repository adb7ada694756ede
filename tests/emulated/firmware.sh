#!/bin/bash
# The samples for machines without a C library, and for AArch64, build without a warning and run: what
# they print of RAM is what the report promises and what the image has; and where a promise is made
# too small, weights or images are others or the stack is cut short, they say so and fail.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$BUILD
. tests/recorded.inc
unset MAKEFLAGS MAKELEVEL
VWW=vww_96_int8

run () { # sample, folder, variables...: status; what it prints in $work/log
	local sample=$1 folder=$2
	shift 2
	timeout 200 make -s -C "samples/$sample" run "$@" B="$work/$folder" MCOMPILE="$MCOMPILE" >"$work/log" 2>&1
}

number () { # what: the number behind it in $work/log, or the one that is promised
	sed -n "s/^$1  *\([0-9]*\).*/\1/p" "$work/log"
}
promise () { sed -n "s/^$1 .*promised  *\([0-9]*\): within\$/\1/p" "$work/log"; }

# Figures against the report, and the work area against the image's symbol.
figures () { # folder, program, nm
	local area stack symbol
	area=$(sed -n 's/.*"work_bytes":[^0-9]*\([0-9]*\).*/\1/p' "$work/$1/model.json")
	stack=$(sed -n 's/.*"stack_bytes":[^0-9]*\([0-9]*\).*/\1/p' "$work/$1/model.json")
	symbol=$((16#$($3 -S "$work/$1/$2" | awk '$4 == "work" { print $2 }')))
	! grep -q warning: "$work/log" &&
		[ "$symbol" -ge "$area" ] && [ "$symbol" -lt $((area + 128)) ] && # to its alignment
		[ "$(number 'work area')" = "$symbol" ] && [ "$(promise 'work area')" = "$symbol" ] &&
		[ "$(promise stack)" = "$stack" ] && [ "$(number stack)" -gt 0 ] &&
		[ "$(number stack)" -le "$stack" ] &&
		[ "$(number both)" = $((symbol + $(number stack))) ] &&
		[ "$(tail -n 1 "$work/log")" = 'all as promised' ]
}

readme () { # sample: what its README shows came out, but for figures of compilers and of the policy
	local figures='/^(instructions|work area|stack|both|whole| )/{ s/[0-9]+(\.[0-9])?/N/g; s/ +/ /g }'
	sed -n '/^    [a-z]* on /,/^    all as promised/s/^    //p' "samples/$1/README.md" |
		sed -E "$figures" >"$work/readme"
	sed -n '/^[a-z]* on /,$p' "$work/log" | sed -E "$figures" | diff "$work/readme" - >"$work/diff" &&
		[ -s "$work/readme" ] || { cat "$work/diff" >>"$work/log"; return 1; }
}

fails () { # name, what it says, sample, folder, variables...
	local name=$1 says=$2
	shift 2
	run "$@"
	[ $? != 0 ] && grep -q "$says" "$work/log" && ! grep -q '^all as promised' "$work/log"
	say "firmware/$name" $?
}

lacks () { # tools...
	for tool do
		have "$tool" || { echo "skip firmware: no $tool"; return; }
	done
	false
}

# ---- Cortex-M
if ! lacks arm-none-eabi-gcc qemu-system-arm; then
	for board in mps2-an386 mps3-an547; do
		run firmware $board BOARD=$board && figures $board firmware.elf arm-none-eabi-nm &&
			grep -q ' cool, each frame: ' "$work/log" && grep -q ' hot, 1 frame of 4: it ' "$work/log"
		say firmware/$board $?
		[ $board != mps2-an386 ] || { readme firmware; say firmware/readme $?; }
		# The compiler's own helpers and nothing of a C library.
		arm-none-eabi-nm "$work/$board/firmware.elf" | grep -iwE \
			'malloc|_sbrk|printf|puts|write|_write|exit|_exit|_impure_ptr|__libc_init_array' >"$work/log"
		[ $? = 1 ]
		say firmware/$board/no-libc $?
		[ -n "$SHARED" ] || { echo 'skip firmware/vww: no ../shared'; continue; }
		run firmware vww BOARD=$board NETWORK=vww MODEL="$SHARED/models/$VWW.tflite" &&
			figures vww firmware.elf arm-none-eabi-nm
		say firmware/$board/vww $?
		rm -rf "$work/vww"
	done

	# What it counts is what the bench counts, of another input.
	mkdir -p "$work/bench"
	python=${PYTHON:-$(command -v python3)}
	if [ -n "$python" ]; then
		run firmware mps2-an386
		counted=$(number instructions)
		"$python" tests/bench/emulated.py -o "$work/bench" --target cortex-m4 \
			samples/digits/digits.tflite >"$work/log" 2>&1
		bench=$("$python" -c 'import json, sys
print(json.load(open(sys.argv[1]))["results"][0]["instructions"])' "$work/bench/emulated.json")
		echo "  instructions: $counted, $bench by the bench"
		[ $((counted * 50)) -gt $((bench * 49)) ] && [ $((counted * 50)) -lt $((bench * 51)) ]
		say firmware/instructions $?
	fi

	# ---- damaged
	for board in mps3-an547 mps2-an386; do
		folder=$work/$board
		cp "$folder/promise.h" "$work/promise.h"
		sed 's/STACK [0-9]*/STACK 100/' "$work/promise.h" >"$folder/promise.h"
		fails $board/stack-bound-too-small '^stack .*MORE THAN PROMISED' firmware $board \
			BOARD=$board OWN_STACK=2000
		sed -E 's/(WORK [0-9]*)[0-9]/\1/' "$work/promise.h" >"$folder/promise.h"
		fails $board/work-area-too-small '^work area .*MORE THAN PROMISED' firmware $board BOARD=$board
		sed 's/STACK [0-9]*/STACK 128/' "$work/promise.h" >"$folder/promise.h"
		fails $board/stack-cut-short '^fault: .*the stack is full' firmware $board BOARD=$board OWN_STACK=0
	done
	cp "$work/promise.h" "$folder/promise.h"
	cp "$work/mps3-an547/model.bin" "$folder/model.bin"
	fails weights-of-another '^weights: .* of another model$' firmware mps2-an386
	size=$(stat -c %s "$folder/model.bin")
	rm "$folder/model.c"
	run firmware mps2-an386 && printf '\377' |
		dd of="$folder/model.bin" bs=1 seek=$((size / 2)) conv=notrunc 2>"$work/log"
	fails weights-damaged '^weights: .* damaged$' firmware mps2-an386
	rm "$folder/model.c"
	sed "/^	{0,/,/}/s/\"[0-9a-g]\{8\}\"/\"gggggggg\"/" samples/digits/images.h >"$folder/images.h"
	fails another-image "^image 0 .*NOT the reference's" firmware mps2-an386
fi

# ---- Hexagon
if ! lacks clang-19 ld.lld-19 qemu-hexagon; then
	run hexagon hexagon && figures hexagon program llvm-nm-19 && readme hexagon
	say firmware/hexagon $?
	sed -i 's/STACK [0-9]*/STACK 100/' "$work/hexagon/promise.h"
	fails hexagon/stack-bound-too-small '^stack .*MORE THAN PROMISED' hexagon hexagon
fi

# ---- AArch64 and a tree of thermal zones
if ! lacks aarch64-linux-gnu-gcc qemu-aarch64; then
	run arm64 arm64 && figures arm64 program aarch64-linux-gnu-nm && readme arm64
	say firmware/arm64 $?
	sed -i 's/STACK [0-9]*/STACK 100/' "$work/arm64/promise.h"
	fails arm64/stack-bound-too-small '^stack .*MORE THAN PROMISED' arm64 arm64
	qemu-aarch64 "$work/arm64/program" "$work/nothing" >"$work/log" 2>&1
	[ $? = 1 ] && grep -q '^heat: no such sensor' "$work/log"
	say firmware/arm64/no-sensor $?
fi
