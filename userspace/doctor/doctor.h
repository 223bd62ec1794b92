/* SPDX-License-Identifier: GPL-2.0 */
/* Checks of the doctor, and their findings. */
#ifndef KSRTP_DOCTOR_H
#define KSRTP_DOCTOR_H

#include <stdbool.h>

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_PROBLEM };

/*
 * Report a finding, at once unless the output is JSON. The text has one line,
 * or three: what was found, its cause, and its remedy.
 */
void finding(enum finding_level level, const char *check, const char *format,
	     ...) __attribute__((format(printf, 3, 4)));

/* All checks are finished; true if there was a problem. */
bool findings_end(void);

/*
 * Run a part of a check that the kernel may refuse. If it fails, report that as
 * a finding, return false, and let the other checks continue.
 */
bool attempt(const char *check, void (*run)(void));

/* The caller lacked privilege for something. */
void attempt_not_permitted(void);

/* Report in one finding what needed privilege, if anything did. */
void attempts_end(void);

/* Would a kernel of this release find the module? */
bool module_installed(const char *release);

/* Without a loaded module, other checks cannot ask it. */
bool check_module(void);
void check_kernel(void);
void check_crypto(void);
void check_sessions(void);
void check_ports(void);
void check_links(void);
void check_rules(void);
void check_routes(void);
void check_shortcuts(void);
void check_buffers(void);
void check_boot(void);

#endif
