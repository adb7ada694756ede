#!/bin/sh
# The command line: exit statuses, first lines of messages, and options that change the output.
model=$SRC/samples/shapes/shapes.tflite
out=${BUILD:?}/out
mkdir -p "$out" || exit 1
cd "${BUILD:?}" || exit 1

say () { if [ "$2" = 0 ]; then echo "ok options/$1"; else sed 's/^/  /' log; echo "FAIL options/$1"; fi; }

# Exit status and a part of the message; nothing may be left in the output folder.
refused=0
refuses () { # status, part of a message, arguments...
	status=$1 part=$2
	shift 2
	"$MCOMPILE" "$@" >log 2>&1
	got=$?
	if [ $got != "$status" ] || ! grep -qF -- "$part" log || [ -n "$(ls -A out)" ]; then
		echo "  mcompile $*: status $got, not $status, or no '$part', or output:"
		sed 's/^/    /' log
		ls -A out
		refused=1
	fi
}
refuses 2 'no model'
refuses 2 "unrecognized option '--no-such'" --no-such "$model"
refuses 2 'more than one model: b' a b
refuses 2 'not with --weights bin' --emit-project arduino --weights bin -o out "$model"
refuses 2 'not with --share' --emit-project arduino --share -o out "$model" "$model"
refuses 1 'at least 1048' --emit-project arduino --arena 100 -o out "$SRC/samples/digits/digits.tflite"
refuses 2 'no such target: z80' --target z80 "$model"
refuses 2 '--optimize fun: not one of speed' --optimize fun "$model"
refuses 2 '--dump nothing: not ' --dump nothing "$model"
refuses 2 '--semantics ort: not yet' --semantics ort "$model"
refuses 2 'the report is JSON' --share --report out/r.html "$model" "$model"
refuses 2 'not a number' --arena many "$model"
refuses 2 'not a number' verify --count 0 "$model"
refuses 2 'no letter or digit' --name /// "$model"
refuses 2 "'-' is not a file" -
refuses 2 "'-' is not a file" -o - "$model"
refuses 2 '--layers is not for the command compile' --layers "$model"
refuses 2 '--selftest is not for the command run' run --selftest "$model"
refuses 2 '-o is not for the command inspect' inspect -o out "$model"
refuses 2 '-o given twice' -o out -o out "$model"
refuses 2 'input files: 1' run "$model"
refuses 1 'no-model.tflite: error: cannot open' -o out no-model.tflite
refuses 1 'out: error: cannot read: Is a directory' out
refuses 1 'no-folder/shapes.c: error: cannot write: No such file' -o no-folder "$model"
refuses 1 'no regular file' -o out --report /dev/null "$model"
refuses 1 'most is held while' -o out --arena 100 "$model"
refuses 1 'no-input: cannot read' run "$model" no-input -o out/y
refuses 0 'any C11 compiler' --target help
refuses 0 'usage: mcompile' --help
refuses 0 'mcompile ' --version
refuses 0 'it takes an array of rows' --explain --target x86-avx2 --stop bind "$model"
say messages $refused

