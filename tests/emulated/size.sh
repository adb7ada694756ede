#!/bin/bash
# --optimize size: kws on Cortex-M4 has at most 12 KiB of code, linked, without weights, and takes at
# most 1.3 times the instructions of --optimize speed; and layers that share functions have the bits
# of `ref` on each foreign target.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
export MCOMPILE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
. tests/emulated/machines.inc
MOST_CODE=12288 MOST_TIMES=1.3
python=${PYTHON:-$(command -v python3)}
[ -n "$SHARED" ] || { echo 'skip size: no ../shared'; exit; }
model=$SHARED/models/kws_int8.tflite

for machine in $(machine_names); do
	find_machine "$machine"
	is_native "$machine" && continue
	has_machine || { echo "skip size/$machine: no ${cc%% *} or no ${emulator%% *} (packages: $packages)"; continue; }
	for target in $(targets_of "$machine"); do
		timeout 100 "$MCOMPILE" verify --count 2 --target "$target" --optimize size "$model" >"$work/log" 2>&1
		say "size/$target" $?
	done
done

find_machine cortex-m4
[ -n "$python" ] && has_machine || { echo 'skip size/counted: no Python, or no Cortex-M4'; exit; }
for aim in speed size; do
	"$python" tests/bench/emulated.py -o "$work/$aim" --target cortex-m4 --optimize $aim "$model" >"$work/log" 2>&1 ||
		{ say size/counted 1; exit; }
	"$python" -c 'import json, sys
result, = json.load(open(sys.argv[1]))["results"]
print(result["code"], result["instructions"])' "$work/$aim/emulated.json" >"$work/$aim.figures"
done
read -r code_speed steps_speed <"$work/speed.figures"
read -r code steps <"$work/size.figures"
echo "  kws on cortex-m4: $code bytes of code ($code_speed), $steps instructions ($steps_speed)"
echo "$code $steps $code_speed $steps_speed" | awk -v most=$MOST_CODE -v times=$MOST_TIMES \
	'{ exit !($1 > 0 && $1 <= most && $1 < $3 && $2 <= times * $4) }' >"$work/log" 2>&1
say size/counted $?
