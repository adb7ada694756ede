#!/bin/bash
# A made-up device for a program: a tree as Linux has it, in which the temperature rises by the power
# that the program says it draws, and while the sun shines, from minute 10 to 25. At minute 30 the
# sensor goes away for two minutes.
# usage: wave.sh PROGRAM...
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
zone=$tree/sys/class/thermal/thermal_zone0
mkdir -p "$zone"
echo cpu-thermal >"$zone/type"
echo passive >"$zone/trip_point_0_type"
echo 45000 >"$zone/trip_point_0_temp"
die=24000 box=24000 # thousandths of a degree
echo $die >"$zone/temp"

mkfifo "$tree/times" "$tree/said"
"$@" "$tree" - <"$tree/times" >"$tree/said" &
exec 3>"$tree/times" 4<"$tree/said"
for ((now = 0; now < 2400; now += 10)); do
	if ((now < 1800 || now >= 1920)); then echo $die >"$zone/temp"; else rm -f "$zone/temp"; fi
	echo $((now * 1000)) >&3
	until IFS= read -r line <&4 || exit 1; [[ $line == [0-9].[0-9][0-9] ]]; do
		echo "$line"
	done
	watts=10#${line/.} # hundredths
	((around = now >= 600 && now < 1500 ? 44000 : 24000))
	((box += (around - box) / 10, die += (90 * watts - (die - box)) / 20))
done
exec 3>&-
cat <&4
wait $!
