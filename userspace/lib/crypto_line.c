// SPDX-License-Identifier: GPL-2.0
/* Crypto lines of SDP: keys and settings of a session. */
#include <stdlib.h>
#include <string.h>

#include "description.h"
#include "libksrtp.h"
#include "lifetime.h"

static const char *const names[] = {
	[KSRTP_DIRECTION_SEND] = "send",
	[KSRTP_DIRECTION_RECV] = "recv",
};

/* The keys of a crypto line for this session; none without a line. */
const struct sdes_keys *description_keys(const struct ksrtp_session *session,
					 unsigned int direction)
{
	const struct sdes *sdes = &session->sdes[direction];

	return session->fec[direction] ? &sdes->fec : &sdes->media;
}

/* Set the first key and the settings of the direction's crypto line. */
int description_sdes(struct ksrtp_session *session, unsigned int direction,
		     struct complaint *c)
{
	const struct sdes_keys *keys = description_keys(session, direction);
	struct value *values = session->directions[direction];
	const struct sdes *sdes = &session->sdes[direction];
	const struct sdes_key *first = &keys->key[0];

	if (!keys->n)
		return wrong(c, "has no FEC_KEY");
	description_suite(session, direction, &sdes->suite);
	/* a key with an interval is added after the session */
	if (!first->interval)
		description_key(session, direction, &first->key);
	if (first->mki_len)
		value_bytes(&values[KSRTP_A_DIRECTION_MKI], first->mki,
			    first->mki_len);
	if (sdes->rcc_mode) {
		value_number(&values[KSRTP_A_DIRECTION_RCC_MODE],
			     KSRTP_RCC_OFF + sdes->rcc_mode);
		value_number(&values[KSRTP_A_DIRECTION_RCC_RATE],
			     sdes->rcc_rate);
	}
	if (first->lifetime) {
		value_number(&values[KSRTP_A_DIRECTION_RTP_LIFETIME],
			     first->lifetime);
		value_number(&values[KSRTP_A_DIRECTION_RTCP_LIFETIME],
			     lifetime_rtcp(first->lifetime));
	}
	value_number(&values[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE],
		     sdes->key_derivation_rate);
	value_number(&values[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP],
		     sdes->unencrypted_srtp);
	value_number(&values[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP],
		     sdes->unencrypted_srtcp);
	value_number(&values[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP],
		     sdes->unauthenticated_srtp);
	/* WSH is a hint; an explicit setting wins */
	if (sdes->window && !values[KSRTP_A_DIRECTION_REPLAY_WINDOW].given)
		value_number(&values[KSRTP_A_DIRECTION_REPLAY_WINDOW],
			     sdes->window);
	return 0;
}

/**
 * description_keyed() - set keys and settings of a direction
 * @session: the description
 * @direction: its direction
 * @sdes: the keys and settings, already checked
 */
void description_keyed(struct ksrtp_session *session, unsigned int direction,
		       const struct sdes *sdes)
{
	struct complaint complaint = { 0 };
	size_t here = complaint_enter(&complaint, "%s sdes", names[direction]);
	int ret;

	session->sdes[direction] = *sdes;
	session->sdes[direction].given = true;
	ret = description_sdes(session, direction, &complaint);
	if (!ret)
		complaint_leave(&complaint, here);
	description_end(session, ret, &complaint);
}

static int read_line(struct ksrtp_session *session, unsigned int direction,
		     const char *line, struct complaint *c)
{
	struct sdes *sdes = &session->sdes[direction];
	size_t size = strlen(line) + 1;
	char *copy = malloc(size);
	int ret;

	if (!copy)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	explicit_bzero(sdes, sizeof(*sdes));
	memcpy(copy, line, size);
	ret = sdes_read(sdes, copy, c);
	explicit_bzero(copy, size);
	free(copy);
	return ret;
}

/* Set everything that a line "a=crypto:..." says about a direction, RFC 4568. */
int ksrtp_direction_sdes(struct ksrtp_session *session,
			 enum ksrtp_direction_id direction, const char *line,
			 unsigned int flags)
{
	struct complaint complaint = { 0 };
	const struct sdes *send, *recv;
	size_t here;
	int ret;

	ret = description_direction(session, direction, &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	here = complaint_enter(&complaint, "%s sdes", names[direction]);
	if (flags & ~KSRTP_SDES_FEC)
		ret = wrong(&complaint, "unknown flags");
	if (!ret)
		ret = read_line(session, direction, line, &complaint);
	session->fec[direction] = flags & KSRTP_SDES_FEC;
	if (!ret)
		ret = description_sdes(session, direction, &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	session->sdes[direction].given = true;
	send = &session->sdes[KSRTP_DIRECTION_SEND];
	recv = &session->sdes[KSRTP_DIRECTION_RECV];
	complaint_leave(&complaint, here);
	if (send->given && recv->given)
		ret = sdes_agree(send, recv, &complaint);
	return description_end(session, ret, &complaint);
}
