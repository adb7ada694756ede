#!/bin/bash
# mcompile bundle: variants of one interface with equal weights once, each with the bits that it has
# alone; and what chooses among them, in runtime-min, on a device that fails in every way.
parts=$SRC/runtime-min
here=$SRC/tests/bundle
strict="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"

say () { # name, status
	if [ "$2" = 0 ]; then echo "ok bundle/$1"; else sed 's/^/  /' log; echo "FAIL bundle/$1"; fi
}
cd "$BUILD" || exit 1

# ---- the runtime's part
for compiler in ${COMPILERS:-gcc clang-14 x86_64-w64-mingw32-gcc arm-none-eabi-gcc}; do
	if ! command -v $compiler >/dev/null; then
		echo "skip bundle/warnings/$compiler: not found"
		continue
	fi
	flags=-Wmissing-prototypes
	[ $compiler != arm-none-eabi-gcc ] || flags="$flags -mcpu=cortex-m4"
	$compiler $strict $flags -c -o part.o "$parts/mrt_variant.c" >log 2>&1 &&
		$compiler $strict $flags -c -o part.o "$parts/mrt_variant_heat.c" >>log 2>&1
	say warnings/$compiler $?
done
$CC $strict -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -I"$parts" -o unit \
	"$here/unit.c" "$parts"/mrt_variant*.c "$parts/mrt_heat.c" -lm >log 2>&1
say builds $?
./unit
[ -z "$COUNTING" ] || exit 0

# ---- the command
digits=$SRC/samples/digits/digits.tflite
shapes=$SRC/samples/shapes/shapes.tflite
mkdir -p out dig alone
cp "$digits" . && "$MCOMPILE" --dump infer --stop infer "$digits" >digits.mir &&
	sed '/^tensor t0 /s/scale [0-9.]* zero -128/scale 0.0042 zero -120/' digits.mir >other.mir &&
	! cmp -s digits.mir other.mir && "$MCOMPILE" -o alone "$digits" >log 2>&1
say setup $?

refused=0
refuses () { # status, part of a message, arguments...
	status=$1 part=$2
	shift 2
	"$MCOMPILE" bundle "$@" -o out >log 2>&1
	got=$?
	if [ $got != "$status" ] || ! grep -qF -- "$part" log || [ -n "$(ls -A out)" ] ||
		[ "$(grep -c 'error:\|^mcompile: ' log)" != 1 ]; then
		echo "  mcompile bundle $*: status $got, not $status, or no '$part', or output:"
		sed 's/^/    /' log
		refused=1
	fi
}
refuses 2 'no model'
refuses 2 'bundle: 1 variants, not 2 to 16' a="$digits"
refuses 2 'not NAME=MODEL' a="$digits" "$digits"
refuses 2 'not NAME=MODEL' a="$digits" ="$digits"
refuses 2 "another variant is called 'a_b', too" a-b="$digits" A_B="$digits"
refuses 2 "no variant can be called 'work'" work="$digits" a="$digits"
refuses 2 'more than 40 characters' --name a234567890b234567890c234567890d23456789 ab="$digits" ac="$digits"
refuses 2 'a: colour: no such key: there are quality' a="$digits,colour=red" b="$digits"
refuses 2 'a: not KEY=VALUE: quality' a="$digits,quality" b="$digits"
for value in '' 0 -1 x 1.2.3 nan 1e2 10000000; do
	refuses 2 "a: quality=$value: not a number" a="$digits,quality=$value" b="$digits"
done
refuses 2 'b: period=101: not a number' a="$digits" b="$digits,period=101"
refuses 2 'no such target: z80' a="$digits,target=z80" b="$digits"
refuses 2 '--optimize fun' a="$digits,optimize=fun" b="$digits"
refuses 2 '--share is not for the command bundle' --share a="$digits" b="$digits"
refuses 2 'the report is JSON' --report r.html a="$digits" b="$digits"
refuses 1 'no-model: error: cannot open' a="$digits" b=no-model
refuses 1 '--arena has 500' a="$digits" b="$digits,arena=500"
say messages $refused

# What keeps two models from being variants: each in one line that names both and both's ways.
cat >pair.mir <<-'MIR'
	mir 1
	model "pair"
	input t0 "left"
	input t1 "right"
	output t2 "both"
	label "cold"
	label "warm"
	tensor t0 s8[1,4,4,2] scale 0.5 zero 3
	tensor t1 s8[1,4,4,2] scale 0.5 zero 3
	tensor t2 s8[1,4,4,4] scale 0.5 zero 3
	t2 = concat t0 t1 axis 3
MIR
refused=0
differs () { # what differs in the pair after a script of sed
	sed "$2" pair.mir >changed.mir
	cmp -s pair.mir changed.mir && { echo "  '$2' changes nothing"; refused=1; }
	refuses 1 "bundle: error: one and two differ: $1" one=pair.mir two=changed.mir
}
refuses 1 'bundle: error: one and two differ: input image 1x8x8x1 of int8_t and 1x32x32x1 of int8_t' \
	one="$digits" two="$shapes"
