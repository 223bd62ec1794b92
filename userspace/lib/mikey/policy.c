// SPDX-License-Identifier: GPL-2.0
#include "policy.h"
#include "lib/complaint.h"

#define PROTOCOL_SRTP 0

/*
 * Parameters: RFC 3830 section 6.10.1, RFC 4771, RFC 7714 section 14.3. Their
 * values for SEED: RFC 5748.
 */
enum parameter {
	ENCR_ALG, ENCR_KEY_LEN, AUTH_ALG, AUTH_KEY_LEN, SALT_LEN, PRF, RATE,
	ENCR_SRTP, ENCR_SRTCP, FEC_ORDER, AUTH_SRTP, TAG_LEN, PREFIX_LEN,
	ROC_RATE, AEAD_TAG_LEN = 20, PARAMETERS,
};

enum {
	ENCR_NULL, ENCR_CM, ENCR_F8, ENCR_SEED_CTR, ENCR_SEED_CCM,
	ENCR_SEED_GCM, ENCR_GCM,
};

enum { AUTH_NULL, AUTH_SHA1, AUTH_RCC_1, AUTH_RCC_2, AUTH_RCC_3 };

enum { PRF_AES, PRF_SEED };

static const char *const names[PARAMETERS] = {
	[ENCR_ALG] = "encryption algorithm", [ENCR_KEY_LEN] = "key length",
	[AUTH_ALG] = "authentication algorithm",
	[AUTH_KEY_LEN] = "authentication key length",
	[SALT_LEN] = "salt length", [PRF] = "PRF",
	[RATE] = "key derivation rate", [ENCR_SRTP] = "SRTP encryption",
	[ENCR_SRTCP] = "SRTCP encryption", [FEC_ORDER] = "FEC order",
	[AUTH_SRTP] = "SRTP authentication", [TAG_LEN] = "tag length",
	[PREFIX_LEN] = "prefix length", [ROC_RATE] = "ROC transmission rate",
	[AEAD_TAG_LEN] = "AEAD tag length",
};

struct parameters {
	bool given[PARAMETERS];
	uint32_t value[PARAMETERS];
};

static uint32_t value_or(const struct parameters *p, enum parameter what,
			 uint32_t otherwise)
{
	return p->given[what] ? p->value[what] : otherwise;
}

static int read_parameter(struct parameters *p, struct reader *reader,
			  struct complaint *c)
{
	size_t offset = reader_offset(reader);
	struct bytes bytes;
	uint32_t type = 0;
	int ret = reader_number(reader, 1, &type, "parameter", c);

	if (!ret)
		ret = reader_counted(reader, 1, &bytes, "parameter", c);
	if (ret)
		return ret;
	if (type >= PARAMETERS || !names[type])
		return wrong(c, "parameter %u at byte %zu is unknown", type,
			     offset);
	if (p->given[type])
		return wrong(c, "%s at byte %zu is repeated", names[type],
			     offset);
	if (!bytes.len || bytes.len > 4)
		return wrong(c, "%s at byte %zu has %zu bytes", names[type],
			     offset, bytes.len);
	p->given[type] = true;
	p->value[type] = bytes_number(bytes);
	return 0;
}

static int must_be(const struct parameters *p, enum parameter what,
		   uint32_t value, struct complaint *c)
{
	if (!p->given[what] || p->value[what] == value)
		return 0;
	return wrong(c, "%s is %u; only %u is supported", names[what], p->value[what],
		     value);
}

static bool is_aead(uint32_t encr)
{
	return encr == ENCR_GCM || encr == ENCR_SEED_CCM ||
	       encr == ENCR_SEED_GCM;
}

static bool is_seed(uint32_t encr)
{
	return encr >= ENCR_SEED_CTR && encr <= ENCR_SEED_GCM;
}

