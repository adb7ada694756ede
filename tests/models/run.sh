#!/bin/bash
# Recorded models, bit for bit: `mcompile run` against ../shared/golden, and against the oracles
# where nothing is recorded; every tensor of the model too. `mcompile verify` on the samples.
# Operators as they are in the file on c and, in turns, one other target; with EVERY on all.
. "$SRC/tests/recorded.inc"
targets=
for target in c x86-avx2 x86-avxvnni x86-avx512vnni; do
	if runs $target; then targets="$targets $target"; else echo "skip $target: not on this machine"; fi
done

turn=0
as_in_file () { # target: whether it is its turn
	local others
	read -r -a others <<<"${targets# c}"
	[ "$EVERY" ] || [ $1 = c ] || [ $1 = ${others[turn % ${#others[@]}]} ]
}

check () { # name, command...: ok if it succeeds
	local name=$1
	shift
	if "$@"; then
		echo "ok $name"
	else
		echo "FAIL $name"
	fi
}

# Every tensor of the recording is there with its hash. With a word more, some may be gone.
same_layers () { # recorded, got
	awk -v may_go="$3" 'NR == FNR { wanted[$2, $4] = $0; count++; next }
		/ gone: / && may_go != "" { count--; next }
		$0 != wanted[$2, $4] { print "  got    " $0; print "  wanted " wanted[$2, $4]; bad = 1 }
		{ count-- }
		END { if (count) print "  " count " tensors are missing"; exit bad || count != 0 }' \
		"$1" "$2"
}

# ---- the samples
for model in "$SRC"/samples/*/*.tflite; do
	for target in $targets $(! runs x86 || echo x86 x86-sse2); do
		check "verify $(basename "$model" .tflite) $target" \
			"$MCOMPILE" verify --target $target "$model"
	done
done

if [ -z "$SHARED" ]; then
	echo "skip recorded models: no ../shared"
	exit
fi
models=$SHARED/models
golden=$SHARED/golden
cd "$BUILD" && $CC -o input "$SRC/tests/models/input.c" || exit 1

# ---- recorded

inputs () { # name: both recorded inputs in NAME.in, what they make in NAME.wanted
	local name=$1 bytes float count seed
	bytes=$(sed -n 's/^in0 .* bytes=\([0-9]*\) .*/\1/p' "$golden/$name.txt")
	float=$(sed -n 's/^in0 dtype=FLOAT32 .*/float/p' "$golden/$name.txt")
	count=$((bytes / ${float:+4 / }1))
	for seed in 12345 1; do
		./input $seed $count $float
	done >"$name.in"
	cat "$golden/$name.out0.bin" "$golden/$name.seed1.out0.bin" >"$name.wanted"
	head -c "$bytes" "$name.in" | cmp - "$golden/$name.in.bin"
}

recorded () { # name, semantics, target
	local base="$1.$3" run="$MCOMPILE run --semantics $2 --target $3"
	$run --layers "$models/$1.tflite" "$1.in" -o "$base.out" >"$base.layers" &&
		cmp "$base.out" "$1.wanted" &&
		same_layers "$golden/$1.tensors.txt" "$base.layers" some || return
	as_in_file $3 || return 0
	$run --layers --no-fuse --no-prune "$models/$1.tflite" "$1.in" -o "$base.out" \
		>"$base.layers" &&
		cmp "$base.out" "$1.wanted" &&
		same_layers "$golden/$1.tensors.txt" "$base.layers"
}

for file in "$golden"/*.tensors.txt; do
	name=$(basename "$file" .tensors.txt)
	case $name in
	mobilenet_*_quant) semantics=litert ;;
	*) semantics=tflm ;;
	esac
	check "input of $name" inputs "$name"
	for target in $targets; do
		check "$name $target" recorded "$name" $semantics $target
	done
	turn=$((turn + 1))
done

every_byte () { # target
	"$MCOMPILE" run --target "$1" "$models/hello_world_int8.tflite" bytes -o "bytes.$1" &&
		cmp "bytes.$1" "$golden/hello_world_int8.all256_outputs.bin"
}

for ((i = 0; i < 256; i++)); do
	printf "\\x$(printf %x $i)"
done >bytes
for target in $targets; do
	check "hello_world_int8 on all inputs, $target" every_byte $target
done

# ---- not recorded: the oracles' bytes

oracle () { # semantics, name, inputs and outputs as of `mcompile run`
	local semantics=$1 name=$2
	shift 2
	"$PYTHON" "$SRC/tests/oracle/oracle.py" --semantics $semantics --tensors \
		"$models/$name.tflite" "$@" >"$name.tensors"
}

like_oracle () { # semantics, name, target, outputs, inputs...
	local name=$2 target=$3 outputs=$4 outs= k run
	run="$MCOMPILE run --semantics $1 --target $3 --layers"
	shift 4
	for ((k = 0; k < outputs; k++)); do
		outs="$outs $name.$target.out$k"
	done
	$run "$models/$name.tflite" "$@" -o $outs >"$name.layers" &&
		same_layers "$name.tensors" "$name.layers" some || return
	! as_in_file $target || {
		$run --no-fuse --no-prune "$models/$name.tflite" "$@" -o $outs >"$name.layers" &&
			same_layers "$name.tensors" "$name.layers"
	} || return
	for ((k = 0; k < outputs; k++)); do
		cmp "$name.out$k" "$name.$target.out$k" || return 1
	done
}

close () { # files of floats: max |a - b| <= 1e-5 max |b|
	"$PYTHON" - "$1" "$2" <<-'END'
		import sys, numpy
		a, b = (numpy.fromfile(name, "float32") for name in sys.argv[1:])
		sys.exit(not abs(a - b).max() <= 1e-5 * abs(b).max())
	END
}

float_model () { # name, target
	"$MCOMPILE" run --target $2 "$models/$1.tflite" "$1.in" -o "$1.$2.out0" &&
		close "$1.$2.out0" "$1.out0"
}

if [ -z "$PYTHON" ]; then
	echo "skip oracles: no Python environment"
	exit
fi
./input 12345 9216 >person_detect_int8.in
./input 12345 384 >split_concat.in
head -c 192 split_concat.in >split_concat.in0
tail -c 192 split_concat.in | head -c 64 >split_concat.in1
tail -c 128 split_concat.in >split_concat.in2
./input 12345 110592 >movenet_single_pose_lightning_ptq.in
./input 12345 27648 float >vww_96_float.in
parts=$(echo split_concat.in{0..2})
check "oracle of person_detect_int8" oracle tflm person_detect_int8 person_detect_int8.in \
	-o person_detect_int8.out0
check "oracle of split_concat" oracle litert split_concat $parts -o $(echo split_concat.out{0..4})
check "oracle of movenet" oracle litert movenet_single_pose_lightning_ptq \
	movenet_single_pose_lightning_ptq.in -o movenet_single_pose_lightning_ptq.out0
check "oracle of vww_96_float" oracle tflm vww_96_float vww_96_float.in -o vww_96_float.out0
for target in $targets; do
	check "person_detect_int8 $target" like_oracle tflm person_detect_int8 $target 1 \
		person_detect_int8.in
	check "split_concat $target" like_oracle litert split_concat $target 5 $parts
	check "movenet $target" like_oracle litert movenet_single_pose_lightning_ptq $target 1 \
		movenet_single_pose_lightning_ptq.in
	check "vww_96_float $target" float_model vww_96_float $target
done
