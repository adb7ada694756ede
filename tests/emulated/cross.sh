#!/bin/bash
# Target `c` on other machines: big-endian, 32 bits; under their emulators the recorded outputs
# come out and the self tests pass.  No emulator: the test is skipped, with the package to install.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

# The sample's own program: it compares its scores with the reference's.
run_sample () { # name, emulator, compiler...
	local name=$1 emulator=$2
	shift 2
	mkdir -p "$work/sample"
	"$MCOMPILE" -o "$work/sample" "samples/$name/$name.tflite" >"$work/log" 2>&1 &&
		"$@" -I"$work/sample" -Isamples -o "$work/sample/run" "samples/$name/main.c" samples/show.c \
			"$work/sample/$name.c" >"$work/log" 2>&1 &&
		timeout 120 "$emulator" "$work/sample/run" >"$work/log" 2>&1
}

check_machine () { # name, compiler, its package, emulator
	local model status
	have "$2" || { echo "skip emulated/$1: no $2 (package $3)"; return; }
	have "$4" || { echo "skip emulated/$1: no $4 (package qemu-user)"; return; }
	for model in digits shapes; do
		run_sample $model "$4" "$2" -O2 -static
		say "emulated/$1/samples/$model" $?
	done
	for model in digits shapes $(recorded_models); do
		make_pair "$model" c && build_pair "$model" c "$2" $WARN -O2 -static &&
			run_pair "$model" c "$4"
		say "emulated/$1/$model" $?
	done
	for model in person_detect_int8 split_concat movenet_single_pose_lightning_ptq vww_96_float; do
		[ -f "$(model_of $model)" ] || continue
		make_pair $model c && build_selftest $model c "$2" $WARN -O2 -static &&
			timeout 120 "$4" "$work/$model-c/run" >"$work/log" 2>&1
		say "emulated/$1/$model" $?
	done
	# What -std=c11 keeps apart, GNU C fuses, here with the machine's own instruction.
	make_pair shapes c && build_pair shapes c "$2" -std=gnu11 -O3 -ffp-contract=fast -static &&
		run_pair shapes c "$4"
	say "emulated/$1/contracted" $?
}

check_machine s390x s390x-linux-gnu-gcc gcc-s390x-linux-gnu qemu-s390x
check_machine arm arm-linux-gnueabihf-gcc gcc-arm-linux-gnueabihf qemu-arm
[ -n "$SHARED" ] || echo "skip emulated/recorded: no ../shared"
