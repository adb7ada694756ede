#!/bin/bash
# No layer with 1 % of a model's work or more is left to ref on x86-64 with AVX2 or better, on Arm or
# with Helium, by the report's kernels and costs; of x86 that its fallback has ref is no fault.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc

for how in x86-avx2 x86-avxvnni x86-avx512vnni x86 'x86 --optimize ram' arm-dotprod cortex-m55 \
		'cortex-m55 --optimize ram' 'arm-dotprod --optimize ram'; do
	layers=0 bad=0
	for model in samples/*/*.tflite ${SHARED:+"$SHARED"/models/*.tflite}; do
		# shellcheck disable=SC2086
		"$MCOMPILE" --target $how --name m -o "$work" --report "$work/m.json" "$model" \
			>"$work/log" 2>&1 || { grep -q 'not supported' "$work/log" && continue; bad=1; break; }
		awk -F '"' -v model="$(basename "$model" .tflite)" '
			$2 == "kernel" { kernel = $4 }
			$2 == "cost" && kernel != "" { # "kernel": "avx2/add_s8 sse2/add_s8", one per variant
				cost = substr($3, index($3, ":") + 1) + 0
				all += cost
				print cost > costs
				count = split(kernel, of, " ")
				for (i = 1; i <= (count > 1 ? count - 1 : 1); i++)
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
