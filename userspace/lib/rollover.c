// SPDX-License-Identifier: GPL-2.0
#include <libmnl/libmnl.h>

#include "rollover.h"

static bool has_source(const struct rollovers *rollovers, uint32_t ssrc)
{
	unsigned int i;

	for (i = 0; i < rollovers->n; i++)
		if (rollovers->at[i].ssrc == ssrc)
			return true;
	return false;
}

/**
 * rollover_of() - initial rollover counter of a stream
 * @step: a step of the plan
 * @direction: a direction
 * @i: index of the stream, from 0
 * @ssrc: receives its SSRC, 0 for any
 * @roc: receives its counter; 0 if the stream existed before, since the kernel has
 *	its counter
 *
 * Return: false if there is no such stream
 */
bool rollover_of(const struct step *step, unsigned int direction,
		 unsigned int i, uint32_t *ssrc, uint32_t *roc)
{
	bool send = direction == KSRTP_DIRECTION_SEND;
	const struct rollovers *rollovers = send ? &step->leg->send_rollovers :
						   &step->leg->recv_rollovers;
	const struct leg *was = step->was;

	if (step->what == PLAN_DEL || step->parks ||
	    !(send ? step->send : step->recv) || i >= rollovers->n)
		return false;
	*ssrc = rollovers->at[i].ssrc;
	*roc = rollovers->at[i].roc;
	if (was && has_source(send ? &was->send_rollovers :
				     &was->recv_rollovers, *ssrc))
		*roc = 0;
	return true;
}

/**
 * rollovers_set() - set the initial rollover counters of streams
 * @step: a step of the plan, which was carried out
 * @handle: the kernel
 * @direction: a direction
 * @id: the session
 *
 * Return: 0, or a negative errno
 */
int rollovers_set(const struct step *step, struct ksrtp *handle,
		  unsigned int direction, uint32_t id)
{
	struct nlmsghdr *nlh;
	uint32_t ssrc, roc;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && rollover_of(step, direction, i, &ssrc, &roc); i++) {
		if (!ssrc || !roc)
			continue;
		nlh = channel_request(handle, KSRTP_CMD_STREAM_SET,
				      &stream_set);
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SESSION_ID, id);
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_DIRECTION, direction);
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_SSRC, ssrc);
		mnl_attr_put_u32(nlh, KSRTP_A_STREAM_ROC, roc);
		ret = channel_do(handle, NULL, NULL);
	}
	return ret;
}
