#!/bin/bash
# What mcompile takes in time and memory, what compilers take over its output, and the RAM of each
# model against the lower bound in ../shared/models/README.md.  Times are seconds of a
# processor, not of the clock, and one run of three is enough: the machine may be busy.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
: >"$work/log"

MCOMPILE_SECONDS=1 MCOMPILE_MB=100 PROOF_SECONDS=3 CC_SECONDS=20 CC_MB=500 MANY_SECONDS=10 MANY_MB=500

within () { # name, seconds, megabytes, command...: in one of three runs
	local name=$1 seconds=$2 mb=$3 n status=1 figures=
	shift 3
	for n in 1 2 3; do
		/usr/bin/time -o "$work/time" -f '%U %S %M' "$@" >"$work/log" 2>&1 || break
		figures=$(awk '{ printf "%.2f s, %.0f MB", $1 + $2, $3 / 1000 }' "$work/time")
		awk -v s="$seconds" -v mb="$mb" '{ exit !($1 + $2 < s && $3 < mb * 1000) }' "$work/time" &&
			{ status=0; break; }
	done
	say "limits/$name ${figures:+($figures)}" $status
}

# ---- time and memory of mcompile, and of compilers over what it wrote
[ -x /usr/bin/time ] || { echo 'skip limits: no time (package time)'; exit 0; }
largest=${SHARED:+$SHARED/models/mobilenet_v2_1.0_224_quant.tflite}
for target in c x86-avx2; do
	[ -f "$largest" ] || { echo "skip limits/$target: no ../shared"; continue; }
	seconds=$MCOMPILE_SECONDS # without proofs, which c has no use for
	[ $target = c ] || seconds=$PROOF_SECONDS
	within "$target/mcompile" $seconds $MCOMPILE_MB \
		"$MCOMPILE" --name m --target $target -o "$work" "$largest"
	for cc in gcc clang; do
		have $cc || { echo "skip limits/$target/$cc: no $cc"; continue; }
		within "$target/$cc" $CC_SECONDS $CC_MB \
			$cc -O2 $(flags_of $target) -c -o "$work/m.o" "$work/m.c"
	done
done

# ---- graphs of 2,000 operators: deep, wide, one concat of all, as many ports
many () { # kind, operators: .mir
	awk -v kind="$1" -v n="$2" '
	function new(shape) {
		head = head "tensor t" count " s8[1,4,4," shape "] scale 0.5 zero 3\n"
		return count++
	}
	function node(op, a, b) {
		y = new(8)
		body = body "t" y " = " op " t" a (b == "" ? "" : " t" b) "\n"
		return y
	}
	BEGIN {
		count = 0
		first = last = t[0] = new(8)
		ports = "input t0\n"
		if (kind == "deep") {
			w = count++
			head = head "tensor t" w " s8[8,1,1,8] scale 0.5 data {"
			for (i = 0; i < 64; i++)
				head = head " " i * 7 % 11 - 5
			head = head " }\n"
		}
		for (i = 1; i < n; i++) {
			if (kind == "deep")
				t[i] = i % 3 == 0 ? node("add", t[i - 1], t[i > 6 ? i - 2 - i * 7 % 5 : 0]) : \
					i % 3 == 1 ? node("conv2d", t[i - 1], w) : node("logistic", t[i - 1])
			else if (kind == "wide" && i > n / 2)
				t[i] = node("add", t[i - 1], t[n - i])
			else
				t[i] = node("logistic", first)
			last = t[i]
			if (kind == "ports") {
				ports = ports "output t" last "\n"
				ports = ports "input t" (first = new(8)) "\n"
			}
		}
		if (kind == "concat") {
			last = new(8 * (n - 1))
			body = body "t" last " = concat"
			for (i = 1; i < n; i++)
				body = body " t" t[i]
			body = body " axis 3\n"
		}
		print "mir 1\nmodel \"m\"\n" ports (kind == "ports" ? "" : "output t" last "\n") head body
	}'
}
for kind in deep wide concat ports; do
	many $kind 2000 >"$work/$kind.mir"
	within "2000_operators/$kind" $MANY_SECONDS $MANY_MB "$MCOMPILE" -o "$work" "$work/$kind.mir"
done

# ---- RAM: work area and input at most 1.01 times the largest live sum in the file's order.
# The list says kilobytes of 1024, rounded to a tenth.  With --input const the input lies
# elsewhere for the whole run, so the work area alone is held to the bound.
lower_bounds () { # NAME BYTES, the most that the rounded figure stands for
	sed -n -e 's/^- \*\*\([^*]*\)\*\*.*/name \1/p' -e 's/.*LB(given order)=\([0-9.]*\)K.*/bound \1/p' \
		"$SHARED/models/README.md" |
		awk '$1 == "name" { name = $2 } $1 == "bound" { printf "%s %d\n", name, ($2 + 0.05) * 1024 }'
}
field () { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\([0-9]*\),*$/\1/p" "$work/report.json"; }

ram () { # name, bound, target, input, options...
	local name=$1 bound=$2 target=$3 input=$4 bytes
	shift 4
	"$MCOMPILE" --name m --target "$target" --input "$input" "$@" -o "$work" \
		--report "$work/report.json" "$SHARED/models/$name.tflite" >"$work/log" 2>&1 || return 1
	bytes=$(field work_bytes)
	[ "$input" = const ] || bytes=$((bytes + $(field input_bytes)))
	printf '  %-36s %-9s %-6s %9d of %9d, %6.2f %%\n' "$name" "$target" "$input" "$bytes" "$bound" \
		"$(echo "$bytes $bound" | awk '{ print 100 * $1 / $2 }')"
	[ "$target" = c ] || [ "$bound" -gt 1024 ] || bound=$((bound + 2 * 32))
	[ $((bytes * 100)) -le $((bound * 101)) ]
}

# Kernels of x86-avx2 want scratch, which --optimize ram does without where nothing else is as large;
# its buffers begin at multiples of 32, so two of a byte take 33.
if [ -n "$SHARED" ]; then
	for how in 'c full' 'c const' 'x86-avx2 full --optimize ram'; do
		status=0
		while read -r name bound; do
			"$MCOMPILE" inspect "$SHARED/models/$name.tflite" >/dev/null 2>&1 ||
				{ echo "  $name: has operators of a later version"; continue; }
			ram "$name" "$bound" $how || status=1
		done <<-END
			$(lower_bounds)
		END
		say "limits/ram/${how// /,}" $status
	done
else
	echo 'skip limits/ram: no ../shared'
fi
