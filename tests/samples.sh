#!/bin/sh
# The generated C that stands in samples/ is what mcompile writes today; --rewrite makes it so.
# Each sample builds from what stands there and gives the reference's answers.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

say () { if [ "$2" = 0 ]; then echo "ok samples/$1"; else sed 's/^/  /' "$out/log"; echo "FAIL samples/$1"; fi; }

compile () { # sample, folder: with the options that samples/demo.sh has for it
	"$MCOMPILE" $(sh samples/demo.sh --options "$1") -o "$2" "samples/$(model "$1").tflite"
}
model () { if [ "$1" = camera ]; then echo shapes/shapes; else echo "$1/$1"; fi; }

for name in digits shapes camera; do
	file=$(basename "$(model $name)")
	if [ "$1" = --rewrite ]; then
		compile $name samples/$name || exit 1
		continue
	fi
	compile $name "$out" >"$out/log" 2>&1 && cmp "$out/$file.c" samples/$name/$file.c >>"$out/log" 2>&1 &&
		cmp "$out/$file.h" samples/$name/$file.h >>"$out/log" 2>&1
	say $name $?
	$CC -std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Isamples/$name \
		-Isamples/$file -Isamples -o "$out/$name" samples/$name/main.c samples/$name/$file.c \
		samples/show.c >"$out/log" 2>&1 && "$out/$name" >"$out/log" 2>&1
	say $name/run $?
done
[ "$1" != --rewrite ] || exit 0

# ---- the camera's files: one image in frames of several sizes, which all say the same
frame () { # kind, width, height: a star in the middle
	sed -n '/^	{5,/,/^		{/p' samples/shapes/images.h | grep -oE '"[0-9a-g]{32}"' | tr -d '"' |
	awk -v kind="$1" -v width="$2" -v height="$3" '
		function sample(v, n) { for (; n; n--) printf text ? "%d\n" : "\\%03o", v }
		{ row[NR - 1] = $0 }
		END {
			text = kind < "P4"
			colours = kind == "P3" || kind == "P6" ? 3 : 1
			printf text ? "%s\n# a # comment\n%d %d\n15\n" : "%s\\n# a # comment\\n%d %d\\n15\\n", kind, width, height
			side = width < height ? width : height
			left = int((width - side) / 2)
			top = int((height - side) / 2)
			for (y = 0; y < height; y++)
				for (x = 0; x < width; x++) {
					inside = x >= left && x < left + side && y >= top && y < top + side
					sample(!inside ? 7 : index("0123456789abcdef", substr(row[int((y - top) * 32 / side)],
						int((x - left) * 32 / side) + 1, 1)) - 1, colours)
				}
		}' >"$out/frame.text"
	case "$1" in
	P[23]) cat "$out/frame.text" ;;
	*) printf "$(cat "$out/frame.text")" ;;
	esac
}
"$out/camera" >"$out/made" 2>&1
seen=0
for frame in 'P2 32 32' 'P3 100 77' 'P5 64 200' 'P6 81 80'; do
	frame $frame >"$out/frame" && "$out/camera" "$out/frame" >"$out/log" 2>&1 &&
		grep -q 'star #.* 99.6 % <' "$out/log" || { seen=1; break; }
done
say camera/frames $seen
frame P5 64 64 | "$out/camera" - >"$out/log" 2>&1 && grep -q 'star #.* 99.6 % <' "$out/log"
say camera/pipe $?

refused=0
refuses () { # part of a message; the frame on standard input
	cat >"$out/frame"
	"$out/camera" "$out/frame" >"$out/log" 2>&1
	[ $? = 1 ] && grep -q "$1" "$out/log" || { echo "  no '$1'"; refused=1; }
}
frame P5 64 64 | head -c 4000 | refuses 'ends early'
frame P2 64 64 | head -c 4000 | refuses 'ends early'
printf 'P4 64 64 1\n' | refuses 'no PGM or PPM'
printf 'P5 31 64 255\n' | refuses 'too small'
printf 'P5 5000 64 255\n' | refuses 'too wide'
printf 'P5 64 64 65535\n' | refuses 'more than a byte'
printf '' | refuses 'no PGM or PPM'
say camera/messages $refused
