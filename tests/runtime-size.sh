#!/bin/bash
# Bytes of each part of runtime-min on a Cortex-M4, and what it needs: `make runtime-size` prints
# the table and every symbol, `make check` holds the limits. What only an operating system can use
# is left out. A limit that is missed has a figure that has been reached, which is held.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
BUILD=${BUILD:-$(mktemp -d)}
prefix=arm-none-eabi-
flags="-std=c11 -Os -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"
SYSTEMS='linux|android|apple|posix|windows'
FILES='pnm|wav' # readers of files, which few microcontrollers have: their sum stands apart

if ! command -v ${prefix}gcc >/dev/null; then
	echo "skip runtime-size: no ${prefix}gcc"
	exit
fi

limit () { # what, bytes, its limit, what is held until then
	if [ "$2" -le "$3" ]; then
		echo "ok runtime-size/$1 ($2 bytes of $3)"
	elif [ "$2" -le "$4" ]; then
		echo "skip runtime-size/$1: MISSED: $2 bytes of $3; checked against $4"
	else
		echo "FAIL runtime-size/$1 ($2 bytes of $3, and over $4)"
	fi
}

# The bytes of each struct that a part's header defines: those an application holds.
state_of () { # part
	local structs
	structs=$(sed -n 's/^struct \(mrt_[a-z0-9_]*\) {$/\1/p' "runtime-min/$1.h" 2>/dev/null)
	{
		echo "#include \"$1.h\""
		for name in $structs; do echo "char size_of_$name[sizeof(struct $name)];"; done
	} >"$BUILD/state.c"
	[ -z "$structs" ] || {
		${prefix}gcc $flags -Iruntime-min -c -o "$BUILD/state.o" "$BUILD/state.c" || return 1
		${prefix}nm -S "$BUILD/state.o" | while read -r _ bytes _ name; do
			printf '%s %d, ' "${name#size_of_}" $((16#$bytes))
		done | sed 's/, $//'
	}
}

bad=
total=0
of_files=0
printf '%-20s %6s %5s %5s  %s\n' part text data bss 'needs; structs and their bytes'
for file in runtime-min/*.c; do
	part=$(basename "$file" .c)
	[[ $part =~ _($SYSTEMS)$ ]] && continue
	${prefix}gcc $flags -c -o "$BUILD/$part.o" "$file" || bad="$bad $part(compiles)"
	read -r text data bss < <(${prefix}size "$BUILD/$part.o" | awk 'NR == 2 { print $1, $2, $3 }')
	needs=$(${prefix}nm -u "$BUILD/$part.o" | awk '{ printf "%s%s", sep, $2; sep = " " }')
	states=$(state_of "$part") || bad="$bad $part.h(compiles)"
	printf '%-20s %6d %5d %5d  %s\n' "$part" "$text" "$data" "$bss" "${needs:--}; ${states:--}"
	[ -z "$NM" ] || ${prefix}nm -S --size-sort -r "$BUILD/$part.o" |
		while read -r _ bytes kind name; do printf '  %6d %s %s\n' $((16#$bytes)) "$kind" "$name"; done
	if [[ $part =~ _($FILES)$ ]]; then
		of_files=$((of_files + text + data))
	else
		total=$((total + text + data))
	fi
	[ $((data + bss)) = 0 ] || bad="$bad $part(globals)"
	# Of the C library what a compiler calls by itself; no numbers of type double (__aeabi_d...).
	for name in $needs; do
		[[ $name =~ ^(mem(cpy|set|move|cmp)|__aeabi_[^d].*|mrt_.*)$ ]] || bad="$bad $part($name)"
	done
	case $part in
	mrt_heat) limit heat $((text + data)) 3072 3560 ;;
	mrt_sha256) limit sha256 $((text + data)) 1536 1536 ;;
	esac
done
limit all $total 8192 8192
echo "  readers of files beside them: $of_files bytes, in all $((total + of_files))"
if [ -z "$bad" ]; then
	echo "ok runtime-size/needs (neither heap nor stdio nor libm, no globals)"
else
	echo "FAIL runtime-size/needs:$bad"
fi
