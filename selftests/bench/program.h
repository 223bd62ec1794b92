/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs of the benchmark have in common. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* In ns. */
static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

#endif
