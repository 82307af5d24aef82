/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_TRIAL_H
#define RP_WHY_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fib/model.h"
#include "why/blame.h"
#include "why/origin.h"

struct rp_trial;

/* How well an answer does in a world where some changes had not been */
enum rp_trial_result {
	RP_TRIAL_SAME,		/* it fails as it did */
	RP_TRIAL_OTHER,		/* it fails otherwise */
	RP_TRIAL_WELL,
	RP_TRIAL_UNKNOWN,
};

typedef enum rp_trial_result (*rp_trial_judge)(const struct rp_trial *t,
					       const struct rp_model_answer *a);

/* A failure in court: the lookup, who judges, and the changes under suspicion */
struct rp_trial {
	struct rp_model *model;
	const struct rp_search *s;
	struct rp_asked asked;
	rp_trial_judge judge;
	struct rp_model_answer as_is;
	struct rp_model_change changes[RP_MODEL_CHANGES];	/* newest first */
	size_t nchanges;
	uint64_t undo[RP_MODEL_CHANGES];
	size_t nundo;		/* of these, in the world without the guilty one */
	bool loose;		/* any way back will do */
	const struct rp_answered *was;	/* of a flow that moved: its answer before */
	bool unknown;		/* what some of them did cannot be told */
	bool cut;		/* there are more */
};

/* ---- judges: of the answer of a world ---- */

/* Who judges a failure, and whether of the way back; NULL: nobody can. */
rp_trial_judge rp_trial_judge_of(enum rp_origin_word word, bool *back);
enum rp_trial_result rp_judge_back(const struct rp_trial *t, const struct rp_model_answer *a);
enum rp_trial_result rp_judge_moved(const struct rp_trial *t, const struct rp_model_answer *a);
/* Does the model say what the kernel said? */
bool rp_trial_agrees(const struct rp_trial *t, enum rp_origin_word word);

/* ---- the trial ---- */

void rp_trial_init(struct rp_trial *t, const struct rp_search *s);
/* False: there is no such lookup, or the model does not know what the kernel knew. */
bool rp_trial_begin(struct rp_trial *t, enum rp_origin_word word, bool back);
bool rp_trial_open(struct rp_trial *t, const struct rp_search *s, const struct rp_origin *o);
/* The answer in the world without the first @nundo of t->undo */
void rp_trial_lookup(struct rp_trial *t, struct rp_model_answer *a, size_t nundo);
enum rp_trial_result rp_trial_run(struct rp_trial *t, size_t nundo, struct rp_model_answer *a);
/* The newest change whose undoing has this result; false: none has. */
bool rp_trial_one(struct rp_trial *t, enum rp_trial_result wanted, size_t *guilty,
		  struct rp_model_answer *without);
/* All of them together did it: those that are needed, and of these the guilty one */
bool rp_trial_all(struct rp_trial *t, size_t *guilty, struct rp_model_answer *without);
bool rp_trial_is_undone(const struct rp_trial *t, uint64_t id);
bool rp_trial_was_tried(const struct rp_trial *t, size_t number);
size_t rp_trial_first(const struct rp_trial *t, uint64_t id);

#endif