/*
 * The tag of an AEAD has a parameter of its own since RFC 7714; peers that know
 * RFC 5748 alone send the other one, with SEED.
 *
 * Some peers send the tag length, 10 or 4, as authentication key length. The key
 * of HMAC-SHA1 has 20 bytes in any case.
 */
static uint32_t tag_len(const struct parameters *p, uint32_t encr)
{
	uint32_t key_len = value_or(p, AUTH_KEY_LEN, 20);

	switch (encr) {
	case ENCR_GCM:
		return value_or(p, AEAD_TAG_LEN, 16);
	case ENCR_SEED_CCM:
		return value_or(p, AEAD_TAG_LEN, value_or(p, TAG_LEN, 10));
	case ENCR_SEED_GCM:
		return value_or(p, AEAD_TAG_LEN, value_or(p, TAG_LEN, 12));
	default:
		return value_or(p, TAG_LEN, key_len == 20 ? 10 : key_len);
	}
}

struct row {
	uint32_t id;
	uint32_t encr, key_len, tag_len;
};

static const struct row rows[] = {
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80, ENCR_CM, 16, 10 },
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32, ENCR_CM, 16, 4 },
	{ KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80, ENCR_CM, 24, 10 },
	{ KSRTP_SUITE_AES_192_CM_HMAC_SHA1_32, ENCR_CM, 24, 4 },
	{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80, ENCR_CM, 32, 10 },
	{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_32, ENCR_CM, 32, 4 },
	{ KSRTP_SUITE_F8_128_HMAC_SHA1_80, ENCR_F8, 16, 10 },
	{ KSRTP_SUITE_NULL_HMAC_SHA1_80, ENCR_NULL, 16, 10 },
	{ KSRTP_SUITE_NULL_HMAC_SHA1_32, ENCR_NULL, 16, 4 },
	{ KSRTP_SUITE_AEAD_AES_128_GCM, ENCR_GCM, 16, 16 },
	{ KSRTP_SUITE_AEAD_AES_256_GCM, ENCR_GCM, 32, 16 },
	{ KSRTP_SUITE_SEED_CTR_128_HMAC_SHA1_80, ENCR_SEED_CTR, 16, 10 },
	{ KSRTP_SUITE_SEED_128_CCM_80, ENCR_SEED_CCM, 16, 10 },
	{ KSRTP_SUITE_SEED_128_GCM_96, ENCR_SEED_GCM, 16, 12 },
};

#define ROWS (sizeof(rows) / sizeof(*rows))

static int find_suite(const struct parameters *p, struct sdes *sdes,
		      struct complaint *c)
{
	uint32_t encr = value_or(p, ENCR_ALG, ENCR_CM);
	uint32_t key_len = value_or(p, ENCR_KEY_LEN, 16);
	uint32_t tag = tag_len(p, encr);
	size_t i;

	if (encr > ENCR_GCM)
		return wrong(c, "%s %u is unknown", names[ENCR_ALG], encr);
	/* NULL encryption still needs a master key; its length is free */
	if (encr == ENCR_NULL && !key_len)
		key_len = 16;
	for (i = 0; i < ROWS; i++)
		if (rows[i].encr == encr && rows[i].key_len == key_len &&
		    rows[i].tag_len == tag)
			break;
	if (i == ROWS)
		return wrong(c, "no suite with encryption algorithm %u, key length %u and tag length %u",
			     encr, key_len, tag);
	sdes->suite = *registry_suite(rows[i].id);
	return must_be(p, SALT_LEN, sdes->suite.salt_len, c);
}

static int take_auth(const struct parameters *p, struct sdes *sdes,
		     struct complaint *c)
{
	bool aead = is_aead(value_or(p, ENCR_ALG, ENCR_CM));
	uint32_t auth = value_or(p, AUTH_ALG, aead ? AUTH_NULL : AUTH_SHA1);

