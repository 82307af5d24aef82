# SPDX-License-Identifier: GPL-2.0
#
# What bench/guest.sh said, the number of the boot in front, as tables: added to what
# the load costs with nothing armed in the same boot, the median of the boots, and
# behind it how far the others were from it; then the curves, and those of bench/stream and
# bench/speed.
BEGIN { FS = "\t" }

function remember(list, name) { if (!((list, name) in known)) { known[list, name] = 1; return 1 } }

$2 == "cost" {
	if (remember("load", $3)) loads[++nloads] = $3
	if (remember("tool", $4)) tools[++ntools] = $4
	if ($4 == "nothing") base[$1, $3] = $5
	path[$4, $3, ++n[$4, $3]] = $4 == "nothing" ? $5 : $5 - base[$1, $3]
	reader[$4, $3, n[$4, $3]] = $6
	total[$4, $3, n[$4, $3]] = path[$4, $3, n[$4, $3]] + $6
}

$2 == "events" { events[$3] = $4 FS $5 FS $6 FS $7 FS $8 }

$2 == "curve" {
	if (remember("axis", $3)) axes[++naxes] = $3
	if (remember($3, $4)) points[$3, ++npoints[$3]] = $4
	k = ++n["=" $3, $4]
	path["=" $3, $4, k] = $5
	total["=" $3, $4, k] = $6
	each["=" $3, $4, k] = int($6 / $4)
}

$2 == "read" {
	if (remember("reading", $3)) readings[++nreadings] = $3
	path["reading", $3, ++n["reading", $3]] = sprintf("%.2f", $5 * 1000000 / $4)
}

$2 == "memory" { memory[nmemory++] = $0 }
$2 == "speed" { speed[nspeed++] = $0 }

# The median, and " ±N" where the boots differ.
function median(of, tool, load,    i, j, k, v, s) {
	if (!(k = n[tool, load])) return "-"
	for (i = 1; i <= k; i++) {
		for (j = i; j > 1 && s[j - 1] > of[tool, load, i]; j--) s[j] = s[j - 1]
		s[j] = of[tool, load, i]
	}
	v = s[int((k + 1) / 2)]
	i = v - s[1] > s[k] - v ? v - s[1] : s[k] - v
	return i ? v " ±" i : v
}

function curve(axis,    i, x) {
	printf "\nWhat is added to a decision, by %s:\n\n", axis
	row = "%10s %12s %16s" (axis == "rules" ? " %16s" : "%s") "\n"
	printf row, toupper(axis), "WITHOUT", "ADDED", axis == "rules" ? "FOR EACH" : ""
	for (i = 1; i <= npoints[axis]; i++) {
		x = points[axis, i]
		printf row, x, median(path, "=" axis, x), median(total, "=" axis, x),
			axis == "rules" ? median(each, "=" axis, x) : ""
	}
}

function memory_table(    i, j, k, f) {
	print "\nThe most memory of readers of one stream of records, in KiB:\n"
	for (i = 0; i < nmemory; i++) {
		k = split(memory[i], f, FS)
		printf "%10s", f[3]
		for (j = 4; j <= k; j++) printf " %20s", f[j]
		print ""
	}
}

function speed_table(    i, f) {
	print "\nA recording of a million records, seconds of each command:\n"
	row = "%-28s %8s %8s %10s %12s\n"
	printf row, "", "USER", "SYSTEM", "KIB", "OUTPUT"
	for (i = 0; i < nspeed; i++) {
		split(speed[i], f, FS)
		printf row, f[3], f[4], f[5], f[6], f[7]
	}
}

function readings_table(    i) {
	print "\nWhat shows a million decisions, in seconds of user time (a nanosecond is an instruction):\n"
	for (i = 1; i <= nreadings; i++)
		printf "%-28s %12s\n", readings[i], median(path, "reading", readings[i])
}

END {
	if (ntools) costs()
	if (nreadings) readings_table()
	for (i = 1; i <= naxes; i++) curve(axes[i])
	if (nmemory) memory_table()
	if (nspeed) speed_table()
}

function costs(    i, j, row, e) {
	print "One sendto(), and the events of all loads together:\n"
	row = "%-28s %12s %12s %12s %8s %8s %8s %6s %8s\n"
	printf row, "", "PATH", "READER", "TOTAL", "MADE", "RECEIVED", "LOST", "BYTES", "KIB"
	for (i = 1; i <= ntools; i++) {
		split(tools[i] in events ? events[tools[i]] : "-\t-\t-\t-\t-", e)
		printf row, tools[i], median(path, tools[i], "sendto"),
			median(reader, tools[i], "sendto"), median(total, tools[i], "sendto"),
			e[1], e[2], e[3], e[4], e[5]
	}
	every("Path", path)
	every("Reader", reader)
}

function every(what, of,    i, j) {
	print "\n" what ", of every load:\n"
	printf "%-28s", ""
	for (j = 1; j <= nloads; j++) printf " %13s", loads[j]
	print ""
	for (i = 1; i <= ntools; i++) {
		printf "%-28s", tools[i]
		for (j = 1; j <= nloads; j++) printf " %13s", median(of, tools[i], loads[j])
		print ""
	}
}
