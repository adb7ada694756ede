#!/bin/bash
# Branches of each source of runtime-min that its tests take, both ways: `make runtime-coverage`
# prints them, and with them the branches that no test takes. The tests run as they are, with a
# compiler that counts; each branch of each program is one, taken if any program took it.
cd "${SRC:-$(dirname "$0")/..}" || exit 1
SRC=$PWD
BUILD=${BUILD:-$(mktemp -d)}
WANTED=95 # percent
# COMPILERS: those that warn; COUNTING: of a test only what it does with runtime-min is wanted.
tests=$(grep -l '^parts=$SRC/runtime-min' tests/*/run.sh)

if ! command -v gcc >/dev/null || ! command -v gcov >/dev/null; then
	echo "skip runtime-coverage: no gcc with gcov"
	exit
fi

# Sanitizers and optimization would add branches of their own, or take some away.
cat >"$BUILD/counting-cc" <<'EOF'
#!/bin/bash
for arg do
	shift
	case "$arg" in
	-fsanitize*|-fno-sanitize*|-O?) ;;
	*) set -- "$@" "$arg" ;;
	esac
done
exec gcc --coverage -O0 "$@"
EOF
chmod +x "$BUILD/counting-cc"

for test in $tests; do
	folder=$BUILD/$(basename "$(dirname "$test")")
	mkdir -p "$folder"
	CC=$BUILD/counting-cc BUILD=$folder SRC=$SRC COUNTING=1 COMPILERS=gcc HEAT_FUZZ_STEPS=30000 \
		ANY_TIMES=3000 bash "$test" >"$folder/log" 2>&1
	if [ $? != 0 ] || grep -q '^FAIL' "$folder/log"; then
		sed 's/^FAIL/failed/' "$folder/log"
		echo "FAIL runtime-coverage/runs: $test"
		exit 1
	fi
done

find "$BUILD" -name '*.gcda' | while read -r counts; do
	(cd "$(dirname "$counts")" && gcov -b -c -t "$counts" 2>/dev/null)
done | awk -v src="$SRC/" -v wanted=$WANTED -v verbose="$VERBOSE" '
	$1 == "-:" && /^ *-: *0:Source:/ {
		file = $0
		sub(/^ *-: *0:Source:/, "", file)
		while (sub(/[^\/]+\/\.\.\//, "", file)) ;
		sub(src, "", file)
		ours = file ~ /^runtime-min\/.*\.c$/
		next
	}
	!ours { next }
	/^ *[-#=0-9]+\*?: *[0-9]+:/ {
		split($0, part, ":")
		line = part[2] + 0
		text[file, line] = substr($0, length(part[1]) + length(part[2]) + 3)
		seen[file] = 1
	}
	$1 == "branch" {
		key = file SUBSEP line SUBSEP $2 + 0
		if (!(key in taken)) all[file]++
		taken[key] += $3 == "taken" ? $4 : 0
	}
	END {
		for (key in taken) {
			split(key, part, SUBSEP)
			if (taken[key]) hit[part[1]]++
			else missed[part[1], part[2]] = missed[part[1], part[2]] " " part[3]
		}
		while ("ls runtime-min/*.c" | getline file) {
			if (!(file in seen)) {
				print "FAIL runtime-coverage/" file ": no test runs it"
				continue
			}
			count += all[file]
			hits += hit[file]
			share = all[file] ? 100 * hit[file] / all[file] : 100
			name = "runtime-coverage/" file
			name = share < wanted ? "skip " name ": MISSED" : "ok " name
			printf "%s (%.1f %%: %d of %d branches)\n", name, share, hit[file], all[file]
			for (key in missed) {
				split(key, part, SUBSEP)
				if (part[1] == file && (verbose || share < wanted))
					printf "  %s:%d: branch%s not taken:%s\n", file, part[2], missed[key], text[key] | "sort -t: -k2n"
			}
			close("sort -t: -k2n")
		}
		share = count ? 100 * hits / count : 0
		word = share < wanted ? "FAIL" : "ok"
		printf "%s runtime-coverage/all (%.1f %% of %d branches; %d %% asked)\n", word, share, count, wanted
	}'
