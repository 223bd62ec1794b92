/* SPDX-License-Identifier: GPL-2.0 */
/* The description of a call for one side, made of the other side's. */
#ifndef KSRTPD_DESCRIPTION_H
#define KSRTPD_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>

struct call;
struct certificate;
struct complaint;
struct said;
struct settings;

void description_begin(const struct settings *settings,
		       const struct certificate *certificate);
int description_write(const struct call *call, const struct said *said,
		      bool web, bool offer, const char *text, char *out,
		      size_t size, struct complaint *complaint);

#endif
