#!/bin/sh
# Builds the samples for other machines and runs each under its emulator.
# usage: [MCOMPILE=path] [BUILD=folder] emulated.sh
samples=$(cd "$(dirname "$0")" && pwd)
BUILD=$(mkdir -p "${BUILD:-build}" && cd "${BUILD:-build}" && pwd) || exit 1
MCOMPILE=${MCOMPILE:-mcompile}
unset MAKEFLAGS MAKELEVEL # of the make that may have started this
failed=0

run () { # compiler, emulator, sample, variables...
	for tool in "$1" "$2"; do
		command -v "$tool" >/dev/null ||
			{ printf '\n%s: no %s; configure --install-deps has it\n' "$3" "$tool"; return; }
	done
	shift 2
	sample=$1
	shift
	printf '\n$ make -C samples/%s run%s\n' "$sample" "${*:+ $*}"
	make -s -C "$samples/$sample" run "$@" MCOMPILE="$MCOMPILE" B="$BUILD/$sample/${1#*=}" ||
		failed=1
}

run arm-none-eabi-gcc qemu-system-arm firmware BOARD=mps2-an386
run arm-none-eabi-gcc qemu-system-arm firmware BOARD=mps3-an547
run clang-19 qemu-hexagon hexagon
run aarch64-linux-gnu-gcc qemu-aarch64 arm64
exit $failed
