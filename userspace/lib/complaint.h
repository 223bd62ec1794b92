/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong, in words, and where in what was read. */
#ifndef LIBKSRTP_COMPLAINT_H
#define LIBKSRTP_COMPLAINT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

struct complaint {
	const char *file;	/* or a name for it; NULL outside of one */
	unsigned int line;
	char place[64];		/* as in " FEC_KEY key 2"; or empty */
	bool refused;		/* by the kernel */
	char text[512];
};

size_t complaint_enter(struct complaint *complaint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void complaint_leave(struct complaint *complaint, size_t outside);
int complain(struct complaint *complaint, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void complaint_tell(const struct complaint *complaint, char *text, size_t size);

/* Of what the caller gave. */
#define wrong(complaint, ...) complain(complaint, EINVAL, __VA_ARGS__)

#endif
