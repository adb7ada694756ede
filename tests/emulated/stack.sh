#!/bin/bash
# RAM on foreign targets is what the report says.  As tests/stack.sh has it of this machine: the
# compilers for them, by their own -fstack-usage, take no more than stack_bytes.  And of bare
# machines, for each model that fits: the pair has no variables, the linked image none but the
# work area, which has work_bytes; an inference writes to no more of a painted stack than
# stack_bytes.  Models that reach deep by each compiler; with EVERY all, in every mode.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. tests/recorded.inc
. tests/emulated/machines.inc

promised () { # folder, what: of the report
	sed -n "s/.*\"$2\":[^0-9]*\([0-9]*\).*/\1/p" "$1/report.json"
}

# Lines in TARGET.bad for what is not as promised; in TARGET.stack bytes, the bound, of what.
frames () { # folder, target, compiler and flags...: makes m.o
	local dir=$1 target=$2 bound bytes
	shift 2
	bound=$(promised "$dir" stack_bytes)
	bytes=$(cd "$dir" && "$@" -std=gnu11 -O2 -w -fstack-usage -c m.c -o m.o 2>log &&
		$objdump -d -r m.o >calls && awk -f "$SRC/tests/stack.awk" m.su calls)
	echo "${bytes:-none} of $bound ${dir##*/} $1" >>"$work/$target.stack"
	[ "$bytes" -le "$bound" ] 2>/dev/null || {
		cat "$dir/log"
		echo "${dir##*/}: '$bytes' bytes of stack by $1, the bound is $bound"
	} >>"$work/$target.bad"
}

paint () { # folder, target: runs m.o in an image
	local dir=$1 target=$2 area bound said variables others
	[ -n "$(ports_of "$dir/m.h")" ] || return # its program is for one input and one output
	area=$(promised "$dir" work_bytes)
	bound=$(promised "$dir" stack_bytes)
	# shellcheck disable=SC2046,SC2086
	$cc $(ports_of "$dir/m.h") -I"$dir" -Itests/bench -Imachines/cortex-m -std=gnu11 -O2 -w \
		-o "$dir/image" tests/emulated/painted.c "$dir/m.o" machines/cortex-m/start.c -lm >"$dir/log" 2>&1
	said=$(on_machine "$dir/image" 2>&1 | tr '\n' ' ')
	variables=$(${objdump%objdump}size -A "$dir/m.o" |
		awk '$1 ~ /^\.(data|bss)/ { n += $2 } END { print n + 0 }')
	# But what start.c has of arguments, and of errors what newlib's functions on floats have.
	others=$(${objdump%objdump}nm -S "$dir/image" | awk 'NF == 4 && $3 ~ /[bBdDcC]/ &&
		$4 !~ /^(work|output|text\..*|argv\..*|errno|_*impure_(ptr|data)|__fdlib_version)$/ { print $4 }')
	set -- $said
	{
		[ "$variables" = 0 ] || echo "$variables bytes of variables in m.o"
		[ -z "$others" ] || echo "in the image's RAM:" $others
		[ $# = 4 ] || { cat "$dir/log"; echo "no figures: $said"; }
		[ "$2" = $(((area + 7) / 8 * 8)) ] || echo "a work area of $2 bytes, promised $area"
		[ "$4" -gt 0 ] && [ "$4" -le "$bound" ] || echo "$4 bytes of stack written to, promised $bound"
	} 2>&1 | sed "s/^/${dir##*/}: /" >>"$work/$target.bad"
	echo "$4 of $bound ${dir##*/} painted" >>"$work/$target.stack"
}

# One pair; where another mode has made the same code, nothing.
check () { # model's file, target, mode of --optimize or that and -push, 1: by clang too
	local target=$2 mode=$3 name dir other flags
	name=$(basename "$1" .tflite)
	dir=$work/$name.$target.$mode
	mkdir -p "$dir"
	# shellcheck disable=SC2046
	"$MCOMPILE" --name m --target "$target" --optimize "${mode%-push}" \
		$([ "${mode%-push}" = "$mode" ] || echo --input push) -o "$dir" \
		--report "$dir/report.json" "$1" >"$dir/log" 2>&1 || return
	for other in speed size ram; do
		[ $other != "$mode" ] || break
		! cmp -s "$dir/m.c" "$work/$name.$target.$other/m.c" || return
	done
	flags=$(flags_of "$target")
	# shellcheck disable=SC2086
	[ -z "$clang" ] || [ -z "$4" ] || frames "$dir" "$target" $clang ${flags/-fno-if-conversion2/}
	# shellcheck disable=SC2086
	[ -z "$cc" ] || frames "$dir" "$target" $cc $flags
	case $emulator/$mode in *-append/speed|*-append/ram) paint "$dir" "$target" ;; esac
	rm -f "$dir"/{calls,image,m.o}
}

each_mode () { # model's file, target
	local name by_each mode
	name=$(basename "$1" .tflite)
	for mode in speed size ram ram-push; do
		by_each=$EVERY
		case $2/$mode/$name in
		*/ram*) ;;
		*/digits|*/size/mcunet_vww|[!a]*/speed/vww_96_int8) by_each=1 ;;
		esac
		case $by_each$emulator/$mode in
		1*|*-append/speed|*-append/ram) check "$1" "$2" $mode $by_each ;;
		esac
	done
}
export work SRC MCOMPILE EVERY
export -f promised frames paint check each_mode flags_of ports_of on_machine

for machine in $(machine_names); do
	find_machine "$machine"
	is_native "$machine" && continue
	if ! has_machine; then
		echo "skip stack/$machine: no ${cc%% *} or no ${emulator%% *} (packages: $packages)"
		continue
	fi
	objdump=${cc%% *} && objdump=${objdump%gcc}objdump
	case $cc in
	*-none-eabi-gcc*) clang="clang-19 --target=arm-none-eabi -mfloat-abi=hard -isystem $SRC/machines/hexagon/include" ;;
	clang*) clang=$cc cc= objdump="llvm-objdump-19 --mattr=+hvxv66,+hvx-length128b" ;;
	*) clang="clang-19 --target=${objdump%-objdump}" ;;
	esac
	have clang-19 || { echo "skip stack/$machine/clang: no clang-19"; clang=; }
	export cc clang objdump sources emulator
	for model in samples/digits/digits.tflite samples/shapes/shapes.tflite ${SHARED:+"$SHARED"/models/*.tflite}; do
		case $machine/$model in cortex*/*mobilenet_v2*|cortex*/*movenet*) continue ;; esac # too large
		for target in $(targets_of "$machine"); do
			echo "$model $target"
		done
	done | xargs -P "${TARGETS_JOBS:-$(nproc)}" -L 1 bash -c 'each_mode "$@"' each_mode
	for target in $(targets_of "$machine"); do
		sort -n "$work/$target.stack" | tail -n 3 | sed 's/^/  /'
		cp "$work/$target.bad" "$work/log" 2>/dev/null || : >"$work/log"
		painted=$(grep -c painted "$work/$target.stack")
		[ -s "$work/$target.stack" ] && [ ! -s "$work/log" ]
		say "stack/$target ($painted painted)" $?
	done
done
[ -n "$SHARED" ] || echo "skip stack/models: no ../shared"
