#!/bin/bash
# The same bits in every mode: --input full, const and push, each with every --optimize and on each
# target, what nobody needs any more overwritten (--poison), two inputs one after the other in one
# work area. Against ../shared/golden, or else against the default mode, which other tests hold to
# the oracles; of samples and random graphs, against ref. Pushed rows come in chunks of many sizes.
# Each target runs in each mode, and each model on each target; with EVERY, in every mode there.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
export work
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
: >"$work/log"
: >"$work/ran"
jobs=${MODES_JOBS:-$(nproc)}
targets=
for target in $all_targets; do
	if runs $target; then targets="$targets $target"; else echo "skip modes/$target: not on this machine"; fi
done

no_push () { # log: push was refused, as the manual says
	grep -q -e '--input push takes a model of one input' -e 'is not read as rows of one image' "$1"
}
export -f no_push

ways () { # number: a mode for each target, the next number's modes are others; with EVERY all
	local k=$1 input aim target n
	for target in $targets; do
		n=0
		for input in full const push; do
			for aim in speed ram size; do
				[ -z "$EVERY" ] && [ $((k % 9)) != $n ] || echo "$input $aim $target"
				n=$((n + 1))
			done
		done
		k=$((k + 2)) # nine models have nine modes whatever the target's place
	done
}

# ---- recorded models, and those that make the same as in the default mode

one_way () { # model's file, input, aim, target: a line in $work/bad if the outputs differ
	local name log out k=0 outs=
	name=$(basename "$1" .tflite)
	log=$work/$name.$2.$3.$4
	while [ -f "$work/$name.wanted.$4.$k" ]; do
		outs="$outs $log.$k"
		k=$((k + 1))
	done
	# shellcheck disable=SC2086
	if ! "$MCOMPILE" run --input $2 --optimize $3 --target $4 --poison --semantics "$(semantics "$name")" \
		"$1" "$work/$name".in* -o $outs >"$log" 2>&1; then
		if [ $2 = push ] && no_push "$log"; then
			echo "$name" >>"$work/refused"
		else
			echo "$name $2 $3 $4: $(tail -n 1 "$log")" >>"$work/bad"
		fi
		return
	fi
	echo "$2 $3 $4" >>"$work/ran"
	for out in $outs; do
		cmp "$out" "$work/$name.wanted.$4.${out##*.}" >"$log" 2>&1 ||
			echo "$name $2 $3 $4: $(cat "$log")" >>"$work/bad"
		rm -f "$out"
	done
}
export -f one_way

make_wanted () { # model's file: $work/NAME.wanted.TARGET.K; of integers the same on all targets
	local name outs k target golden first
	name=$(basename "$1" .tflite)
	outs=$(sizes "$1" | grep -c ^out)
	golden=$SHARED/golden/$name
	for target in $targets; do
		if [ -f "$golden.seed1.out0.bin" ]; then
			cat "$golden.out0.bin" "$golden.seed1.out0.bin" >"$work/$name.wanted.$target.0"
			continue
		fi
		if [ "$first" ] && [ $name != vww_96_float ]; then
			for ((k = 0; k < outs; k++)); do
				cp "$work/$name.wanted.$first.$k" "$work/$name.wanted.$target.$k" || return 1
			done
			continue
		fi
		first=$target
		for ((k = 0; k < outs; k++)); do
			echo "$work/$name.wanted.$target.$k"
		done | xargs "$MCOMPILE" run --semantics "$(semantics "$name")" --target $target "$1" "$work/$name".in* -o >"$work/log" 2>&1 ||
			return 1
	done
}

export MCOMPILE
export -f semantics
"$CC" -o "$work/input" tests/models/input.c || exit 1
number=0
for model in ${SHARED:+"$SHARED"/models/*.tflite}; do
	name=$(basename "$model" .tflite)
	"$MCOMPILE" --stop plan "$model" 2>/dev/null ||
		{ echo "skip modes/$name: operators that are not supported"; continue; }
	: >"$work/bad"
	: >"$work/refused"
	sizes "$model" | make_inputs "$model" && make_wanted "$model" ||
		{ say "modes/$name" 1; continue; }
	ways $number >"$work/list"
	sed "s|^|$model |" "$work/list" | xargs -P "$jobs" -L 1 bash -c 'one_way "$@"' one_way
	cp "$work/bad" "$work/log"
	[ ! -s "$work/bad" ]
	say "modes/$name ($(wc -l <"$work/list") ways, $(wc -l <"$work/refused") refused)" $?
	number=$((number + 1))
done
if [ -n "$SHARED" ]; then
	EVERY=1 ways 0 | sort >"$work/all"
	sort -u "$work/ran" | comm -3 - "$work/all" >"$work/log"
	[ ! -s "$work/log" ]
	say "modes/every ($(wc -l <"$work/all") ways of a target and a mode)" $?
else
	echo "skip modes: no ../shared"
fi

# ---- samples and random graphs against ref

verify_way () { # model's file, input, aim, target
	local log
	log=$work/$(basename "$1").$2.$3.$4
	"$MCOMPILE" verify --input $2 --optimize $3 --target $4 --poison "$1" >"$log" 2>&1 ||
		{ [ $2 = push ] && no_push "$log"; } || echo "$*: $(tail -n 1 "$log")" >>"$work/bad"
}
export -f verify_way

! runs x86-sse2 || targets="$targets x86-sse2"
: >"$work/bad"
for model in samples/*/*.tflite; do # each way with one of them at least
	number=$((number + 1))
	EVERY=1 ways 0 | awk -v every="$EVERY" -v n=$number 'every || NR % 2 == n % 2' | sed "s|^|$model |"
done >"$work/list"
xargs -P "$jobs" -L 1 bash -c 'verify_way "$@"' verify_way <"$work/list"
cp "$work/bad" "$work/log"
[ ! -s "$work/bad" ]
say "modes/samples ($(wc -l <"$work/list") ways)" $?

if [ -z "$PYTHON" ]; then
	echo "skip modes/random: no Python environment"
	exit
fi
EVERY=1 ways 0 >"$work/all"
random=${MODES_MODELS:-$(wc -l <"$work/all")} # each way once
"$PYTHON" tests/schedule/random_mir.py "$random" "$work" || exit 1
: >"$work/bad"
for ((n = 0; n < random; n++)); do
	echo "$work/$n.mir $(sed -n "$((n * 5 % $(wc -l <"$work/all") + 1))p" "$work/all")"
done >"$work/list"
xargs -P "$jobs" -L 1 bash -c 'verify_way "$@"' verify_way <"$work/list"
cp "$work/bad" "$work/log"
[ ! -s "$work/bad" ]
say "modes/random ($random graphs)" $?
