#!/bin/bash
# No layer with 1 % of a model's work or more is left to ref on any target but c, by the report's
# kernels and costs, with speed and with RAM the aim.  The two models that take long to compile are
# those of whole machines, x86 and arm, whose files have the code of each of their targets.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

targets=$(sed -n 's/^TARGET("\([^"]*\)".*/\1/p' codegen/targets.def | grep -vx c)
modes='speed ram'

left_out () { # target, model
	case $1/$2 in
	x86-*/*mobilenet_v2*|x86-*/*movenet*|arm-*/*mobilenet_v2*|arm-*/*movenet*) ;;
	*) false ;;
	esac
}

for how in $(for t in $targets; do for m in $modes; do echo "$t/$m"; done; done); do
	layers=0 bad=0
	for model in samples/*/*.tflite ${SHARED:+"$SHARED"/models/*.tflite}; do
		left_out "${how%/*}" "$model" && continue
		"$MCOMPILE" --target "${how%/*}" --optimize "${how#*/}" --name m -o "$work" --report "$work/m.json" "$model" \
			>"$work/log" 2>&1 || { grep -q 'not supported' "$work/log" && continue; bad=1; break; }
		awk -F '"' -v model="$(basename "$model" .tflite)" '
			$2 == "kernel" { kernel = $4 }
			$2 == "cost" && kernel != "" { # "kernel": "avx2/add_s8 sse2/add_s8", one per variant
				cost = substr($3, index($3, ":") + 1) + 0
				all += cost
				print cost > costs
				count = split(kernel, of, " ")
				for (i = 1; i <= count; i++)
					if (of[i] ~ /^ref\//) { on_ref[NR] = cost; named[NR] = kernel }
				kernel = ""
			}
			END {
				for (k in on_ref)
					if (on_ref[k] >= all / 100) { print model, named[k], on_ref[k], "of", all; bad = 1 }
				exit bad || !all
			}' costs="$work/costs" "$work/m.json" >"$work/log" || { bad=1; break; }
		layers=$((layers + $(wc -l <"$work/costs")))
	done
	[ $layers -gt 0 ] && [ $bad = 0 ]
	say "work/$how ($layers layers)" $?
done

# Channels that never leave a value, kept: models have biases of 2^30 there, which no sum needs.
if [ -n "$SHARED" ]; then
	"$MCOMPILE" --target cortex-m4 --no-prune --name m -o "$work" --report "$work/m.json" \
		"$SHARED/models/vww_96_int8.tflite" >"$work/log" 2>&1 &&
		grep -q '"kernel":.*"m4/conv' "$work/m.json" && ! grep '"kernel":.*"ref/conv' "$work/m.json" >"$work/log"
	say "work/cortex-m4 with constant channels" $?
fi
