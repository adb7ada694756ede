#!/bin/bash
# RAM of the models with --optimize ram on target c: the work area, the state kept between pushes
# and the input are at most what was reached once, in units of 1024 bytes, and the stack at most
# 1024 bytes. Lower a line that can be lowered: it only ever gets better. The last column is what
# the design asks for.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
: >"$work/log"
STACK=1024

[ -n "$SHARED" ] || { echo "skip ram: no ../shared"; exit; }

field () { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\([0-9]*\),*$/\1/p" "$work/report.json"; }

ram () { # input, most K, asked K, name
	local sum part stack
	"$MCOMPILE" --name m --input "$1" --optimize ram -o "$work" --report "$work/report.json" \
		"$SHARED/models/$4.tflite" >"$work/log" 2>&1 || { say "ram/$1/$4" 1; return; }
	sum=0
	for part in work_bytes state_bytes input_bytes; do
		sum=$((sum + $(field $part)))
	done
	stack=$(field stack_bytes)
	printf '  %-36s %-5s %7d bytes = %6.1f K, at most %6s K, asked %6s K, stack %4d\n' "$4" "$1" \
		$sum "$(echo $sum | awk '{ print $1 / 1024 }')" "$2" "$3" "$stack"
	echo "$sum $2 $stack $STACK" | awk '{ exit !($1 > 0 && $1 <= $2 * 1024 && $3 <= $4) }'
	say "ram/$1/$4" $?
}

while read -r input most asked name; do
	ram "$input" "$most" "$asked" "$name"
done <<END
full 27.4 28.2 vww_96_int8
full 14.3 14.7 person_detect_int8
full 11.6 16.0 resnet8_int8
full 5.1 8.8 kws_int8
full 48.5 50.0 mobilenet_v1_0.25_128_quant
full 75.3 77.5 mcunet_vww
full 196.0 205.5 mobilenet_v2_1.0_224_quant
full 459.0 592 movenet_single_pose_lightning_ptq
push 13.6 14.7 vww_96_int8
push 12.8 14.7 person_detect_int8
push 10.2 16.0 resnet8_int8
push 20.1 22.3 mobilenet_v1_0.25_128_quant
push 16.1 20.9 mcunet_vww
push 120.8 131.9 mobilenet_v2_1.0_224_quant
END
