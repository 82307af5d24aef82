# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The reader's model of the FIB against the kernel: random rules, routes, addresses and
# links come and go, and in between the kernel is asked for routes.  For each decision
# that was recorded the model, from the snapshot and the changes before it, has to give
# the same answer, or to say that it does not know.
#
# Who includes this has $history_program for awk, which prints lines of `ip -batch`: a change,
# and then questions, `steps` times; a function `prepare`, for the network; and then
#
#	hold_model FAMILY SEED...
#
# where the seeds are those that once found something.
#
# MODEL_SEED=N: one round with that seed, as it is printed, and its history is shown.
# MODEL_ROUNDS=N: so many rounds, with random seeds.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

model_known=0 model_total=0

# model_round FAMILY SEED
model_round()
{
	local family=$1 seed=$2 differs same unknown

	network_down && network_up && prepare || exit 1
	rm -rf "$model_dir/r"
	# shellcheck disable=SC2154 # of who includes this
	awk -v seed="$seed" -v steps=150 "$history_program" >"$model_dir/history"
	routeprobe record -o "$model_dir/r" -- ip "$family" -n rp-h -force \
		-batch "$model_dir/history" >"$model_dir/said" 2>&1
	routeprobe report -i "$model_dir/r" "$family" -d --json netns rp-h 2>"$model_dir/footer" |
		grep -E '^.{0,9}(output|input)"' >"$model_dir/json"
	differs=$(grep -c '"model":"differs"' "$model_dir/json")
	same=$(grep -c '"model":"same"' "$model_dir/json")
	unknown=$(($(wc -l <"$model_dir/json") - differs - same))
	note "seed $seed: $same the same, $differs differ, $unknown not known"
	[ "$differs" = 0 ] || note "$(grep '"model":"differs"' "$model_dir/json" | head -n 3)"
	check_equal "seed $seed: the model says what the kernel said" 0 "$differs"
	model_known=$((model_known + same))
	model_total=$((model_total + same + unknown))
}

hold_model()
{
	local family=$1 seeds seed

	shift
	seeds=("$@")
	[ ! "${MODEL_ROUNDS-}" ] || mapfile -t seeds < <(shuf -i 0-32767 -n "$MODEL_ROUNDS")
	[ ! "${MODEL_SEED-}" ] || seeds=("$MODEL_SEED")
	plan $((${#seeds[@]} + 1))
	model_dir=$(mktemp -d) && at_exit "rm -rf $model_dir"
	at_exit network_down
	at_exit unload_module
	load_module records_per_cpu=65536 || exit 1
	for seed in "${seeds[@]}"; do
		model_round "$family" "$seed"
	done
	check "of most it says something: $model_known of $model_total" \
		test $((2 * model_known)) -gt "$model_total"
	if [ "${MODEL_SEED-}" ]; then
		note "$(cat "$model_dir/history")"
		note "$(routeprobe report -i "$model_dir/r" "$family" -d netns rp-h)"
	fi
	finish
}
