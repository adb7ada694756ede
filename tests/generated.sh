#!/bin/sh
# What every generated pair keeps: no warnings, no symbols but a few, clean under the sanitizers,
# the same bytes whoever runs mcompile and where. Models of ../shared join in where present.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
WARN='-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

models="$SRC/samples/digits/digits.tflite $SRC/samples/shapes/shapes.tflite"
for m in ad01_int8 kws_int8 mcunet_vww micro_speech_int8 mobilenet_v1_0.25_128_quant \
	movenet_single_pose_lightning_ptq person_detect_int8 resnet8_int8 split_concat \
	vww_96_float vww_96_int8; do
	[ ! -f "$SHARED/models/$m.tflite" ] || models="$models $SHARED/models/$m.tflite"
done

say () { # name, status, what a failure printed
	if [ "$2" = 0 ]; then
		echo "ok generated/$1"
	else
		sed 's/^/  /' "$work/log" | head -n 20
		echo "FAIL generated/$1"
	fi
}

have () { command -v "$1" >/dev/null 2>&1; }

make_pair () { # model, target, folder, options...
	pair_model=$1 pair_target=$2 pair_folder=$3
	shift 3
	mkdir -p "$pair_folder"
	"$MCOMPILE" --name m --target "$pair_target" -o "$pair_folder" "$@" "$pair_model" >"$work/log" 2>&1
}

# Symbols a pair may ask the linker for: libc's three, libm, the compiler's own.
strangers () {
	nm -u "$1" | awk '{ print $2 }' | grep -vxE \
		'mem(cpy|set|move)|_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(aeabi|cpu)_.*|(exp|tanh|floor|sqrt|round|fmod|lround|rint|trunc|ceil)f?|log(f|1pf)?'
}

for target in $all_targets; do
	runs "$target" || { echo "skip generated/$target: not on this machine"; continue; }
	warnings=0 symbols=0 sane=0
	for model in $models; do
		case "${EVERY:+every} $target $model" in # the large ones on all targets: make bigcheck
		every*|*\ c\ *|*x86-avx2\ *|*"$SRC"/*|*kws*|*split*|*ad01*|*micro_speech*) ;;
		*) continue ;;
		esac
		for input in full const push; do
			case "$input $model" in full*|*"$SRC"/*|*kws*|const*split*) ;; *) continue ;; esac
			dir=$work/$target.$input.$(basename "$model" .tflite)
			make_pair "$model" $target "$dir" --input $input --selftest || { warnings=1; break; }
			for cc in gcc clang; do
				have $cc || continue
				$cc $WARN -O1 $(flags_of $target) -c "$dir/m.c" -o "$dir/$cc.o" >"$work/log" 2>&1 ||
					{ warnings=1; echo "  $cc: $model"; }
				[ -z "$(strangers "$dir/$cc.o")" ] || { symbols=1; strangers "$dir/$cc.o" | tee "$work/log"; }
			done
		done
		cat >"$work/test.c" <<-'END'
			#include "m.h"
			static m_work work;
			int main(void) { return m_selftest(&work); }
		END
		case "$model" in *mobilenet*|*movenet*|*float*) continue ;; esac # minutes under sanitizers
		dir=$work/$target.full.$(basename "$model" .tflite)
		gcc -std=c11 -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(flags_of $target) \
			-I"$dir" "$work/test.c" "$dir/m.c" -o "$dir/sane" -lm >"$work/log" 2>&1 &&
			"$dir/sane" >"$work/log" 2>&1 || { sane=1; echo "  $model"; }
	done
	say $target/warnings $warnings
	say $target/symbols $symbols
	say $target/sanitizers $sane
done

# The header serves C++ too.
make_pair "$SRC/samples/digits/digits.tflite" c "$work/cpp" --input push
if have g++; then
	printf '#include "m.h"\nm_work w; int main() { return 0; }\n' >"$work/cpp/a.cc"
	g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -c "$work/cpp/a.cc" -o "$work/cpp/a.o" >"$work/log" 2>&1
	say cplusplus $?
else
	echo "skip generated/cplusplus: no g++"
fi

# Two inferences at once, each with its work area.
cat >"$work/cpp/threads.c" <<'END'
#include "m.h"
#include <pthread.h>
static m_work work[2];
static void *twice(void *w) { return m_selftest(w) || m_selftest(w) ? w : 0; }
int main(void)
{
	pthread_t other;
	void *bad = 0, *mine;
	if (pthread_create(&other, 0, twice, work)) return 2;
	mine = twice(work + 1);
	pthread_join(other, &bad);
	return bad || mine;
}
END
make_pair "$SRC/samples/shapes/shapes.tflite" c "$work/cpp" --selftest
gcc -g -O1 -fsanitize=thread -pthread "$work/cpp/threads.c" "$work/cpp/m.c" -o "$work/cpp/threads" >"$work/log" 2>&1 &&
	"$work/cpp/threads" >"$work/log" 2>&1
say threads $?

# Pushed rows: what is refused changes nothing, whatever the chunks and however often it begins.
make_pair "$SRC/samples/shapes/shapes.tflite" c "$work/push" --input push --selftest --weights bin
cat >"$work/push/test.c" <<'END'
#include "m.h"
#include <stdio.h>
#include <string.h>
static m_work work, other;
static _Alignas(64) unsigned char weights[M_WEIGHTS_BYTES];
static int8_t image[M_IMAGE_COUNT], scores[M_SCORES_COUNT], wanted[M_SCORES_COUNT];
static int rest(m_work *w, int at)
{
	return m_push(w, image + at * M_IMAGE_ROW_COUNT, M_IMAGE_ROWS - at);
}
int main(void)
{
	FILE *f = fopen("m.bin", "rb");
	if (!f || fread(weights, sizeof weights, 1, f) != 1) return 10;
	if (m_open(&work, weights, sizeof weights) || m_open(&other, weights, sizeof weights)) return 11;
	for (int i = 0; i < M_IMAGE_COUNT; i++) image[i] = (int8_t)(i * i / 7);
	if (rest(&work, 0) != M_NOT_BEGUN || m_finish(&work, scores) != M_NOT_BEGUN) return 12;
	m_begin(&work);
	if (rest(&work, 0) || m_finish(&work, wanted)) return 13;
	if (m_finish(&work, scores) != M_NOT_BEGUN || m_push(&work, image, 0) != M_NOT_BEGUN) return 14;
	if (m_selftest(&work)) return 15;
	for (int first = 0; first < M_IMAGE_ROWS; first++) {
		m_begin(&work);
		if (m_push(&work, image, first) || m_push(&work, 0, 0)) return 16;
		m_begin(&other); /* one in between, given up halfway */
		if (rest(&other, 1)) return 17;
		if (m_push(&work, image, M_IMAGE_ROWS - first + 1) != M_TOO_MANY_ROWS) return 18;
		if (m_push(&work, image, 0x7fffffff) != M_TOO_MANY_ROWS) return 19;
		if (m_push(&work, image, -1) != M_NEGATIVE_ROWS) return 20;
		if (m_finish(&work, scores) != M_TOO_FEW_ROWS) return 21;
		if (rest(&work, first) || m_push(&work, image, 1) != M_TOO_MANY_ROWS) return 22;
		memset(scores, 99, sizeof scores);
		if (m_finish(&work, scores) || memcmp(scores, wanted, sizeof wanted)) return 23;
	}
	return 0;
}
END
(cd "$work/push" && gcc $WARN -g -fsanitize=address,undefined test.c m.c -o test && ./test) >"$work/log" 2>&1
say push $?

