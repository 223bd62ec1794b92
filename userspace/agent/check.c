// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

/*
 * the packaged library was built with these, and its structures depend on them
 */
#define HAVE_INTTYPES_H
#define HAVE_STDBOOL_H
#define HAVE_INET6
#include <re/re.h>

#include "check.h"

/* Value of padding bytes. */
static const uint8_t padding;

static struct stun_attr *attribute(const struct check *check, uint16_t type)
{
	return stun_msg_attr(check->msg, type);
}

/*
 * Parse a datagram. Returns -EBADMSG if it is not a Binding request; no answer
 * is due then. The result is valid until check_end().
 */
int check_read(struct check *check, const unsigned char *bytes, size_t len)
{
	struct stun_unknown_attr unknown = { .typec = 0 };
	struct mbuf *buffer = mbuf_alloc(len);
	struct stun_attr *attr;
	int ret;

	memset(check, 0, sizeof(*check));
	if (!buffer)
		return -ENOMEM;
	ret = mbuf_write_mem(buffer, bytes, len);
	buffer->pos = 0;
	if (!ret)
		ret = stun_msg_decode(&check->msg, buffer, &unknown);
	mem_deref(buffer);
	if (ret)
		return ret == ENOMEM ? -ENOMEM : -EBADMSG;
	if (!stun_msg_mcookie(check->msg) ||
	    stun_msg_class(check->msg) != STUN_CLASS_REQUEST ||
	    stun_msg_method(check->msg) != STUN_METHOD_BINDING ||
	    (attribute(check, STUN_ATTR_FINGERPRINT) &&
	     stun_msg_chk_fingerprint(check->msg))) {
		check_end(check);
		return -EBADMSG;
	}
	check->transaction = stun_msg_tid(check->msg);
	attr = attribute(check, STUN_ATTR_USERNAME);
	check->username = attr ? attr->v.username : NULL;
	attr = attribute(check, STUN_ATTR_PRIORITY);
	check->priority = attr ? attr->v.priority : 0;
	check->has_integrity = attribute(check, STUN_ATTR_MSG_INTEGRITY);
	check->nominates = attribute(check, STUN_ATTR_USE_CAND);
	check->controlled = attribute(check, STUN_ATTR_CONTROLLED);
	check->unknown = unknown.typec > 8 ? 8 : unknown.typec;
	memcpy(check->unknowns, unknown.typev,
	       check->unknown * sizeof(*check->unknowns));
	return 0;
}

/* Does the sender know the password? */
bool check_is_of(const struct check *check, const char *password)
{
	return check->has_integrity &&
	       !stun_msg_chk_mi(check->msg, (const uint8_t *)password,
				strlen(password));
}

static size_t finish(struct mbuf *buffer, int failed, unsigned char *answer)
{
	size_t len = 0;

	if (!failed && buffer->end <= CHECK_ANSWER) {
		len = buffer->end;
		memcpy(answer, buffer->buf, len);
	}
	mem_deref(buffer);
	return len;
}

/*
 * Write a success response; returns its length, 0 if there is no memory for it.
 */
size_t check_accept(const struct check *check, const union endpoint *from,
		    const char *password, unsigned char *answer)
{
	struct mbuf *buffer = mbuf_alloc(CHECK_ANSWER);
	struct sa mapped;
	int failed;

	if (!buffer)
		return 0;
	failed = sa_set_sa(&mapped, &from->any);
	if (!failed)
		failed = stun_msg_encode(buffer, STUN_METHOD_BINDING,
					 STUN_CLASS_SUCCESS_RESP,
					 stun_msg_tid(check->msg), NULL,
					 (const uint8_t *)password,
					 strlen(password), true, padding, 1,
					 STUN_ATTR_XOR_MAPPED_ADDR, &mapped);
	return finish(buffer, failed, answer);
}

/*
 * Likewise an error response. It has MESSAGE-INTEGRITY if @password is given.
 */
size_t check_refuse(const struct check *check, unsigned int code,
		    const char *reason, const char *password,
		    unsigned char *answer)
{
	struct stun_errcode error = { .code = code, .reason = (char *)reason };
	struct stun_unknown_attr unknown = { .typec = check->unknown };
	struct mbuf *buffer = mbuf_alloc(CHECK_ANSWER);
	int failed;

	if (!buffer)
		return 0;
	memcpy(unknown.typev, check->unknowns,
	       check->unknown * sizeof(*check->unknowns));
	failed = stun_msg_encode(buffer, STUN_METHOD_BINDING,
				 STUN_CLASS_ERROR_RESP, check->transaction,
				 &error, (const uint8_t *)password,
				 password ? strlen(password) : 0, true, padding,
				 1, STUN_ATTR_UNKNOWN_ATTR,
				 code == 420 ? &unknown : NULL);
	return finish(buffer, failed, answer);
}

void check_end(struct check *check)
{
	mem_deref(check->msg);
	check->msg = NULL;
}