refuses 1 'other: error: b and c differ: inputs to outputs: 2 to 1 and 1 to 1' --name other \
	b=pair.mir bb=pair.mir c="$digits"
differs 'input left 1x4x4x2 of int8_t and 1x4x5x2 of int8_t' 's/4,4/4,5/'
differs 'input left 1x4x4x2 of int8_t and 1x4x4x2 of float' 's/s8\(.*\) scale.*/f32\1/'
differs 'order of inputs or outputs: in its place left and right' \
	's/^input t0.*/input t0 "right"/; s/^input t1.*/input t1 "left"/'
differs 'label 1: warm and hot' 's/warm/hot/'
differs 'label 1: warm and none' '/warm/d'
sed -e 's/s8/s32/' -e 's/zero 3/zero 0/' pair.mir >wide.mir
sed 's/0.5/0.25/' wide.mir >changed.mir
refuses 1 'real numbers of input left (stored - 0) * 0.5 and (stored - 0) * 0.25' a=wide.mir b=changed.mir
say interfaces $refused
# What does not: each variant quantizes and dequantizes by its own scale.
sed -e 's/0.5/0.25/' -e 's/zero 3/zero 4/' -e '/^label/d' pair.mir >scaled.mir
"$MCOMPILE" bundle -o out --name pair one=pair.mir two=scaled.mir >log 2>&1 &&
	grep -q '^#define PAIR_LEFT_COUNT' out/pair.h && ! grep -q '^#define PAIR_LEFT_SCALE' out/pair.h &&
	grep -q '^pair_quantize_left(int variant, float real)' out/pair.h && grep -q '"warm"' out/pair.h &&
	echo '#include "out/pair.h"' >include.c && $CC $strict -fsyntax-only include.c >>log 2>&1 &&
	c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ include.c >>log 2>&1
say own_scales $?
cp "$digits" stale.tflite
"$MCOMPILE" --name pair_one -o out stale.tflite && ! $CC $strict -fsyntax-only include.c >log 2>&1 &&
	grep -q 'of different runs of mcompile' log
say stale $?
rm -f out/*

# ---- what it writes, compiled and run. fast and half differ in figures alone, and are one program
variants="fast=$digits,quality=0.97,latency=4,watts=2.5 tight=$digits,quality=0.97,optimize=ram
	half=$digits,period=2,quality=0.9 small=$digits,optimize=size,quality=0.97 other=other.mir,quality=0.9"
compiled () { # arguments...
	rm -f dig/*
	"$MCOMPILE" bundle --name dig -o dig "$@" >log 2>&1
}
objects () { # compiler, flags...: of all that the bundle has, and of the model alone
	compiler=$1
	shift
	for file in dig/*.c alone/digits.c; do
		$compiler $strict "$@" -c -o "${file%c}o" "$file" >log 2>&1 || return 1
	done
}
runs () { # mode, flags...
	mode=$1
	shift
	$CC $strict -DMODE=$mode "$@" -Idig -Ialone -I"$SRC/samples/digits" -o turns "$here/turns.c" \
		dig/*.o alone/digits.o -lm >log 2>&1 && ./turns >log 2>&1
}
while read -r mode input weights; do
	compiled --input $input --weights $weights $variants && objects "$CC" -O1 &&
		runs $mode -DOTHER=DIG_OTHER
	say $input/$weights $?
done <<END
0 full c
0 full bin
1 const c
2 push c
2 push bin
END
rm -f dig/*.o
mv dig again && mkdir dig
compiled --input push --weights bin --depfile depends $variants
same=$?
for file in again/*; do
	cmp "$file" "dig/${file#*/}" >>log 2>&1 || same=1
done
say bytes $same
grep -q 'dig/dig_fast.c .*dig/dig.c .*: ' depends && grep -q " $digits" depends &&
	grep -q ' other.mir' depends && ! grep -q 'fast=' depends
say depfile $?

