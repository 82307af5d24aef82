#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module loads, shows its files, and leaves no trace when it goes.
. "$(dirname "$0")/lib.sh"

files="callers events probes reasons stats version"
for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
	files="$files ${cpu##*/}"
done

files_present() { for f in $files; do stat "$RP_DEBUGFS/$f" || return; done; }
files_readable() { for f in $files; do cat "$RP_DEBUGFS/$f" || return; done >/dev/null; }
file_modes() { (cd "$RP_DEBUGFS" && stat -c %a ./* | sort -u); }
kprobes() { wc -l </sys/kernel/debug/kprobes/list; }
loaded() { grep -c '^routeprobe ' /proc/modules; }

# The load checks of one module life; unloading must undo all of it.
one_life()
{
	check "load ($1)" load_module
	check "every file is there ($1)" files_present
	check_equal "files are for root, to read ($1)" 400 "$(file_modes)"
	check "every file can be read ($1)" files_readable
	check "unload ($1)" unload_module
	check_equal "no module is left ($1)" 0 "$(loaded)"
	check "no debugfs directory is left ($1)" test ! -e "$RP_DEBUGFS"
	check "no parameter is left ($1)" test ! -e "$RP_PARAMETERS"
	check_equal "no kprobe is left ($1)" "$kprobes_before" "$(kprobes)"
}

# A probe that this kernel does not let us attach is a feature less, and said so.
probe_states() { grep -v '^#' "$RP_DEBUGFS/probes" | cut -f 2,5,10; }
in_state() { echo "$states" | grep -c $'\t'"$1"; }

# How many probes the kernel lets us attach by it
attached_by() { cut -f 9 "$RP_DEBUGFS/probes" | grep -cx "$1"; }
says_lack() { dmesg | grep -c 'routeprobe: hook: this kernel has no wrappers'; }

load_module && states=$(probe_states) && wrapped=$(attached_by wrapper) lack=$(says_lack)
unload_module
armed=$(in_state armed)
absent=$(in_state absent:)
plan $((21 + absent))
check "$armed of $((armed + absent)) probes are armed" test "$armed" -gt 0
while IFS=$'\t' read -r symbol state use; do
	skip "$symbol" "cannot be attached ($state), lost: $use"
done < <(echo "$states" | grep $'\tabsent:')
check_equal "what the kernel has not for any of them is said" \
	"$([ "$wrapped" -gt 0 ] || echo 1)" "$([ "$lack" = 0 ] || echo "$lack")"

at_exit unload_module
kprobes_before=$(kprobes)
one_life "first time"
one_life "again"
check "an unknown parameter value is refused" \
	eval '! load_module probes=nonsense'
finish
