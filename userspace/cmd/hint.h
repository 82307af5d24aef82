/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_HINT_H
#define RP_CMD_HINT_H

#include <stdbool.h>

/*
 * What to type in place of a word or an option of other programs, or NULL; @next, which
 * comes behind the word, may be NULL.
 */
const char *rp_hint_command(const char *word, const char *next);
const char *rp_hint_option(const char *command, const char *option);
/* In place of columns that are none */
const char *rp_hint_columns(const char *names);
/* "rule list": a command of ip(8), though its first word is one of our filter */
bool rp_hint_is_ip(const char *word, const char *next);
/* Of an option of ours, or of another, that the command does not take */
const char *rp_hint_unfit(const char *command, const char *option);

#endif