# ---- equal weights once, and nothing mutable
for compiler in gcc clang-14 clang-19; do
	if ! command -v $compiler >/dev/null; then
		echo "skip bundle/compiles/$compiler: not found"
		continue
	fi
	compiled --report dig/report.json $variants && objects $compiler && runs 0 -DOTHER=DIG_OTHER
	say compiles/$compiler $?
	code=$(size dig/*.o | awk 'NR > 1 { sum += $1 + $2 + $3 } END { print sum }')
	one=$(size alone/digits.o | awk 'NR == 2 { print $1 }')
	weights=$(grep -oE '"weights_bytes":.[0-9]+' dig/report.json | head -n 1 | grep -oE '[0-9]+')
	echo "code of all $code, alone $one, weights of all $weights" >log
	# Three programs more: their code, and of other.mir the arrays that its input's scale changes.
	[ "$weights" -ge 12296 ] && [ "$weights" -lt 17000 ] && [ "$one" -gt 12296 ] &&
		[ "$code" -lt $((weights + 5 * (one - 12296))) ]
	say once/$compiler $?
	! nm dig/*.o | grep ' [DdBbC] ' >log 2>&1
	say no_globals/$compiler $?
done
[ "$(ls dig/*.c | wc -l)" = 5 ]
say one_program $?
python=${PYTHON:-python3}
if command -v "$python" >/dev/null; then
	"$python" - <<-'END' >log 2>&1
		import json
		r = json.load(open('dig/report.json'))
		v = {x['variant']['name']: x for x in r['variants']}
		assert r['bundle'] == 'dig' and list(v) == ['fast', 'tight', 'half', 'small', 'other'], list(v)
		flash, own = r['flash'], {name: x['variant'] for name, x in v.items()}
		assert flash['apart_bytes'] == sum(x['weights_bytes'] for x in own.values())
		assert flash['saved_bytes'] == flash['apart_bytes'] - flash['weights_bytes'] > 40000, flash
		assert own['fast']['shared_bytes'] == own['fast']['weights_bytes'] == 12296
		assert 0 < own['other']['shared_bytes'] < own['other']['weights_bytes']
		assert r['ram']['work_bytes'] == max(x['ram']['work_bytes'] for x in v.values())
		assert own['half']['period'] == 2 and own['fast']['latency_ms'] == 4
	END
	say report $?
else
	echo "skip bundle/report: no Python"
fi

# ---- the table feeds the runtime's part
compiled fast="$digits,quality=0.97,latency=4" tight="$digits,quality=0.97,optimize=ram" \
	half="$digits,period=2,quality=0.9" && objects "$CC" &&
	runs 0 -DOTHER=99 -DRUNTIME -I"$parts" "$parts/mrt_variant.c"
say runtime $?

# ---- code of several targets
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
	compiled fast="$digits,target=x86-avx2" tight="$digits,target=x86-avx2,optimize=ram" \
		half="$digits,target=x86-sse2" && objects "$CC" -mavx2 -mfma && runs 0 -DOTHER=99
	say targets $?
else
	echo "skip bundle/targets: no AVX2 here"
fi

# ---- verify: of each program, with the bundle's arrays; what is wrong is found, nothing written
compiled --verify --count 3 --weights bin --input const $variants &&
	[ "$(grep -c '3 inferences from seed 1: 0 bytes differ from ref$' log)" = 4 ]
say verify/bin $?
compiled --verify --count 3 --seed 9 fast="$digits" tight="$digits,optimize=ram,target=native" &&
	[ "$(grep -c '3 inferences from seed 9: 0 bytes differ from ref$' log)" = 2 ]
say verify/c $?
if [ -n "$SHARED" ]; then
	kws=$SHARED/models/kws_int8.tflite
	compiled --verify --count 2 --target native fast="$kws" tight="$kws,optimize=ram" &&
		[ "$(grep -c ' 2 inferences from seed 1: 0 bytes differ from ref$' log)" = 2 ]
	say verify/kws $?
else
	echo "skip bundle/verify/kws: no ../shared"
fi
if command -v arm-none-eabi-gcc >/dev/null && command -v qemu-system-arm >/dev/null; then
	compiled --verify --count 2 --target cortex-m4 fast="$digits" tight="$digits,optimize=ram" \
		plain="$digits,target=c" && [ "$(grep -c ': 0 bytes differ from ref$' log)" = 3 ]
	say verify/cortex-m4 $?
else
	echo "skip bundle/verify/cortex-m4: no arm-none-eabi-gcc or no qemu-system-arm"
fi
cp -r "$SRC/templates" broken && chmod -R u+w broken &&
	sed -i 's/best > x\[/best < x[/' broken/ref/max_pool_s8.c
! compiled --verify --templates broken a="$digits" b="$digits,optimize=ram" &&
	grep -qE '^a: target c, 16 inferences from seed 1: [1-9][0-9]* bytes differ from ref' log &&
	[ -z "$(ls -A dig)" ]
say verify/broken $?
rm -rf broken

# ---- the worked example of docs/variants.md, as it stands there
rm -rf example && mkdir example && cp "$digits" example && cd example || exit 1
sed -n '/The program:$/,/^and its build/s/^	//p' "$SRC/docs/variants.md" >main.c
example=$(sed -n '/^	\$ mcompile bundle --name dig/,/period=2$/p' "$SRC/docs/variants.md" |
	sed -e 's/^	\$ mcompile//' -e 's/\\$//' | tr -d '\n')
# shellcheck disable=SC2086
"$MCOMPILE" $example >log 2>&1 && ln -s "$parts" runtime-min &&
	sed -n '/^	variant  *work bytes/,/^	dig /s/^	//p' "$SRC/docs/variants.md" | diff - log >difference &&
	$CC $strict -Iruntime-min main.c dig*.c runtime-min/mrt_variant.c runtime-min/mrt_status.c \
		-o main >log 2>&1 && ./main >log 2>&1 && grep -qE '^(fast|tight) runs, well$' log
status=$?
cat difference >>log
say example $status
