# How deep the stack gets in NAME_run(), or NAME_begin(), NAME_push() and NAME_finish(), and below:
# frames from -fstack-usage (*.su), calls from objdump -d -r (the other file).  A frame that its
# function aligns itself may take as much more; gcc calls such a one dynamic.  With a variable
# `each`, of each function: what it is deepest below, its own frame and with those it calls.
BEGIN { ALIGNMENT[0] = 64; ALIGNMENT[1] = 128; LINK = 8 }
function plain(f) { # less gcc's .constprop.0, of which -fstack-usage says a part
	sub(/[-+]0x.*/, "", f)
	sub(/\..*/, "", f)
	return f
}
FILENAME ~ /\.su$/ {
	parts = split($1, part, ":")
	name = plain(part[parts])
	if ($2 >= frame[name])
		frame[name] = $2
	next
}
/^[0-9a-f]+ <.*>:$/ {
	caller = plain(substr($2, 2, length($2) - 3))
	address = $1
	sub(/^0+/, "", address)
	at[address] = caller
	next
}
/and\(r29,#-0x[0-9a-f]+\)|and[q]? +\$0xf+[0-9a-f]+,%rsp|and\tsp,/ { aligns[caller] = ALIGNMENT[$0 ~ /r29/] }
/allocframe/ { links[caller] = LINK }
# A call, or a jump at the end: of a place's name, or by Hexagon's disassembler, its address.
/[ \t](call|jmp|jump|b|bl|b\.w|b\.n)[ \t]/ {
	if (match($0, /<[^>+]*>/))
		calls[caller] = calls[caller] " " plain(substr($0, RSTART + 1, RLENGTH - 2))
	else if (match($0, /(call|jump) 0x[0-9a-f]+/))
		places[caller] = places[caller] " " substr($0, RSTART + 7, RLENGTH - 7)
}
/R_[A-Z0-9_]*(CALL|JUMP|PLT|PL?[TC]?32|B[0-9]+_PCREL)/ { calls[caller] = calls[caller] " " plain($NF) }
function depth(f,    name, n, i, d, most) {
	if (f in known)
		return known[f]
	n = split(calls[f], name, " ")
	for (i = 1; i <= n; i++)
		if (name[i] != f && name[i] in frame && (d = depth(name[i])) > most)
			most = d
	return known[f] = frame[f] + aligns[f] + links[f] + most
}
END {
	for (f in places) {
		n = split(places[f], place, " ")
		for (i = 1; i <= n; i++)
			if (place[i] in at)
				calls[f] = calls[f] " " at[place[i]]
	}
	for (f in frame)
		if (f ~ /_(run|begin|push|finish)$/ && (d = depth(f)) > most)
			most = d
	if (each)
		for (f in frame)
			print f, frame[f] + aligns[f] + links[f], depth(f)
	print most + 0
}
