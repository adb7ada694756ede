#!/bin/sh
# Every kernel that this machine runs against its twin in templates/ref, folder by folder.
case "$KERNELS" in
*/sanitize/*) tight='--tight --count 60' ;;
*) tight= ;;
esac
for folder in $("$KERNELS" --list); do
	# shellcheck disable=SC2086
	"$KERNELS" $tight "$folder" >"$BUILD/$folder"
	status=$?
	if [ $status = 132 ]; then # SIGILL
		echo "skip $folder: this processor has no such instructions"
		continue
	fi
	grep -v '^ok' "$BUILD/$folder"
	[ "$folder" = ref ] || grep '^ok' "$BUILD/$folder"
	if [ $status = 0 ]; then
		echo "ok $folder: $(grep -c '^ok' "$BUILD/$folder") kernels"
	else
		echo "FAIL $folder: exit status $status"
	fi
done
