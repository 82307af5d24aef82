/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_HINT_H
#define RP_CMD_HINT_H

/* What to type in place of a word or an option of other programs, or NULL */
const char *rp_hint_command(const char *word);
const char *rp_hint_option(const char *option);
/* Of an option of ours that the command does not take */
const char *rp_hint_unfit(const char *command, const char *option);

#endif
