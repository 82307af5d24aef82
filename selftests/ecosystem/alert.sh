#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A failure becomes an alert: reader, node_exporter and Prometheus in a namespace of
# their own, where nothing but a loopback is.
#
# usage: unshare -n ecosystem/alert.sh READER RECORDING PROGRAMS DIR
set -u
reader=$1 recording=$2 programs=$3 dir=$4
top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

ask() { "$programs/promtool" query instant http://127.0.0.1:9090 "$1" 2>/dev/null; }
is_there() { ask "$1" | grep -q .; }

ip link set lo up
mkdir -p "$dir/text"
cp -r "$recording" "$dir/module"
: >"$dir/module/cpu0"
cat >"$dir/prometheus.yml" <<-END
	global: { scrape_interval: 1s, evaluation_interval: 1s }
	rule_files: [ "$top/userspace/alerts.yml" ]
	scrape_configs:
	  - job_name: node
	    static_configs: [ { targets: [ "127.0.0.1:9100" ] } ]
END
"$reader" why -f --dir "$dir/module" --metrics "$dir/text/routeprobe.prom" \
	>"$dir/why.log" 2>&1 &
"$programs/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory="$dir/text" --web.listen-address=127.0.0.1:9100 \
	>"$dir/exporter.log" 2>&1 &
"$programs/prometheus" --config.file="$dir/prometheus.yml" \
	--storage.tsdb.path="$dir/data" --web.listen-address=127.0.0.1:9090 \
	>"$dir/prometheus.log" 2>&1 &
until_true 60 is_there 'routeprobe_all_failures_total == 0' ||
	give_up "$dir" "no numbers arrive"
! is_there 'ALERTS{alertname="RoutingFails"}' || exit 1
cat "$recording/cpu0" >>"$dir/module/cpu0"
until_true 60 is_there 'ALERTS{alertname="RoutingFails",alertstate="firing"}' ||
	give_up "$dir" "no alert"
ask 'routeprobe_failures_total'
