// SPDX-License-Identifier: GPL-2.0
#include "sent.h"

/**
 * mikey_sent_add() - add a secret
 * @sent: the ring; loses its oldest secret if it is full
 * @secret: the secret
 */
void mikey_sent_add(struct mikey_sent *sent, const struct mikey_secret *secret)
{
	sent->secret[sent->n++ % MIKEY_SENT_MAX] = *secret;
}

/**
 * mikey_sent_next() - find a secret
 * @sent: the ring
 * @csb_id: CSB ID of the message
 * @after: the secret found before, or NULL for the first
 *
 * The peer chooses the CSB ID of messages that are answered here, so several
 * secrets may have the same.
 *
 * Return: the secret, or NULL if there are no more
 */
const struct mikey_secret *mikey_sent_next(const struct mikey_sent *sent,
					   uint32_t csb_id,
					   const struct mikey_secret *after)
{
	const struct mikey_secret *at = after ? after + 1 : sent->secret;

	for (; at < &sent->secret[MIKEY_SENT_MAX]; at++)
		if (at->len && at->csb_id == csb_id)
			return at;
	return NULL;
}
