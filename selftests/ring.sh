#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The files cpuN: ring_test with the module loaded as it expects.
. "${0%/*}/lib.sh"

at_exit unload_module
load_module records_per_cpu=1024 || exit 1
"${0%/*}/ring_test"