	if (auth > AUTH_RCC_3)
		return wrong(c, "%s %u is unknown", names[AUTH_ALG], auth);
	if (aead && auth > AUTH_SHA1)
		return wrong(c, "%s %u cannot be used with an AEAD", names[AUTH_ALG], auth);
	if (aead)
		return 0;
	if (auth == AUTH_NULL)
		return wrong(c, "%s is NULL; SRTCP must be authenticated",
			     names[AUTH_ALG]);
	if (auth >= AUTH_RCC_1) {
		sdes->rcc_mode = auth - AUTH_RCC_1 + 1;
		sdes->rcc_rate = value_or(p, ROC_RATE, 1);
		if (!sdes->rcc_rate || sdes->rcc_rate > UINT16_MAX)
			return wrong(c, "%s %u is not within 1..65535",
				     names[ROC_RATE], sdes->rcc_rate);
	}
	sdes->unauthenticated_srtp = !value_or(p, AUTH_SRTP, 1);
	return 0;
}

static int take_rest(const struct parameters *p, struct sdes *sdes,
		     struct complaint *c)
{
	bool seed = is_seed(value_or(p, ENCR_ALG, ENCR_CM));
	uint32_t rate = value_or(p, RATE, 0);
	int ret;

	if (rate & (rate - 1) || rate > KSRTP_KEY_DERIVATION_RATE_MAX)
		return wrong(c, "%s %u is not a power of two up to 2^24",
			     names[RATE], rate);
	sdes->key_derivation_rate = rate;
	if (sdes->suite.id != KSRTP_SUITE_NULL_HMAC_SHA1_80 &&
	    sdes->suite.id != KSRTP_SUITE_NULL_HMAC_SHA1_32) {
		sdes->unencrypted_srtp = !value_or(p, ENCR_SRTP, 1);
		sdes->unencrypted_srtcp = !value_or(p, ENCR_SRTCP, 1);
	}
	ret = must_be(p, PRF, seed ? PRF_SEED : PRF_AES, c);
	if (!ret)
		ret = must_be(p, FEC_ORDER, 0, c);
	if (!ret)
		ret = must_be(p, PREFIX_LEN, 0, c);
	return ret ? ret : sdes_check(sdes, c);
}

static int read_policy(const struct mikey_payload *payload, struct sdes *sdes,
		       struct complaint *c)
{
	struct parameters p = { 0 };
	struct reader reader;
	int ret = 0;

	if (payload) {
		if (payload->alg != PROTOCOL_SRTP)
			return wrong_by(c, MIKEY_ERROR_SP_TYPE,
					"protocol %u is not SRTP",
					payload->alg);
		reader = reader_of(payload->data, payload->data_offset);
		while (!ret && reader_left(&reader))
			ret = read_parameter(&p, &reader, c);
	}
	if (!ret)
		ret = find_suite(&p, sdes, c);
	if (!ret)
		ret = take_auth(&p, sdes, c);
	return ret ? ret : take_rest(&p, sdes, c);
}

static int find_policy(const struct mikey_message *message, unsigned int policy,
		       const struct mikey_payload **payload,
		       struct complaint *c)
{
	const struct mikey_payload *at;

	*payload = NULL;
	for (at = message->payload; at < &message->payload[message->n]; at++) {
		if (at->type != MIKEY_SP || at->number != policy)
			continue;
		if (*payload)
			return wrong(c, "SP at byte %zu: policy %u repeats the one at byte %zu",
				     at->offset, policy, (*payload)->offset);
		*payload = at;
	}
	/* a message without SP uses SRTP's defaults */
	if (!*payload && mikey_find(message, MIKEY_SP))
		return wrong(c, "no SP has policy %u", policy);
	return 0;
}

/* An error is one of parameters, unless it is known better. */
static int of_policy(int ret, struct complaint *c)
{
	if (ret && !c->code)
		c->code = MIKEY_ERROR_SP + 1;
	return ret;
}