# Weights in a file of their own: the same result; a file that is another's is refused.
make_pair "$SRC/samples/shapes/shapes.tflite" c "$work/bin" --weights bin --selftest
cat >"$work/bin/test.c" <<'END'
#include "m.h"
#include <stdio.h>
static m_work work;
static _Alignas(64) unsigned char weights[M_WEIGHTS_BYTES];
int main(void)
{
	FILE *f = fopen("m.bin", "rb");
	if (!f || fread(weights, sizeof weights, 1, f) != 1 || fgetc(f) != EOF) return 10;
	if (m_open(&work, weights, sizeof weights) || m_selftest(&work)) return 11;
	for (int i = 0; i < 128; i++) { /* the header's bytes */
		weights[i] ^= 1;
		if (!m_open(&work, weights, sizeof weights)) return 12;
		weights[i] ^= 1;
	}
	if (!m_open(&work, weights, sizeof weights - 1) || !m_open(&work, 0, sizeof weights)) return 13;
	return m_selftest(&work) ? 14 : 0; /* what was open still is */
}
END
(cd "$work/bin" && gcc $WARN test.c m.c -o test && ./test) >"$work/log" 2>&1
say weights-file $?

# The same bytes in another folder, time zone, locale, and from another way to the model.
mkdir -p "$work/one" "$work/two/deep"
cp samples/shapes/shapes.tflite "$work/two/deep/shapes.tflite"
(cd "$work/one" && "$MCOMPILE" --selftest "$SRC/samples/shapes/shapes.tflite") >"$work/log" 2>&1
(cd "$work/two/deep" && TZ=Asia/Tokyo LC_ALL=de_DE.UTF-8 "$MCOMPILE" --selftest shapes.tflite) >"$work/log" 2>&1
cmp "$work/one/shapes.c" "$work/two/deep/shapes.c" >"$work/log" 2>&1 &&
	cmp "$work/one/shapes.h" "$work/two/deep/shapes.h" >"$work/log" 2>&1
say same-bytes $?
