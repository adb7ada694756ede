#!/bin/sh
# flags.sh TARGETS.DEF FOLDER: prints `yes` and the flags that the folder's kernels want, if
# $CC, so told, defines what their target asks for; else nothing.  The first target that has it says
# what; vec+avx2 wants what avx2 does.
line=$(sed ':row; /,$/ { N; s/\n\t*/ /; b row }' "$1" |
	grep -E "^TARGET\(\"[a-z0-9-]*\", \"([^\"]*[ +])?${2#*+}[ \"]" | head -1)
guard=$(echo "$line" | cut -d'"' -f6)
flags=$(echo "$line" | cut -d"\"" -f8)
[ -n "$line" ] || exit 0
[ -n "$guard" ] || { echo "yes $flags"; exit; }
# shellcheck disable=SC2086
printf '#ifndef %s\n#error\n#endif\n' "$guard" | $CC $flags -E - >/dev/null 2>&1 &&
	echo "yes $flags"
exit 0
