#!/bin/bash
# Several models in one work area: where they lie, and that each gives its recorded scores there,
# whatever ran before it on the same bytes or runs beside it.
samples=$SRC/samples
digits=$samples/digits/digits.tflite
shapes=$samples/shapes/shapes.tflite
cd "$BUILD" && mkdir -p out || exit 1
strict='-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

say () { if [ "$2" = 0 ]; then echo "ok share/$1"; else sed 's/^/  /' log; echo "FAIL share/$1"; fi; }

# ---- usage
refused=0
refuses () { # status, part of a message, arguments...
	status=$1 part=$2
	shift 2
	"$MCOMPILE" "$@" -o out >log 2>&1
	got=$?
	if [ $got != "$status" ] || ! grep -qF -- "$part" log || [ -n "$(ls -A out)" ]; then
		echo "  mcompile $*: status $got, not $status, or no '$part', or output:"
		sed 's/^/    /' log
		refused=1
	fi
}
mkdir elsewhere
cp "$digits" elsewhere/digits.tflite
cp "$digits" work.tflite
refuses 2 'only one model' --share "$digits"
refuses 2 '(--share compiles several)' "$digits" "$shapes"
refuses 2 "both models are called 'digits'" --share "$digits" "$shapes" elsewhere/digits.tflite
refuses 2 'called '\''digits'\'' too' --share --name digits "$digits" "$shapes"
refuses 2 "called 'work'" --share "$digits" work.tflite
refuses 2 'only with --share' --together digits,shapes "$digits"
refuses 2 "no model is called 'kws': there are digits, shapes" --share --together digits,kws "$digits" "$shapes"
refuses 2 "no model is called ''" --share --together digits, "$digits" "$shapes"
refuses 2 'one model' --share --together digits "$digits" "$shapes"
refuses 2 'stands there twice' --share --together digits,digits "$digits" "$shapes"
refuses 2 '--target given twice' --share --target c --target native "$digits" "$shapes"
refuses 2 '--share is not for the command run' run --share "$digits" "$shapes"
refuses 1 'no-model: error: cannot open' --share "$digits" no-model
refuses 1 'the shared work area needs' --share --arena 2500 --together digits,shapes "$digits" "$shapes"
say messages $refused

# ---- sizes
own () { sed -n "s/^#define $(echo "$1" | tr a-z A-Z)_WORK_BYTES \([0-9]*\).*/\1/p" "$2/$1.h"; }
compiled () { # folder, arguments...
	folder=$1
	shift
	rm -rf "$folder" && mkdir "$folder" && "$MCOMPILE" -o "$folder" --share "$@" >log 2>&1
}
compiled apart "$digits" "$shapes"
a=$(own digits apart) b=$(own shapes apart)
max=$((a > b ? a : b))
[ "$(own shared apart)" = $max ] && grep -qE "^shared: shared_work +$max +$((a + b - max)) bytes less" log
say largest $?
compiled beside --together digits,shapes --name 'my app' --report beside/r.json --depfile beside/d \
	"$digits" "$shapes" && [ "$(own my_app beside)" = $((a + b)) ]
say sum $?
grep -q '"work_bytes":.*'$((a + b)), beside/r.json && grep -q '"saved_bytes":.*0' beside/r.json &&
	[ "$(grep -c '"layers":.*\[' beside/r.json)" = 2 ] && [ "$(grep -c '"offset":' beside/r.json)" = 2 ]
say report $?
grep -qx "beside/digits.c beside/digits.h beside/shapes.c beside/shapes.h beside/my_app.h: $digits $shapes" \
	beside/d
say depfile $?

# One that always runs, beside two that never meet; then more models than all orders are tried of.
cp "$shapes" always.tflite
compiled three --together always,digits --together always,shapes "$digits" "$shapes" always.tflite &&
	[ "$(own shared three)" = $((b + max)) ]
say always $?
models=
for i in 1 2 3 4 5 6 7 8 9; do
	cp "$digits" m$i.tflite
	models="$models m$i.tflite"
done
compiled nine --together m1,m2,m3 --together m3,m4 --together m5,m6 --together m6,m7,m8 $models &&
	[ "$(own shared nine)" = $((3 * a)) ] &&
	compiled nine --together m1,m2,m3,m4,m5,m6,m7,m8,m9 $models && [ "$(own shared nine)" = $((9 * a)) ]
