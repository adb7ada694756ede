#!/bin/bash
# Models on each foreign target, run by `mcompile run` under its emulator: what is recorded comes
# out, or else what this machine makes, to the bit, with --optimize speed and ram (once where both
# are the same code).  Without ../shared the samples alone.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
export work SRC MCOMPILE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
. tests/emulated/machines.inc
export -f semantics
"${CC:-cc}" -o "$work/input" tests/models/input.c || exit 1

make_wanted () { # model's file: $work/NAME.wanted.K
	local name golden k outs=
	name=$(basename "$1" .tflite)
	golden=$SHARED/golden/$name
	for ((k = 0; k < $(sizes "$1" | grep -c ^out); k++)); do
		outs="$outs $work/$name.wanted.$k"
	done
	if [ -f "$golden.seed1.out0.bin" ]; then
		cat "$golden.out0.bin" "$golden.seed1.out0.bin" >"$work/$name.wanted.0"
	else
		# shellcheck disable=SC2086
		"$MCOMPILE" run --semantics "$(semantics "$name")" --target native "$1" \
			"$work/$name".in* -o $outs >"$work/log" 2>&1
	fi
}

# A line in $work/bad if it fails.  Floats of other kernels may lie apart: verify knows how far.
run_one () { # model's file, target, what to optimize, the other's pair that was run or -
	local name base k outs= options
	name=$(basename "$1" .tflite)
	base=$work/$name.$2.$3
	options="--name m --semantics $(semantics "$name") --target $2 --optimize $3"
	mkdir -p "$base"
	# shellcheck disable=SC2086
	"$MCOMPILE" $options -o "$base" "$1" >"$base.log" 2>&1 &&
		! cmp -s "$base/m.c" "$work/$name.$2.$4/m.c" || return
	for ((k = 0; ; k++)); do
		[ -f "$work/$name.wanted.$k" ] || break
		outs="$outs $base.$k"
	done
	# shellcheck disable=SC2086
	case $name in
	*_float) timeout 300 "$MCOMPILE" verify --count 2 $options "$1" >"$base.log" 2>&1 ;;
	*) timeout 300 "$MCOMPILE" run $options "$1" "$work/$name".in* -o $outs >"$base.log" 2>&1 ;;
	esac || { tail -n 1 "$base.log" >>"$work/$2.bad"; return; }
	for ((k = 0; ; k++)); do
		[ -f "$base.$k" ] || break
		cmp "$base.$k" "$work/$name.wanted.$k" >>"$work/$2.bad" 2>&1
		rm "$base.$k"
	done
}

run_both () { # model's file, target
	local begin=$SECONDS
	run_one "$1" "$2" speed -
	run_one "$1" "$2" ram speed
	echo "$2 $(basename "$1") $((SECONDS - begin)) s" >>"$work/times"
}
export -f run_one run_both

targets=
for machine in $(machine_names); do
	find_machine "$machine"
	if is_native "$machine"; then
		continue
	elif has_machine; then
		targets="$targets $(targets_of "$machine")" # tests/emulated/variants.sh has those of several
	else
		echo "skip targets/$machine: no ${cc%% *} or no ${emulator%% *} (packages: $packages)"
	fi
done

models=
for model in samples/*/*.tflite ${SHARED:+"$SHARED"/models/*.tflite}; do
	"$MCOMPILE" --stop plan "$model" 2>/dev/null || continue
	sizes "$model" | make_inputs "$model" && make_wanted "$model" &&
		models="$models $model" || say "targets/$(basename "$model")" 1
done
for model in $models; do
	for target in $targets; do
		echo "$model $target"
	done
done | xargs -P "${TARGETS_JOBS:-$(nproc)}" -L 1 bash -c 'run_both "$@"' run_both
sort -k3n "$work/times" | tail -n 5
for target in $targets; do
	touch "$work/$target.bad"
	cp "$work/$target.bad" "$work/log"
	[ ! -s "$work/log" ]
	say "targets/$target ($(echo $models | wc -w) models, speed and ram)" $?
done
[ -n "$SHARED" ] || echo "skip targets/models: no ../shared"
