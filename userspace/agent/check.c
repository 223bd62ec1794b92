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

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "check.h"

/* Value of padding bytes. */
static const uint8_t padding;

/* Lengths of a header, and of attributes (RFC 8489, sections 14.5 and 14.7). */
#define HEADER 20
#define DIGEST 20
#define INTEGRITY (4 + DIGEST)
#define FINGERPRINT 8

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
	check->bytes = bytes;
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

static EVP_MAC_CTX *make_hmac(void)
{
	EVP_MAC *kind = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *hmac = EVP_MAC_CTX_new(kind);
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA1", 0),
		OSSL_PARAM_END
	};

	EVP_MAC_free(kind);
	if (hmac && EVP_MAC_CTX_set_params(hmac, params))
		return hmac;
	EVP_MAC_CTX_free(hmac);
	return NULL;
}

/*
 * HMAC-SHA1 of a header and what follows it. libre has OpenSSL look up the algorithm
 * for each, which takes longer than the digest of a check.
 */
static bool make_digest(const char *password, const unsigned char *header,
			const unsigned char *rest, size_t len,
			unsigned char *digest)
{
	static EVP_MAC_CTX *hmac;
	size_t digest_len;

	if (!hmac)
		hmac = make_hmac();
	return hmac &&
	       EVP_MAC_init(hmac, (const unsigned char *)password,
			    strlen(password), NULL) &&
	       EVP_MAC_update(hmac, header, HEADER) &&
	       EVP_MAC_update(hmac, rest, len) &&
	       EVP_MAC_final(hmac, digest, &digest_len, DIGEST) &&
	       digest_len == DIGEST;
}

static void write_length(unsigned char *header, size_t len)
{
	header[2] = (len - HEADER) >> 8;
	header[3] = (len - HEADER) & 255;
}

/*
 * Does the sender know the password? Nothing but FINGERPRINT may be behind
 * MESSAGE-INTEGRITY, since that covers nothing behind itself.
 */
bool check_is_of(const struct check *check, const char *password)
{
	static const unsigned char start[] = {
		STUN_ATTR_MSG_INTEGRITY >> 8, STUN_ATTR_MSG_INTEGRITY & 255,
		DIGEST >> 8, DIGEST & 255,
	};
	unsigned char header[HEADER], digest[DIGEST];
	const unsigned char *integrity;
	size_t end = HEADER + (check->bytes[2] << 8 | check->bytes[3]);

	if (attribute(check, STUN_ATTR_FINGERPRINT))
		end -= FINGERPRINT;
	if (!check->has_integrity || end < HEADER + INTEGRITY)
		return false;
	integrity = check->bytes + end - INTEGRITY;
	memcpy(header, check->bytes, HEADER);
	write_length(header, end);
	return !memcmp(integrity, start, sizeof(start)) &&
	       make_digest(password, header, check->bytes + HEADER,
			   end - INTEGRITY - HEADER, digest) &&
	       !CRYPTO_memcmp(integrity + sizeof(start), digest, DIGEST);
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

static int encode(struct mbuf *buffer, const struct check *check,
		  const struct sa *mapped, const unsigned char *digest,
		  bool fingerprint)
{
	mbuf_rewind(buffer);
	return stun_msg_encode(buffer, STUN_METHOD_BINDING,
			       STUN_CLASS_SUCCESS_RESP, check->transaction,
			       NULL, NULL, 0, fingerprint, padding, 2,
			       STUN_ATTR_XOR_MAPPED_ADDR, mapped,
			       STUN_ATTR_MSG_INTEGRITY, digest);
}

/*
 * Write a success response; returns its length, 0 if there is no memory for it. The
 * digest is about the response up to itself, with the length that it has then.
 */
size_t check_accept(const struct check *check, const union endpoint *from,
		    const char *password, unsigned char *answer)
{
	struct mbuf *buffer = mbuf_alloc(CHECK_ANSWER);
	unsigned char digest[DIGEST] = { 0 };
	struct sa mapped;
	int failed;

	if (!buffer)
		return 0;
	failed = sa_set_sa(&mapped, &from->any);
	if (!failed)
		failed = encode(buffer, check, &mapped, digest, false);
	if (!failed)
		failed = !make_digest(password, buffer->buf,
				      buffer->buf + HEADER,
				      buffer->end - INTEGRITY - HEADER, digest);
	if (!failed)
		failed = encode(buffer, check, &mapped, digest, true);
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
