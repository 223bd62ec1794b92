/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a check that the kernel may refuse, without an end of the others. */
#ifndef KSRTP_ATTEMPT_H
#define KSRTP_ATTEMPT_H

#include <stdbool.h>

/* Run it; if it fails, that is a finding of this check, and false. */
bool attempt(const char *check, void (*run)(void));

/* The caller was refused something for want of privilege. */
void attempt_not_permitted(void);

/* Tell in one finding of all that takes privilege, if there was any. */
void attempts_end(void);

#endif