say nine $?
limited=0
for more in 0 200 400 800 1600 3200; do # what is left goes to speed
	compiled limit --arena $((a + b + more)) --together digits,shapes "$digits" "$shapes" &&
		[ "$(own shared limit)" -le $((a + b + more)) ] || limited=1
done
[ "$(own shared limit)" -gt $((a + b)) ]
say arena $((limited + $?))

# The same bytes again.
compiled again --together digits,shapes --name my_app "$digits" "$shapes"
same=$?
for file in digits.c digits.h shapes.c shapes.h my_app.h; do
	cmp beside/$file again/$file >>log 2>&1 || same=1
done
say bytes $same

# ---- the generated code, run
for model in digits shapes; do
	cat >run_$model.c <<-END
		/* Every image, against the recorded scores. */
		#include "$model.h"
		#include "$samples/$model/images.h"
		#include <string.h>
		enum { COUNT = (int)(sizeof images / sizeof *images) };
		int put_$model(${model}_work *work, int i);
		int try_$model(${model}_work *work, int i);
		static int level(char pixel) { return pixel <= '9' ? pixel - '0' : pixel - 'a' + 10; }
		int
		put_$model(${model}_work *work, int i)
		{
			const char *pixel = images[i % COUNT].pixels;
			int bad = 0;
		#if PUSH
			${model}_begin(work);
		#endif
			for (int k = 0; k < SIDE; k++) {
				int8_t row[SIDE];
				for (int x = 0; x < SIDE; x++)
					row[x] = ${model}_quantize_image((float)level(pixel[SIDE * k + x]) / (float)WHITE);
		#if PUSH
				bad |= ${model}_push(work, row, 1);
		#else
				memcpy(${model}_image(work) + SIDE * k, row, SIDE);
		#endif
			}
			return bad;
		}
		int
		try_$model(${model}_work *work, int i)
		{
			int8_t scores[CLASSES];
		#if PUSH
			if (${model}_finish(work, scores))
				return 1;
		#else
			${model}_run(work, scores);
		#endif
			return memcmp(scores, images[i % COUNT].scores, sizeof scores) != 0;
		}
	END
done
cat >turns.c <<'END'
/* Models in turn on the same bytes, each after the other has been there; then threads. */
#include "area.h"
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#if WEIGHTS
#include "weights.h"
#endif

int put_digits(digits_work *work, int i);
int try_digits(digits_work *work, int i);
int put_shapes(shapes_work *work, int i);
int try_shapes(shapes_work *work, int i);

enum { TURNS = 200, POISON = 0xa5 };
static area_work work;

static int
in_turn(int smash)
{
	int bad = 0;
	for (int i = 0; i < TURNS; i++) {
		if (smash)
			memset(&work, POISON, sizeof work);
#if WEIGHTS
		bad += digits_open(area_digits(&work), digits_weights, sizeof digits_weights);
#endif
		bad += put_digits(area_digits(&work), i);
		bad += try_digits(area_digits(&work), i);
#if WEIGHTS
		bad += shapes_open(area_shapes(&work), shapes_weights, sizeof shapes_weights);
#endif
		bad += put_shapes(area_shapes(&work), i);
		bad += try_shapes(area_shapes(&work), i);
	}
	return bad;
}

/* The input of one is there while the other runs. */
static int
mixed(void)
{
	int bad = 0;
	for (int i = 0; i < TURNS; i++) {
		bad += put_digits(area_digits(&work), i);
		bad += put_shapes(area_shapes(&work), i);
		bad += try_digits(area_digits(&work), i);
		bad += put_digits(area_digits(&work), i);
		bad += try_shapes(area_shapes(&work), i);
		bad += try_digits(area_digits(&work), i);
	}
	return bad;
}

static void *
run_digits(void *bad)
{
	for (int i = 0; i < 10 * TURNS; i++) {
		*(int *)bad += put_digits(area_digits(&work), i);
		*(int *)bad += try_digits(area_digits(&work), i);
	}
	return bad;
}

static void *
run_shapes(void *bad)
{
	for (int i = 0; i < TURNS; i++) {
		*(int *)bad += put_shapes(area_shapes(&work), i);
		*(int *)bad += try_shapes(area_shapes(&work), i);
	}
	return bad;
}

