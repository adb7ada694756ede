# How deep the stack gets in NAME_run(), or NAME_push() and NAME_finish(), and below: frames from -fstack-usage (*.su), calls from
# objdump -d -r (the other file).  gcc calls a frame dynamic that it aligns itself, too.
BEGIN { ALIGNMENT = 32 }
FILENAME ~ /\.su$/ {
	parts = split($1, part, ":")
	frame[part[parts]] = $2 + ($3 ~ /dynamic/ ? ALIGNMENT : 0)
	next
}
/^[0-9a-f]+ <.*>:$/ {
	caller = substr($2, 2, length($2) - 3)
	next
}
/[ \t](call|jmp)/ && match($0, /<[^>+]*>/) { calls[caller] = calls[caller] " " substr($0, RSTART + 1, RLENGTH - 2) }
/R_X86_64_PL?[TC]?32/ { sub(/[-+]0x.*/, "", $3); calls[caller] = calls[caller] " " $3 }
function depth(f,    name, n, i, d, most) {
	n = split(calls[f], name, " ")
	for (i = 1; i <= n; i++)
		if (name[i] != f && name[i] in frame && (d = depth(name[i])) > most)
			most = d
	return frame[f] + most
}
END {
	for (f in frame)
		if (f ~ /_(run|push|finish)$/ && (d = depth(f)) > most)
			most = d
	print most + 0
}
