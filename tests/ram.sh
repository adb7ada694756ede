#!/bin/bash
# RAM of the models with --optimize ram on target c: the work area, the state kept between pushes
# and the input are at most what is listed, in units of 1024 bytes, and the stack at most 1024
# bytes. A line of the table that can be lowered should be: it only ever gets better.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
: >"$work/log"
STACK=1024

[ -n "$SHARED" ] || { echo "skip ram: no ../shared"; exit; }

field () { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\([0-9]*\),*$/\1/p" "$work/report.json"; }

ram () { # input, most K, name
	local sum part stack
	"$MCOMPILE" --name m --input "$1" --optimize ram -o "$work" --report "$work/report.json" \
		"$SHARED/models/$3.tflite" >"$work/log" 2>&1 || { say "ram/$1/$3" 1; return; }
	sum=0
	for part in work_bytes state_bytes input_bytes; do
		sum=$((sum + $(field $part)))
	done
	stack=$(field stack_bytes)
	printf '  %-36s %-5s %9d bytes = %7s K of %6s K, stack %4d\n' "$3" "$1" $sum \
		"$(echo $sum | awk '{ printf "%.1f", $1 / 1024 }')" "$2" "$stack"
	echo "$sum $2 $stack $STACK" | awk '{ exit !($1 > 0 && $1 <= $2 * 1024 && $3 <= $4) }'
	say "ram/$1/$3" $?
}

while read -r input most name; do
	ram "$input" "$most" "$name"
done <<END
full 28.2 vww_96_int8
full 14.7 person_detect_int8
full 16.0 resnet8_int8
full 8.8 kws_int8
full 50.0 mobilenet_v1_0.25_128_quant
full 77.5 mcunet_vww
full 205.5 mobilenet_v2_1.0_224_quant
full 592 movenet_single_pose_lightning_ptq
push 14.7 vww_96_int8
push 14.7 person_detect_int8
push 16.0 resnet8_int8
push 22.3 mobilenet_v1_0.25_128_quant
push 20.9 mcunet_vww
push 131.9 mobilenet_v2_1.0_224_quant
END
