/* SPDX-License-Identifier: GPL-2.0 */
/* An error message, and its place in the input. */
#ifndef LIBKSRTP_COMPLAINT_H
#define LIBKSRTP_COMPLAINT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

struct complaint {
	const char *file;	/* file name or description; NULL for none */
	unsigned int line;
	char place[64];		/* such as " FEC_KEY key 2"; or empty */
	bool refused;		/* by the kernel */
	unsigned int code;	/* what a protocol calls it; 0: nothing */
	char text[512];
};

size_t complaint_enter(struct complaint *complaint, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void complaint_leave(struct complaint *complaint, size_t outside);
int complain(struct complaint *complaint, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void complaint_tell(const struct complaint *complaint, char *text, size_t size);

/* The caller's input is invalid. */
#define wrong(complaint, ...) complain(complaint, EINVAL, __VA_ARGS__)

#endif
