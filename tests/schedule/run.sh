#!/bin/bash
# Schedules, row by row, by a replay that shares nothing with mcompile: every read finds the row
# that was written for it. Of the samples, the models, random graphs; and damaged ones are found.
if [ -z "$PYTHON" ]; then
	echo "skip schedule: no Python environment"
	exit
fi
models=$(echo "$SRC"/samples/*/*.tflite)
[ -z "$SHARED" ] || models="$models $(echo "$SHARED"/models/*.tflite)"
check="$PYTHON $SRC/tests/schedule/check.py --mcompile $MCOMPILE --keep $BUILD/failed"

# shellcheck disable=SC2086
$check $models || status=1
$check --random "${SCHEDULE_MODELS:-400}" --oracle "${SCHEDULE_MODELS:-400}" || status=1
$check --long 2000 --tall || status=1
$check --damage 60 || status=1
$check --steps 24 "$SRC"/samples/*/*.tflite || status=1
exit ${status:-0}
