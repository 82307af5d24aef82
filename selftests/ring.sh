#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The files cpuN: ring_test with the module loaded as it expects, which is without what
# is armed besides where a return address does not tell who asked.
. "${0%/*}/lib.sh"

at_exit unload_module
load_module records_per_cpu=1024 probes=output,lookup || exit 1
needs fib_table_lookup ip_route_output_key_hash_rcu
[ -z "$ktap_lacks" ] || skip_all "no probe on $ktap_lacks"
"${0%/*}/ring_test"
