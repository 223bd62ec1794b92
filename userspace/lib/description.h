/* SPDX-License-Identifier: GPL-2.0 */
/* A session as a program describes it, attribute by attribute. */
#ifndef LIBKSRTP_DESCRIPTION_H
#define LIBKSRTP_DESCRIPTION_H

#include <linux/ksrtp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "complaint.h"
#include "relay.h"
#include "sdes.h"
#include "value.h"

struct ksrtp_session {
	struct value values[KSRTP_A_SESSION_MAX + 1];
	struct value directions[KSRTP_DIRECTION_MAX + 1]
			       [KSRTP_A_DIRECTION_MAX + 1];
	/* new flow of a session that moves */
	struct value move[KSRTP_A_FLOW_MAX + 1];
	struct relays relays;
	/* crypto lines; the first of several keys is also among the values */
	struct sdes sdes[KSRTP_DIRECTION_MAX + 1];
	bool fec[KSRTP_DIRECTION_MAX + 1];
	/* with or without identifiers, its keys replace all others */
	bool replaces;
	/* keys of DTLS-SRTP, which are for RTP and RTCP on one port */
	bool wants_mux;
	/* first error, after which the description cannot be used */
	int broken;
	char error[512];
};

struct nlmsghdr;

void description_put(const struct ksrtp_session *session,
		     struct nlmsghdr *nlh);
void description_put_name(const struct ksrtp_session *session,
			  struct nlmsghdr *nlh);
int description_check_suite(const struct ksrtp_session *session,
			    unsigned int direction, const struct suite *suite,
			    unsigned int suite_id, struct complaint *c);
void description_suite(struct ksrtp_session *session, unsigned int direction,
		       const struct suite *suite);
void description_key(struct ksrtp_session *session, unsigned int direction,
		     const struct key *key);
void description_held_key(struct ksrtp_session *session, unsigned int direction,
			  uint32_t serial);
const struct sdes_keys *description_keys(const struct ksrtp_session *session,
					 unsigned int direction);
int description_sdes(struct ksrtp_session *session, unsigned int direction,
		     struct complaint *complaint);
void description_keyed(struct ksrtp_session *session, unsigned int direction,
		       const struct sdes *sdes);
int description_check(const struct ksrtp_session *session,
		      struct complaint *complaint);
int description_end(struct ksrtp_session *session, int error,
		    const struct complaint *complaint);
int description_direction(const struct ksrtp_session *session,
			  unsigned int direction, struct complaint *complaint);

#endif
