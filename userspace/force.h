/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of a batch that do not depend on one another: -f. */
#ifndef KSRTP_FORCE_H
#define KSRTP_FORCE_H

#include <stdbool.h>

/* Go on behind a line that fails. */
extern bool force;

void force_line(void (*run)(char *line), char *line);
void force_end(void);

#endif
