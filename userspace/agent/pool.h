/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Objects of one kind, side by side. What else a call allocates is freed long
 * before it ends, and would leave pages that one object alone keeps in use.
 */
#ifndef KSRTPD_POOL_H
#define KSRTPD_POOL_H

#include <stddef.h>

struct pool {
	size_t size;			/* of an object */
	void **unused;			/* each points to the next */
};

void *pool_take(struct pool *pool);
void pool_return(struct pool *pool, void *object);

#endif
