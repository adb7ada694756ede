#!/bin/bash
# Models with planted channels that are dead, or that nobody reads: exactly those are lost, which
# lines `# lost: OPERATOR BEFORE -> AFTER` at the head of each say, in order; and not one bit of
# the outputs, over many random inputs, with them and without.
cd "$SRC/tests/prune" || exit 1
targets=c
grep -qw avx2 /proc/cpuinfo 2>/dev/null && targets="c x86-avx2"

check () { # name, command...: ok if it succeeds
	local name=$1
	shift
	if "$@"; then
		echo "ok prune/$name"
	else
		echo "FAIL prune/$name"
	fi
}

lost () { # model, option: the lines of --explain, as the model's head has them
	"$MCOMPILE" --explain $2 --stop prune "$1" 2>&1 |
		sed -n 's/.*: pruned: \(.* -> [0-9]*\) channels: .*/\1/p'
}

loses_those () { # model
	sed -n 's/^# lost: //p' "$1" >"$BUILD/wanted"
	lost "$1" >"$BUILD/got"
	diff "$BUILD/wanted" "$BUILD/got" && [ -z "$(lost "$1" --no-prune)" ]
}

keeps_bits () { # model, options
	"$MCOMPILE" verify --count 300 "$@" >"$BUILD/log" 2>&1 || { cat "$BUILD/log"; return 1; }
}

for file in *.mir; do
	name=${file%.mir}
	check "$name loses what it should" loses_those "$file"
	for target in $targets; do
		check "$name $target" keeps_bits --target $target "$file"
	done
	check "$name --no-prune" keeps_bits --no-prune "$file"
done

# Random graphs with such channels, in several modes.
modes=('--input full' '--input const' '--optimize ram' '--optimize size' '--input const --optimize ram')
if [ -n "$PYTHON" ]; then
	random=${PRUNE_MODELS:-20}
	mkdir -p "$BUILD/random" && "$PYTHON" planted.py "$random" "$BUILD/random" || exit 1
	for ((n = 0; n < random; n++)); do
		# shellcheck disable=SC2086
		check "random $n" keeps_bits --poison --target ${targets##* } ${modes[n % 5]} \
			"$BUILD/random/$n.mir"
	done
else
	echo "skip prune/random: no Python environment"
fi

# The work that is left, of a model half of whose channels are dead.
fewer_macs () { # model, percent at most
	"$MCOMPILE" -o "$BUILD" --report "$BUILD/r.json" "$1" || return 1
	awk -v percent="$2" '{ gsub(/[",:]/, "") } $1 == "macs_model" { model = $2 } $1 == "macs" { left = $2 }
		END { print "  " left " of " model; exit !(model && left * 100 <= percent * model) }' \
		"$BUILD/r.json"
}

if [ -n "$SHARED" ]; then
	check "vww_96 does half the work" fewer_macs "$SHARED/models/vww_96_int8.tflite" 51
	check "mcunet_vww does less" fewer_macs "$SHARED/models/mcunet_vww.tflite" 94.5
	check "mobilenet_v2 does less" fewer_macs "$SHARED/models/mobilenet_v2_1.0_224_quant.tflite" 98
	check "mobilenet_v1 does less" fewer_macs "$SHARED/models/mobilenet_v1_0.25_128_quant.tflite" 96
else
	echo "skip prune/macs: no ../shared"
fi
