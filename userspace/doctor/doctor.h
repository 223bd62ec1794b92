/* SPDX-License-Identifier: GPL-2.0 */
/* What the doctor looks at, and what it has found. */
#ifndef KSRTP_DOCTOR_H
#define KSRTP_DOCTOR_H

#include <stdbool.h>

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_PROBLEM };

/*
 * Tell of one, at once if it is not for JSON. The text is one line or three: what
 * was found, its cause, and its remedy.
 */
void finding(enum finding_level level, const char *check, const char *format,
	     ...) __attribute__((format(printf, 3, 4)));

/* All were added; true if there was a problem. */
bool findings_end(void);

/*
 * Parts of a check that the kernel may refuse, without an end of the others. Run
 * it; if it fails, that is a finding of this check, and false.
 */
bool attempt(const char *check, void (*run)(void));

/* The caller was refused something for want of privilege. */
void attempt_not_permitted(void);

/* Tell in one finding of all that takes privilege, if there was any. */
void attempts_end(void);

/* Would a kernel of this release find it? */
bool module_installed(const char *release);

/* Without a module in the kernel, others have nothing to ask. */
bool check_module(void);
void check_kernel(void);
void check_crypto(void);
void check_sessions(void);
void check_ports(void);
void check_links(void);
void check_rules(void);
void check_routes(void);
void check_buffers(void);
void check_boot(void);

#endif