static int
threads(void)
{
	pthread_t one, two;
	int bad[2] = { 0, 0 };
	if (pthread_create(&one, NULL, run_digits, bad) || pthread_create(&two, NULL, run_shapes, bad + 1))
		return 1;
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	return bad[0] + bad[1];
}

int
main(int argc, char **argv)
{
	if (sizeof work != AREA_WORK_BYTES || (uintptr_t)area_shapes(&work) % ALIGNMENT ||
	    (uintptr_t)area_digits(&work) % ALIGNMENT) {
		printf("%d bytes, not AREA_WORK_BYTES, or misaligned\n", (int)sizeof work);
		return 1;
	}
	int bad = argc < 2 ? 1 : *argv[1] == 'm' ? mixed() : *argv[1] == 't' ? threads() : in_turn(1) + in_turn(0);
	if (bad)
		printf("%d wrong\n", bad);
	return bad != 0;
}
END
ran () { # flags, how, arguments of mcompile: the program builds strictly and gives the scores
	flags=$1 how=$2
	shift 2
	compiled area --name area "$@" "$digits" "$shapes" || return 1
	if [ -f area/digits.bin ]; then
		for model in digits shapes; do
			echo "static _Alignas(64) const unsigned char ${model}_weights[] = {"
			od -An -v -tu1 area/$model.bin | sed 's/\([0-9]\) /\1, /g; s/$/,/'
			echo '};'
		done >area/weights.h
	fi
	$CC $strict $flags -Iarea -o turns turns.c run_digits.c run_shapes.c area/digits.c area/shapes.c \
		-lpthread >log 2>&1 && ./turns "$how" >log 2>&1
}
every () { # target, compiler flags, alignment
	full="-DALIGNMENT=$3 -DWEIGHTS=0 -DPUSH=0 $2"
	push="-DALIGNMENT=$3 -DWEIGHTS=0 -DPUSH=1 $2"
	ran "$full" alternate --target $1
	say $1/in_turn $?
	ran "$full" alternate --target $1 --optimize ram
	say $1/in_turn_ram $?
	ran "$push" alternate --target $1 --input push --optimize ram
	say $1/in_turn_push $?
	ran "-DALIGNMENT=$3 -DWEIGHTS=1 -DPUSH=0 $2" alternate --target $1 --weights bin
	say $1/weights_bin $?
	ran "-DALIGNMENT=$3 -DWEIGHTS=1 -DPUSH=1 $2" alternate --target $1 --weights bin --input push
	say $1/weights_bin_push $?
	ran "$full" mixed --target $1 --together digits,shapes
	say $1/together $?
	compiled least --target $1 --together digits,shapes --optimize ram "$digits" "$shapes"
	ran "$full" mixed --target $1 --together digits,shapes --arena $(($(own shared least) + 300))
	say $1/together_arena $?
	ran "$push" mixed --target $1 --together digits,shapes --input push
	say $1/together_push $?
	ran "$full" threads --target $1 --together shapes,digits
	say $1/threads $?
	# Models that were not said to run together do not: or the tests above could not fail.
	! ran "$full" mixed --target $1 && grep -q ' wrong$' log
	say $1/apart $?
	! ran "$push" mixed --target $1 --input push && grep -q ' wrong$' log
	say $1/apart_push $?
}
every c '' 8
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then
	every x86-avx2 '-mavx2 -mfma' 32
else
	echo "skip share/x86-avx2: no AVX2 here"
fi
if grep -qw avx512_vnni /proc/cpuinfo 2>/dev/null; then
	every x86-avx512vnni '-mavx512bw -mavx512vl -mavx512vnni -mfma' 64
else
	echo "skip share/x86-avx512vnni: no AVX512-VNNI here"
fi

# ---- the header in both languages; of another run it does not compile
compiled area --name area --together digits,shapes "$digits" "$shapes"
echo '#include "area/area.h"' >include.c
$CC $strict -fsyntax-only -x c include.c >log 2>&1 &&
	c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ include.c >log 2>&1
say languages $?
"$MCOMPILE" --name digits -o area "$shapes" && ! $CC $strict -fsyntax-only -x c include.c >log 2>&1 &&
	grep -q 'of different runs of mcompile' log
say stale $?
