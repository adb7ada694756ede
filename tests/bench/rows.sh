#!/bin/bash
# What rows cost: a schedule by rows against --no-stream, 15 pairs of runs in turns, the median of
# their ratios; and of instructions, where valgrind counts them (not VNNI). Those decide for the
# default. ROWS_TARGETS are the targets, ROWS_MODELS the models' files.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
PAIRS=${PAIRS:-15}
models="$SRC/samples/digits/digits.tflite $SRC/samples/shapes/shapes.tflite"
for m in kws_int8 mcunet_vww mobilenet_v1_0.25_128_quant mobilenet_v2_1.0_224_quant \
	movenet_single_pose_lightning_ptq person_detect_int8 resnet8_int8 vww_96_int8; do
	[ ! -f "$SHARED/models/$m.tflite" ] || models="$models $SHARED/models/$m.tflite"
done
models=${ROWS_MODELS:-$models}
targets=
for target in ${ROWS_TARGETS:-c x86-avx2 x86-avxvnni x86-avx512vnni}; do
	if runs $target; then targets="$targets $target"; else echo "skip bench/rows/$target: not on this machine"; fi
done

make_one () { # folder, model, target, options: the program
	local dir=$work/$1 model=$2 target=$3
	shift 3
	mkdir -p "$dir"
	"$MCOMPILE" --name m --selftest --weights c --target $target "$@" -o "$dir" "$model" &&
		${CC:-cc} -O2 $(flags_of $target) -I"$dir" -o "$dir/bench" tests/bench/median.c "$dir/m.c" -lm
}

instructions () { # folder
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/$1/bench" 1 2>&1 >/dev/null |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

printf '  %-36s %-14s %-6s %6s %13s %s\n' model target aim time instructions 'work area, of'
for model in $models; do
	name=$(basename "$model" .tflite)
	for target in $targets; do
		make_one whole "$model" $target --no-stream || { echo "FAIL bench/rows/$name"; continue; }
		for aim in speed ram; do
			make_one rows "$model" $target --optimize $aim || { echo "FAIL bench/rows/$name"; continue; }
			runs=$("$work/whole/bench" 3 | awk '{ n = int(30000 / $1); if (n > 301) n = 301; print (n ? n : 1) }')
			for pair in $(seq $PAIRS); do
				echo "$("$work/rows/bench" $runs) $("$work/whole/bench" $runs)"
			done | awk '{ print $1 / $2 }' | sort -n >"$work/ratios"
			time=$(sed -n $(((PAIRS + 1) / 2))p "$work/ratios") count=-
			case $target in
			*vnni|x86) ;; # which valgrind does not know
			*) ! have valgrind || count=$(echo "$(instructions rows) $(instructions whole)" |
				awk '{ printf "%.3f", $1 / $2 }') ;;
			esac
			printf '  %-36s %-14s %-6s %6.3f %13s %s\n' "$name" $target $aim "$time" "$count" \
				"$(sed -n 's/#define M_WORK_BYTES //p' "$work/rows/m.h") $(sed -n 's/#define M_WORK_BYTES //p' "$work/whole/m.h")"
			echo "$time $count $aim" | awk '{ most = $3 == "ram" ? 1.15 : 1.05
				exit $1 > most || ($3 == "speed" && $2 != "-" && $2 > 1.03) }' &&
				echo "ok bench/rows/$name/$target/$aim" || echo "FAIL bench/rows/$name/$target/$aim"
		done
	done
done
