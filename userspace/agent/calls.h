/* SPDX-License-Identifier: GPL-2.0 */
/* The calls of a process: those of the one before it are restored, and go on after it. */
#ifndef KSRTPD_CALLS_H
#define KSRTPD_CALLS_H

#include <jansson.h>

struct certificate;
struct complaint;
struct dtls_method;
struct settings;

int calls_begin(const struct settings *settings,
		const struct certificate *certificate,
		const struct dtls_method *method,
		void (*event)(json_t *event), struct complaint *complaint);
void calls_second(void);
void calls_end(void);

#endif
