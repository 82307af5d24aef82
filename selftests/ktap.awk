# SPDX-License-Identifier: GPL-2.0
#
# Flatten KTAP into one line per result, named by where it came from:
#	ok load.sh: unload
#	not ok churn.sh: no record is lost
#	ok vrf.sh # SKIP no CONFIG_NET_VRF
#
# usage: awk -v expect="load.sh churn.sh" -f ktap.awk
#
# Reads what the kernel's kselftest runner prints, a line per test with the
# test's own KTAP indented by "# ", and what a kselftest_harness.h program
# prints.  What is missing is a failure too: a planned result, a test of
# "expect" that never ended, an exit status that no result accounts for.

function emit(line)
{
	print line
	fflush()
}

# The name of a result line, without number and directive.
function name_of(line)
{
	sub(/^(not )?ok [0-9]+ ?(- )?/, "", line)
	sub(/^selftests: [^:]*: /, "", line)
	sub(/ *# .*/, "", line)
	return line
}

function directive_of(line)
{
	return match(line, / # .*/) ? substr(line, RSTART) : ""
}

# Remarks are worth reading only beside the failure that they explain.
function show_remarks()
{
	printf "%s", remarks
	remarks = ""
}

function inner_result(line)
{
	inner[++inner_count] = line
	if (line ~ /^not/) {
		inner_failed++
		show_remarks()
	}
	remarks = ""
	sub(/ok [0-9]+ ?(- )?/, "ok " current ": ", line)
	emit(line)
}

# A test has ended, or the guest has, with line == "".
function end_test(line,    name)
{
	name = line == "" ? current : name_of(line)
	seen[name] = 1
	if (inner_plan != "" && inner_plan != inner_count && !inner_failed) {
		emit("not ok " name ": planned " inner_plan " results, gave " inner_count + 0)
		inner_failed++
	}
	if (line == "") {
		emit("not ok " name ": no end")
	} else if (line ~ /^not/ && !inner_failed) {
		show_remarks()
		emit("not ok " name directive_of(line))
	} else if (!inner_count && line ~ /^ok/) {
		if (skip_reason != "")
			emit("ok " name " # SKIP " skip_reason)
		else
			emit("ok " name directive_of(line))
	}
	current = inner_plan = skip_reason = remarks = ""
	inner_count = inner_failed = 0
}

/^# selftests: / {
	current = $0
	sub(/^# selftests: [^:]*: /, "", current)
	next
}

/^# 1\.\.0 # SKIP/ {
	skip_reason = $0
	sub(/^# 1\.\.0 # SKIP */, "", skip_reason)
	next
}

/^# 1\.\.[0-9]+/	{ inner_plan = substr($2, 4) + 0; next }
/^# (not )?ok /		{ inner_result(substr($0, 3)); next }
/^1\.\.[0-9]+/		{ planned += substr($1, 4); next }
/^(not )?ok /		{ results++; end_test($0); next }
			{ sub(/^# # /, "# "); remarks = remarks $0 "\n" }

END {
	if (current != "")
		end_test("")
	if (results < planned)
		emit("not ok " planned - results " of " planned " planned results are missing")
	for (i = split(expect, tests, " "); i > 0; i--)
		if (!(tests[i] in seen))
			emit("not ok " tests[i] ": no result")
	if (!results && !planned && expect == "")
		emit("not ok no results at all")
	if (remarks != "" && results < planned)
		show_remarks()
}
