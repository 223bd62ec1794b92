// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "queue.h"

/* Have an answer to one of the requests, or another's, which is dropped. */
static void answered(struct queue *queue, const struct nlmsghdr *nlh)
{
	unsigned int i = nlh->nlmsg_seq - queue->first_seq, len;
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attrs;
	struct queued *one;

	if (i >= queue->n)
		return;
	one = &queue->queued[i];
	if (nlh->nlmsg_type != NLMSG_ERROR) {
		attrs = channel_attrs(nlh, &len);
		if (one->done)
			one->done(0, attrs, len, one->data);
		return;
	}
	one->is_done = !err->error;
	if (err->error && !one->refusal && one->done) {
		one->refusal = malloc(nlh->nlmsg_len);
		if (one->refusal)
			memcpy(one->refusal, nlh, nlh->nlmsg_len);
	}
	queue->left--;
}

static void read_part(struct queue *queue, const char *bytes, int len)
{
	const struct nlmsghdr *nlh = (const void *)bytes;

	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		answered(queue, nlh);
}

/* Read answers, as far as they come. */
static void read_answers(struct queue *queue)
{
	size_t lengths[CHANNEL_ANSWERS];
	int i, n;

	while (queue->left) {
		n = channel_receive_all(queue->channel, lengths);
		if (n <= 0)
			return;
		for (i = 0; i < n; i++)
			read_part(queue, queue->channel->reply +
				  i * CHANNEL_ANSWER_MAX, lengths[i]);
	}
}

static void take_answer(const struct attr_set *set, const struct nlattr *attrs,
			unsigned int len, void *data)
{
	const struct queued *one = data;

	(void)set;
	one->done(0, attrs, len, one->data);
}

/* Tell why a request was refused; ask again, alone, if the answer was lost. */
static void fail(struct queue *queue, struct queued *one)
{
	const struct nlmsghdr *nlh = (const void *)(queue->bytes + one->at);
	struct ksrtp *channel = queue->channel;
	unsigned int seq = ++channel->seq;
	int ret = -ENODEV;

	memcpy(&channel->request, nlh, nlh->nlmsg_len);
	channel->request.header.nlmsg_seq = seq;
	channel->set = one->set;
	if (one->refusal)
		ret = channel_refused(channel, one->refusal);
	else if (channel->sock)
		ret = channel_do(channel, take_answer, one);
	free(one->refusal);
	one->done(ret, NULL, 0, one->data);
}

/* Carry out the requests that were added. */
void queue_commit(struct queue *queue)
{
	struct ksrtp *channel = queue->channel;
	struct queued *one;

	if (!queue->n)
		return;
	queue->left = queue->n;
	if (channel->sock &&
	    mnl_socket_sendto(channel->sock, queue->bytes, queue->len) > 0)
		read_answers(queue);
	for (one = queue->queued; one < queue->queued + queue->n; one++) {
		if (!one->done)
			continue;
		if (one->is_done)
			one->done(0, NULL, 0, one->data);
		else
			fail(queue, one);
	}
	explicit_bzero(queue->bytes, queue->len);
	queue->n = 0;
	queue->len = 0;
}

/**
 * queue_add() - carry out the request that was started, with others
 * @queue: the queue
 * @done: is told what came of it: first the kernel's answer, if there is one, then,
 *        without attributes, the end, with 0 or a negative errno; starts no request.
 *        NULL if that makes no difference
 * @data: passed to @done
 *
 * When there are enough of them, or by queue_commit(). What it depends on is
 * committed before.
 */
void queue_add(struct queue *queue, queue_done done, void *data)
{
	struct ksrtp *channel = queue->channel;
	const struct nlmsghdr *nlh = &channel->request.header;

	if (!queue->n)
		queue->first_seq = nlh->nlmsg_seq;
	queue->queued[queue->n++] = (struct queued){
		.done = done, .data = data, .set = channel->set,
		.at = queue->len,
	};
	memcpy(queue->bytes + queue->len, nlh, nlh->nlmsg_len);
	((struct nlmsghdr *)(queue->bytes + queue->len))->nlmsg_seq =
		queue->first_seq + queue->n - 1;
	queue->len += MNL_ALIGN(nlh->nlmsg_len);
	explicit_bzero(&channel->request, nlh->nlmsg_len);
	if (queue->n == QUEUE_REQUESTS ||
	    queue->len + CHANNEL_REQUEST_MAX > QUEUE_BYTES)
		queue_commit(queue);
}
