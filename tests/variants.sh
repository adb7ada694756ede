#!/bin/bash
# Target x86, code of several targets in one pair: with the better ones left out by the macros that
# the header names, each runs and makes the recorded bytes; pushed, from a weights file, from C++.
# With other options a compiler in turns per variant; with EVERY each.
# Weights are there once, nothing is written but the work area, and the CPU is not asked each time.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

runs x86 || { echo "skip variants: no x86-64"; exit; }
models="shapes digits"
for m in kws_int8 vww_96_int8 micro_speech_int8 split_concat; do
	[ ! -f "$SHARED/models/$m.tflite" ] || models="$models $m"
done
compilers=
for cc in gcc clang clang-19; do
	if have $cc; then compilers="$compilers $cc"; else echo "skip variants/$cc: no $cc"; fi
done

# The variants, the best first, as the header lists them.
make_pair shapes x86 || { say variants 1; exit; }
variants=$(sed -n '/Which code runs/,/Macros/p' "$work/shapes-x86/m.h" | grep -o '"[a-z0-9-]*"' | tr -d '"')
last=$(echo "$variants" | tail -n 1)

without () { # variant: what leaves out those before it
	local v
	for v in $variants; do
		[ $v != $1 ] || return
		printf ' -DM_NO_%s' "$(echo ${v##*-} | tr a-z A-Z)"
	done
}

cat >"$work/main.c" <<'END'
#include "m.h"
#include <stdio.h>
#include <string.h>
#ifndef M_WEIGHTS_BYTES
#define M_WEIGHTS_BYTES 1
static int m_open(m_work *w, const void *weights, size_t bytes) { (void)w, (void)weights; return bytes != 1; }
#endif
static m_work work;
static _Alignas(64) unsigned char weights[M_WEIGHTS_BYTES];
int main(int argc, char **argv)
{
	FILE *f = argc > 2 ? fopen(argv[2], "rb") : 0;
	if (f && fread(weights, sizeof weights, 1, f) != 1) return 2;
	if (m_open(&work, weights, sizeof weights)) return 3;
	if (strcmp(m_target(), argv[1])) { printf("%s, not %s\n", m_target(), argv[1]); return 4; }
	return m_selftest(&work);
}
END

one () { # model, compiler, variant: whether it runs, compiled without warnings
	local dir=$work/$1-x86
	"$2" $WARN -O1 $(without $3) -I"$dir" -o "$dir/run" "$work/main.c" "$dir/m.c" -lm >"$work/log" 2>&1 &&
		"$dir/run" $3 $([ ! -f "$dir/m.bin" ] || echo "$dir/m.bin") >"$work/log" 2>&1
}

can () { # compiler, variant: it knows how to ask for it, and this machine has it
	case $2 in
	x86-avxvnni) [ "$1" != clang ] && grep -qw avx_vnni /proc/cpuinfo ;;
	$last) true ;;
	*) runs $2 ;;
	esac
}

turn=0
every () { # what, options...: each model, compiler and variant; with options a compiler in turns
	local what=$1 status=0 model cc variant count=0 all next
	shift
	read -r -a all <<<"$compilers"
	for model in $models; do
		make_pair $model x86 "$@" || { grep -q 'input push' "$work/log" && continue; status=1; break; }
		for variant in $variants; do
			turn=$((turn + 1))
			for cc in "${all[@]}"; do
				can $cc $variant || continue
				case $EVERY/$model/$cc/$what in
				/shapes/*/run|1/shapes/*) ;;
				/shapes/*) # a compiler that cannot leaves its turn to gcc
					next=${all[turn % ${#all[@]}]}
					can $next $variant || next=gcc
					[ $cc = $next ] || continue ;;
				*) [ $cc = gcc ] || continue ;; # minutes
				esac
				one $model $cc $variant || { echo "  $model $cc $variant: $?"; status=1; }
				count=$((count + 1))
			done
		done
	done
	[ $count -gt 0 ] || status=1
	say "variants/$what ($count programs)" $status
	rm -rf "$work"/*-x86
}
every run
models="shapes"
every push --input push
every const --input const --optimize ram
every weights-file --weights bin --optimize size
for variant in $variants; do
	can gcc $variant || echo "skip variants/$variant: not on this machine"
done

# The header says what an old compiler leaves out, and what floats may do, where there are any.
header () { # model, the lines of floats that it has
	make_pair $1 x86 && grep -q '^ \* clang before 19 .* AVXVNNI' "$work/$1-x86/m.h" &&
		[ "$(grep -c 'last bits of floats' "$work/$1-x86/m.h")" = $2 ]
}
header shapes 0 && { [ -z "$SHARED" ] || header vww_96_float 1; }
say variants/header $?

# Weights are there once, those with a zero point too: a few windows may have two layouts, as biases
# and multipliers have.
weights () { # model, target: bytes
	make_pair $1 $2 --weights c &&
		grep -oE '^static M_CONST.* [a-z0-9_]*_w(_[a-z0-9]*)?\[[0-9]*\]' "$work/$1-$2/m.c" |
		sed 's/.*\[//; s/\]//' | awk '{ n += $1 } END { print n }'
}
twice=0
for model in shapes $([ -z "$SHARED" ] || echo kws_int8 vww_96_int8 resnet8_int8 \
		mobilenet_v1_0.25_128_quant mobilenet_v2_1.0_224_quant); do
	own=$(weights $model x86-avx512vnni) all=$(weights $model x86)
	echo "  $model: $all bytes of weights, x86-avx512vnni has $own"
	[ "$all" -ge "$own" ] 2>/dev/null && [ "$all" -le $((own + own / 12)) ] || twice=1
done
say variants/weights-once $twice

# A variant in the middle left out.
make_pair shapes x86 && gcc $WARN -O1 -DM_NO_AVX2 -c "$work/shapes-x86/m.c" -o "$work/m.o" >"$work/log" 2>&1 &&
	! nm "$work/m.o" | grep -q '_avx2$'
say variants/left-out $?

# Nothing is written but the caller's memory; the CPU was asked before main(); no other CPU than x86-64.
gcc -O2 -c "$work/shapes-x86/m.c" -o "$work/m.o" >"$work/log" 2>&1 &&
	[ "$(size -A "$work/m.o" | awk '$1 ~ /^\.(data|bss)$/ { n += $2 } END { print n + 0 }')" = 0 ] &&
	! objdump -d "$work/m.o" | grep -qw cpuid &&
	sed '/^#include/d' "$work/shapes-x86/m.c" | gcc -std=c11 -U__x86_64__ -E - 2>&1 |
		grep -q 'error "this file is for'
say variants/clean $?

sane=0
for variant in $variants; do
	can gcc $variant || continue
	gcc -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(without $variant) \
		-I"$work/shapes-x86" -o "$work/sane" "$work/main.c" "$work/shapes-x86/m.c" -lm >"$work/log" 2>&1 &&
		"$work/sane" $variant >"$work/log" 2>&1 || sane=1
done
say variants/sanitizers $sane

if have g++; then
	printf '#include "m.h"\nm_work w; int main() { return m_target() == 0; }\n' >"$work/a.cc"
	g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$work/shapes-x86" "$work/a.cc" "$work/m.o" \
		-o "$work/a" >"$work/log" 2>&1 && "$work/a"
	say variants/cplusplus $?
fi