# Each foreign machine whose compiler is not there, whose emulator is not, or whose compiler fails
# for want of its library: one error, and the packages.
mkdir -p tools
foreign=0
lacks () { # path, part of the message, command and arguments...: of $target
	path=$1 part=$2
	shift 2
	PATH=$path "$MCOMPILE" "$1" --target $target "$model" $2 $3 $4 >log 2>&1
	[ $? = 1 ] && [ "$(grep -c error: log)" = 1 ] && grep -q "error: $part" log &&
		grep -qF "note: Debian's packages for it: $packages" log && return
	sed 's/^/    /' log
	echo "  $1 --target $target: not 'error: $part', or no packages '$packages'"
	foreign=1
}
"$MCOMPILE" --target help >targets
while IFS='"' read -r _ machine _ hosts _ compiler _ _ _ emulator _ packages _; do
	target=$(awk -v m="$machine" '$1 == m || index($1, m "-") == 1 { print $1; exit }' targets)
	case " $hosts " in *" $(uname -m) "*) continue ;; esac
	compiler=${compiler%% *} emulator=${emulator%% *}
	lacks '' "target $target is built with $compiler, which is not there" verify
	lacks '' "target $target is built with $compiler, which is not there" run "$model" -o out/y
	rm -f tools/*
	printf '#!/bin/sh\nexit 1\n' >tools/$compiler && chmod +x tools/$compiler
	lacks "$PWD/tools" "target $target is run by $emulator, which is not there" verify
	cp tools/$compiler tools/$emulator
	lacks "$PWD/tools:/bin:/usr/bin" "$compiler: the compiler refused the generated code" verify
done <<END
$(grep '^MACHINE(' "$SRC/codegen/machines.def")
END
[ "$(wc -l <targets)" -gt 9 ] && [ $foreign = 0 ]
say no_machine $?

# No escape sequences where there is no terminal.
"$MCOMPILE" no-model 2>&1 | grep -q "$(printf '\033')"
[ $? = 1 ]
say plain $?

made () { # file, arguments...: compiles, and the file is there
	file=$1
	shift
	rm -rf made && mkdir made && "$MCOMPILE" -o made "$@" >log 2>&1 && [ -s "made/$file" ]
}
made a_b.c --name 'A b' "$model" && grep -q 'a_b_run(a_b_work' made/a_b.h && made m9.h --name 9 "$model"
say name $?
made shapes.c --depfile made/d "$model" && grep -qx "made/shapes.c made/shapes.h: $model" made/d
say depfile $?
mkdir -p 'a b$' && cp "$model" 'a b$/#.tflite' && cp "$SRC/samples/digits/digits.tflite" . &&
	"$MCOMPILE" --stop infer --dump infer digits.tflite >t.mir &&
	made t.c --depfile made/d --templates "$SRC/templates" --name t t.mir &&
	grep -q "^made/t.c made/t.h: t.mir \./digits.tflite $SRC/templates/" made/d &&
	grep -qF "$SRC/templates/ref/conv2d_s8.c" made/d && ! tr ' ' '\n' <made/d | sort | uniq -d | grep . &&
	cp made/t.c t.c && made t.c --name t t.mir && cmp made/t.c t.c &&
	made m.c --depfile made/d --name m 'a b$/#.tflite' && printf 'made/m.c:\n\techo made\ninclude made/d\n' >m.mk &&
	make -q -f m.mk && touch -t 202001010000 made/m.c && ! make -q -f m.mk
say depfile-all $?
made shapes.c --arena 1000000 "$model"
say arena $?

# What is optimized for: fewer functions, no more RAM than the lower bound, and the same bits.
functions () { grep -c '_KERNEL[_A-Z0-9]* static void$' made/shapes.c; }
number () { sed -n "s/.*\"$1\":[^0-9]*\([0-9]*\).*/\1/p" made/r.json; }
optimized=0
for target in c x86-sse2 x86-avx2 x86-avxvnni x86-avx512vnni x86; do
	gaps=0 # the last targets' buffers begin at multiples of 64, which costs two of them
	case $target in x86-avx512vnni|x86) gaps=$((2 * 64)) ;; esac
	case $target in
	x86-sse2|x86) [ "$(uname -m)" = x86_64 ] || continue ;;
	x86-*) grep -qw "$(echo ${target#x86-} | sed s/vnni/_vnni/)" /proc/cpuinfo 2>/dev/null || continue ;;
	esac
	made shapes.c --target $target "$model" && many=$(functions) &&
		made shapes.c --target $target --optimize size "$model" && [ "$(functions)" -lt "$many" ] &&
		made r.json --target $target --optimize ram --report made/r.json "$model" &&
		[ "$(number work_bytes)" -le $(($(number lower_bound_bytes) + gaps)) ] || optimized=1
	for what in size ram; do
		"$MCOMPILE" verify --target $target --optimize $what "$model" >log 2>&1 || optimized=1
	done
	[ $target = c ] || { made r.json --target $target --report made/r.json "$model" &&
		grep -q "\"kernel\":.*$(echo $target | sed 's/^x86-//;s/^x86$/avx2/')/" made/r.json; } || optimized=1
done
say optimize $optimized

# What is left to ref on a target with better kernels is said, and of nothing else.
cat >slow.mir <<'END'
mir 1
model "slow"
input t0 "x"
output t1 "y"
tensor t0 s32[1,8,8,4]
tensor t1 s32[1,8,8,4]
t1 = floor_div t0 t0 number 0
END
"$MCOMPILE" --target x86-avx2 --stop bind slow.mir 2>log &&
	grep -q 'warning: .*100 % of the work is left to ref on x86-avx2' log &&
	grep -q 'ref/floor_div_s32 costs' log && "$MCOMPILE" --stop bind slow.mir 2>log && [ ! -s log ] &&
	"$MCOMPILE" --target x86 --stop bind "$model" 2>log && [ ! -s log ]
say left_to_ref $?