/**
 * mikey_policy_read() - read suite and settings of a policy
 * @message: the message
 * @policy: number of the policy, from the map
 * @sdes: receives suite and settings
 * @complaint: receives the error, with payload and offset
 *
 * Absent parameters have SRTP's defaults, AES-CM with 128 bits and 80-bit tags.
 * RFC 3830 section 6.10.1.
 *
 * Return: 0, or -EINVAL
 */
int mikey_policy_read(const struct mikey_message *message, unsigned int policy,
		      struct sdes *sdes, struct complaint *complaint)
{
	const struct mikey_payload *payload;
	size_t here = complaint_enter(complaint, "%s", "");
	int ret = find_policy(message, policy, &payload, complaint);

	if (ret)
		return of_policy(ret, complaint);
	if (payload)
		complaint_enter(complaint, " SP at byte %zu", payload->offset);
	ret = read_policy(payload, sdes, complaint);
	if (!ret)
		complaint_leave(complaint, here);
	return of_policy(ret, complaint);
}

static void put(struct writer *writer, enum parameter what, uint32_t value)
{
	unsigned int width = value > 0xffff ? 3 : value > 0xff ? 2 : 1;

	writer_number(writer, 1, what);
	writer_number(writer, 1, width);
	writer_number(writer, width, value);
}

static void put_all(struct writer *writer, const struct row *row,
		    const struct sdes *sdes, bool tag_as_key)
{
	put(writer, ENCR_ALG, row->encr);
	put(writer, ENCR_KEY_LEN, row->key_len);
	if (is_aead(row->encr)) {
		put(writer, AUTH_ALG, AUTH_NULL);
		put(writer, AUTH_KEY_LEN, 0);
		if (row->encr == ENCR_GCM)
			put(writer, AEAD_TAG_LEN, row->tag_len);
	} else {
		put(writer, AUTH_ALG, sdes->rcc_mode ?
		    AUTH_RCC_1 + sdes->rcc_mode - 1 : AUTH_SHA1);
		put(writer, AUTH_KEY_LEN, tag_as_key ? row->tag_len : 20);
	}
	put(writer, SALT_LEN, sdes->suite.salt_len);
	put(writer, PRF, is_seed(row->encr) ? PRF_SEED : PRF_AES);
	if (sdes->key_derivation_rate)
		put(writer, RATE, sdes->key_derivation_rate);
	put(writer, ENCR_SRTP, row->encr && !sdes->unencrypted_srtp);
	put(writer, ENCR_SRTCP, row->encr && !sdes->unencrypted_srtcp);
	put(writer, AUTH_SRTP, !sdes->unauthenticated_srtp);
	if (row->encr != ENCR_GCM)
		put(writer, TAG_LEN, row->tag_len);
	if (sdes->rcc_mode)
		put(writer, ROC_RATE, sdes->rcc_rate ? sdes->rcc_rate : 1);
}

/**
 * mikey_policy_write() - append SP to a message
 * @draft: the message
 * @policy: number of the policy, as in the map
 * @sdes: suite and settings
 * @tag_as_key: send the tag length as authentication key length, for peers that
 *	read it there
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if MIKEY cannot express the suite
 */
int mikey_policy_write(struct mikey_draft *draft, unsigned int policy,
		       const struct sdes *sdes, bool tag_as_key,
		       struct complaint *complaint)
{
	unsigned char parameters[64];
	struct writer writer = {
		.begin = parameters, .size = sizeof(parameters),
	};
	size_t i;

	for (i = 0; i < ROWS && rows[i].id != sdes->suite.id; i++)
		;
	if (i == ROWS)
		return wrong(complaint, "MIKEY cannot express suite %s",
			     sdes->suite.name);
	put_all(&writer, &rows[i], sdes, tag_as_key);
	mikey_draft_payload(draft, MIKEY_SP);
	writer_number(&draft->writer, 1, policy);
	writer_number(&draft->writer, 1, PROTOCOL_SRTP);
	writer_counted(&draft->writer, 2, (struct bytes) {
			       parameters, writer.len,
		       });
	return 0;
}
