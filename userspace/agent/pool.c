// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "pool.h"

/* Objects that are allocated together. */
#define BLOCK 64

/* Take an object, all zeroes; NULL if there is no memory. */
void *pool_take(struct pool *pool)
{
	void **object;
	char *block;
	size_t i;

	if (!pool->unused) {
		block = calloc(BLOCK, pool->size);
		if (!block)
			return NULL;
		for (i = BLOCK; i--;) {
			object = (void **)(block + i * pool->size);
			*object = pool->unused;
			pool->unused = object;
		}
	}
	object = pool->unused;
	pool->unused = *object;
	*object = NULL;
	return object;
}

/* Return an object and wipe it. The pool keeps its memory. */
void pool_return(struct pool *pool, void *object)
{
	explicit_bzero(object, pool->size);
	*(void **)object = pool->unused;
	pool->unused = object;
}
