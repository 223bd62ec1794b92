// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

/* Stored in front of the memory, with maximum alignment. */
union head {
	size_t size;
	max_align_t align;
};

void *wipe_alloc(size_t size)
{
	union head *head;

	if (size > SIZE_MAX - sizeof(*head))
		return NULL;
	head = malloc(sizeof(*head) + size);
	if (!head)
		return NULL;
	head->size = size;
	return head + 1;
}

void wipe_free(void *memory)
{
	union head *head = memory;

	if (!memory)
		return;
	head--;
	explicit_bzero(memory, head->size);
	free(head);
}
