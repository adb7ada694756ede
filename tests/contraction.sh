#!/bin/bash
# However a compiler treats floating point, fused, apart or fast, integer models give the
# recorded bytes. Each target in each way, a compiler and flags, on small models; each other
# model on each target in one of these ways. With EVERY all models in all ways.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

models=$(recorded_models)
[ -n "$models" ] || { echo "skip contraction: no ../shared"; models=shapes; }
ways=()
for cc in gcc clang; do
	have $cc || { echo "skip contraction/$cc: no $cc"; continue; }
	ways+=("$cc -O2 -ffp-contract=off" "$cc -O3 -ffp-contract=fast" "$cc -Ofast")
done

is_turn () { # model, target, number of the way, number of the model and target
	[ -z "$EVERY" ] || return 0
	case $2/$1 in
	x86/mcunet*|x86/mobilenet_v2*) return 1 ;; # minutes, of the other targets' code
	*/kws*|*/shapes) return 0 ;;
	x86/*) ;;
	*/ad01*|*/hello*|*/micro*) return 0 ;;
	esac
	[ $3 = $(($4 % ${#ways[@]})) ]
}

turn=0
for target in $all_targets; do
	runs $target || { echo "skip contraction/$target: not on this machine"; continue; }
	programs=()
	: >"$work/bad"
	for model in $models; do
		made=
		for w in "${!ways[@]}"; do
			is_turn $model $target $w $turn || continue
			: >"$work/log"
			programs[w]=$((programs[w] + 1))
			{ [ $made ] || make_pair $model $target; } && made=1 &&
				build_pair $model $target ${ways[w]} -std=gnu11 $(flags_of $target) &&
				run_pair $model $target ||
				{ echo "$w"; echo "  $model"; head -n 5 "$work/log"; } >>"$work/bad"
		done
		turn=$((turn + 1))
	done
	for w in "${!ways[@]}"; do
		grep -A 6 -x $w "$work/bad" >"$work/log"
		way=${ways[w]}
		[ ! -s "$work/log" ] && [ "${programs[w]}" ]
		say "contraction/$target/${way%% *}/${way##*[ =]} (${programs[w]:-no} programs)" $?
	done
	turn=$((turn + 1)) # as many models as ways: another way on the next target
done
