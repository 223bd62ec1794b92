// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: packets through the whole packet path, and libsrtp beside it.
 *
 * Input: what suite, which options, how many changes; changes of three bytes
 * (where, and what to XOR, or a new length); the plain packet. It is protected
 * by both and has to be the same. Changed on its way it goes to both receivers:
 * what libsrtp refuses we refuse, what it accepts we accept, byte for byte.
 */
#include "kernel.h"

#include <stdio.h>
#include <srtp2/srtp.h>

#include "keyset.h"
#include "packet.h"
#include "quota.h"
#include "stream.h"
#include "net.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: %s\n", __FILE__,	\
				__LINE__, #condition);			\
			abort();					\
		}							\
	} while (0)

#define PACKET_MAX	2048
#define ROOM		256
#define MKI_LEN		4

/* options, bits of the second byte */
#define OPTION_RTCP		BIT(0)
#define OPTION_CLEAR		BIT(1)
#define OPTION_UNAUTHENTICATED	BIT(2)
#define OPTION_MKI		BIT(3)
#define OPTION_EXTENSIONS	BIT(4)
#define OPTION_CRYPTEX		BIT(5)
#define OPTION_RCC		BIT(6)
#define OPTION_TWO_KEYS		BIT(7)

static const struct {
	enum ksrtp_suite_id id;
	void (*rtp)(srtp_crypto_policy_t *policy);
	void (*rtcp)(srtp_crypto_policy_t *policy);
} suites[] = {
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80,
	  srtp_crypto_policy_set_rtp_default,
	  srtp_crypto_policy_set_rtp_default },
	{ KSRTP_SUITE_AES_CM_128_HMAC_SHA1_32,
	  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtp_default },
	{ KSRTP_SUITE_AES_256_CM_HMAC_SHA1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 },
	{ KSRTP_SUITE_NULL_HMAC_SHA1_80,
	  srtp_crypto_policy_set_null_cipher_hmac_sha1_80,
	  srtp_crypto_policy_set_null_cipher_hmac_sha1_80 },
	{ KSRTP_SUITE_AEAD_AES_128_GCM,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth },
	{ KSRTP_SUITE_AEAD_AES_256_GCM,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth },
	/* those that libsrtp does not have come last */
	{ KSRTP_SUITE_AES_192_CM_HMAC_SHA1_80 },
	{ KSRTP_SUITE_F8_128_HMAC_SHA1_80 },
	{ KSRTP_SUITE_DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM },
};

/* Both implementations with one suite and one set of options. */
struct pair {
	struct ksrtp_session session;
	struct ksrtp_keyset *keyset[2];
	srtp_t out, in;
	bool judged;
};

static struct ksrtp_quota quota;
static struct ksrtp_net kn = { .quota = &quota };
static struct pair *pairs[ARRAY_SIZE(suites)][256];
static u8 material[2][128], mki[2][MKI_LEN] = { "abcd", "abce" };
static int extensions[] = { 1, 3, 9 };

/* Options that make no sense together are left out, as netlink refuses them. */
static unsigned int sensible(const struct ksrtp_suite *suite,
			     unsigned int options)
{
	if (!suite->cipher)
		options &= ~(OPTION_UNAUTHENTICATED | OPTION_EXTENSIONS |
			     OPTION_CRYPTEX);
	if (ksrtp_suite_is_aead(suite))
		options &= ~(OPTION_CLEAR | OPTION_UNAUTHENTICATED |
			     OPTION_RCC);
	if (ksrtp_suite_is_double(suite))
		options &= ~OPTION_CRYPTEX;
	if (suite->rtp_tag_len <= KSRTP_ROC_LEN)
		options &= ~OPTION_RCC;
	/* without a tag the first key that is tried fits */
	if (options & OPTION_UNAUTHENTICATED)
		options &= ~(OPTION_CLEAR | OPTION_RCC | OPTION_TWO_KEYS);
	if (options & OPTION_CRYPTEX)
		options &= ~(OPTION_CLEAR | OPTION_EXTENSIONS);
	return options;
}

static void make_keyset(struct pair *pair, const struct ksrtp_suite *suite,
			unsigned int options, int direction)
{
	struct ksrtp_master_config config = { .to = KSRTP_RTP_INDEX_MAX };
	struct ksrtp_master *masters[2];
	struct ksrtp_policy policy;
	unsigned int i, n = options & OPTION_TWO_KEYS ? 2 : 1;

	ksrtp_policy_init(&policy);
	policy.suite = suite;
	policy.unencrypted_srtp = options & OPTION_CLEAR;
	policy.unencrypted_srtcp = options & OPTION_CLEAR;
	policy.unauthenticated_srtp = options & OPTION_UNAUTHENTICATED;
	if (options & OPTION_CRYPTEX)
		policy.cryptex = KSRTP_CRYPTEX_ON;
	if (options & OPTION_RCC) {
		policy.rcc_mode = KSRTP_RCC_M2;
		policy.rcc_rate = 3;
	}
	if (options & OPTION_EXTENSIONS) {
		policy.has_extensions = true;
		for (i = 0; i < ARRAY_SIZE(extensions); i++)
			__set_bit(extensions[i], policy.extensions);
	}
	if (ksrtp_suite_is_double(suite))
		__set_bit(100, policy.repair_types);
	/* the newest key is the one to send with, and the first to be tried */
	for (i = 0; i < n; i++) {
		config.key = material[i + 1 == n ? 0 : 1];
		config.salt = config.key + suite->parts * suite->key_len;
		if (options & OPTION_MKI) {
			config.mki = mki[i + 1 == n ? 0 : 1];
			config.mki_len = MKI_LEN;
		}
		masters[i] = ksrtp_master_create(&policy, &config, i & 1,
						 &quota);
		CHECK(!IS_ERR(masters[i]));
		/* nothing waits here */
		ksrtp_master_complete(masters[i]);
		CHECK(masters[i]->keys[true]);
	}
	/* what is received is of the older one, so both are tried */
	if (direction && n == 2 && !(options & OPTION_MKI)) {
		struct ksrtp_master *newest = masters[1];

		masters[1] = masters[0];
		masters[0] = newest;
	}
	pair->keyset[direction] =
		ksrtp_keyset_create(&policy, masters, n, masters[n - 1],
				    NULL);
	pair->session.direction[direction].policy = policy;
	pair->session.direction[direction].window = 128;
}

static void make_judge(struct pair *pair, unsigned int number,
		       unsigned int options)
{
	srtp_master_key_t key = { material[0], mki[0], MKI_LEN };
	srtp_master_key_t *keys[] = { &key };
	srtp_policy_t policy = { .window_size = 128 };

	/* of a second key, the rest of the options, it knows nothing */
	pair->judged = suites[number].rtp &&
		       !(options & (OPTION_CRYPTEX | OPTION_RCC));
	if (!pair->judged)
		return;
	suites[number].rtp(&policy.rtp);
	suites[number].rtcp(&policy.rtcp);
	if (options & OPTION_CLEAR) {
		policy.rtp.sec_serv = sec_serv_auth;
		policy.rtcp.sec_serv = sec_serv_auth;
	}
	if (options & OPTION_UNAUTHENTICATED) {
		policy.rtp.sec_serv = sec_serv_conf;
		policy.rtp.auth_type = 0;
		policy.rtp.auth_key_len = 0;
		policy.rtp.auth_tag_len = 0;
	}
	if (options & OPTION_EXTENSIONS) {
		policy.enc_xtn_hdr = extensions;
		policy.enc_xtn_hdr_count = ARRAY_SIZE(extensions);
	}
	if (options & OPTION_MKI) {
		policy.keys = keys;
		policy.num_master_keys = 1;
	} else {
		policy.key = material[0];
	}
	policy.ssrc.type = ssrc_any_outbound;
	CHECK(!srtp_create(&pair->out, &policy));
	policy.ssrc.type = ssrc_any_inbound;
	CHECK(!srtp_create(&pair->in, &policy));
}

static struct pair *get_pair(unsigned int number, unsigned int options)
{
	const struct ksrtp_suite *suite = ksrtp_suite_get(suites[number].id);
	struct pair *pair;

	options = sensible(suite, options) & ~OPTION_RTCP;
	if (pairs[number][options])
		return pairs[number][options];
	pair = calloc(1, sizeof(*pair));
	pair->session.kn = &kn;
	pair->session.id = 1;
	pair->session.max_streams = 64;
	INIT_LIST_HEAD(&pair->session.streams);
	make_keyset(pair, suite, options, 0);
	make_keyset(pair, suite, options, 1);
	make_judge(pair, number, options);
	pairs[number][options] = pair;
	return pair;
}

/* Protect or unprotect in place; memory ends where it may end. */
static int ours(struct pair *pair, bool rtcp, enum ksrtp_direction_id id,
		u8 *data, unsigned int *len)
{
	struct nf_hook_state state = {};
	struct ksrtp_udp udp = { .family = AF_INET };
	struct sk_buff skb = { .data = data };

	return id == KSRTP_DIRECTION_SEND ?
	       ksrtp_send_protect(&skb, &state, &pair->session,
				  pair->keyset[id - 1], &udp, rtcp, data, len) :
	       ksrtp_receive_unprotect(&skb, &state, &pair->session,
				       pair->keyset[id - 1], &udp, rtcp, data,
				       len);
}

static int theirs(struct pair *pair, unsigned int options, bool protect,
		  u8 *data, unsigned int *len)
{
	srtp_t srtp = protect ? pair->out : pair->in;
	bool rtcp = options & OPTION_RTCP;
	bool use_mki = options & OPTION_MKI;
	u32 ssrc = rtcp ? ksrtp_rtcp_ssrc(data) : ksrtp_rtp_ssrc(data);
	int n = *len, err;

	if (rtcp)
		err = protect ?
		      srtp_protect_rtcp_mki(srtp, data, &n, use_mki, 0) :
		      srtp_unprotect_rtcp_mki(srtp, data, &n, use_mki);
	else
		err = protect ? srtp_protect_mki(srtp, data, &n, use_mki, 0) :
				srtp_unprotect_mki(srtp, data, &n, use_mki);
	*len = n;
	/* of no packet before the next one is anything to be known */
	srtp_remove_stream(srtp, htonl(ssrc));
	return err;
}

/*
 * Behind padding in an extension libsrtp goes on with the keystream where it
 * was, not where RFC 6904 section 3.1 has it; and an element of id 0 that has a
 * length does not end the extension for it (RFC 8285 section 4.2). No judge.
 */
static bool misled(const u8 *data, unsigned int len)
{
	unsigned int at, end = ksrtp_rtp_header_len(data, len);

	if (!(data[0] & KSRTP_RTP_X_BIT))
		return false;
	at = ksrtp_rtp_csrcs_end(data) + KSRTP_EXTENSION_HEADER_LEN;
	while (end > at && !data[end - 1])
		end--;
	for (; at < end; at++)
		if (data[at] < 0x10)
			return true;
	return false;
}

/*
 * In SRTCP libsrtp looks for the identifier where SRTP's tag would have left
 * it, and goes astray where tags differ.
 */
static bool lost(const struct pair *pair, unsigned int options)
{
	const struct ksrtp_policy *policy = &pair->keyset[0]->policy;

	return options & OPTION_RTCP && options & OPTION_MKI &&
	       (policy->unauthenticated_srtp ||
		policy->suite->rtp_tag_len != policy->suite->rtcp_tag_len);
}

/*
 * SRTP without a tag is refused with a second byte that RTCP would have, if it is
 * RTP or not, though it may be sent: others may accept it.
 */
static bool taken_for_rtcp(unsigned int options, const u8 *data)
{
	return options & OPTION_UNAUTHENTICATED && !(options & OPTION_RTCP) &&
	       ksrtp_rtcp_type(data[1]);
}

/* A received packet goes to both; they have to be of one mind. */
static void receive(struct pair *pair, unsigned int options, const u8 *wire,
		    unsigned int len, const u8 *plain, unsigned int plain_len)
{
	enum ksrtp_flow_kind kind = options & OPTION_RTCP ? KSRTP_FLOW_RTCP :
							    KSRTP_FLOW_RTP;
	static u8 there[PACKET_MAX + ROOM];
	unsigned int n = len, n_there = len;
	u8 *here;
	int err, err_there;

	if (ksrtp_wire_classify(wire, len, kind) != KSRTP_WIRE_RTP &&
	    ksrtp_wire_classify(wire, len, kind) != KSRTP_WIRE_RTCP)
		return;
	here = malloc(len ?: 1);
	memcpy(here, wire, len);
	err = ours(pair, options & OPTION_RTCP, KSRTP_DIRECTION_RECV, here, &n);
	if (plain && taken_for_rtcp(options, wire)) {
		CHECK(err == KSRTP_A_STATS_DROP_BAD_RTP);
	} else if (plain) {
		CHECK(!err);
		CHECK(n == plain_len && !memcmp(here, plain, n));
	}
	if (pair->judged && !lost(pair, options) &&
	    (plain || !(options & OPTION_EXTENSIONS))) {
		memset(there, 0, sizeof(there));
		memcpy(there, wire, len);
		err_there = theirs(pair, options, false, there, &n_there);
		if (!err) {
			CHECK(!err_there);
			CHECK(n == n_there && !memcmp(here, there, n));
		}
		/* it does not look at what it has decrypted, nor at reserved bits */
		if (!err_there)
			CHECK(!err || err == KSRTP_A_STATS_DROP_BAD_RTCP ||
			      (err == KSRTP_A_STATS_DROP_BAD_RTP &&
			       taken_for_rtcp(options, wire)));
	}
	free(here);
}

static unsigned int change(u8 *wire, unsigned int len, const u8 *changes,
			   unsigned int n)
{
	unsigned int at;

	for (; n--; changes += 3) {
		at = get_unaligned_be16(changes);
		if (at & 0x8000)
			len = min(at & 0x7ff, len);
		else if (len)
			wire[at % len] ^= changes[2];
	}
	return len;
}

static void packet(struct pair *pair, unsigned int options, const u8 *changes,
		   unsigned int n_changes, const u8 *plain, unsigned int len)
{
	bool rtcp = options & OPTION_RTCP;
	static u8 wire[PACKET_MAX + ROOM];
	unsigned int n = len, growth;
	u8 *here;
	int err, err_there;

	growth = ksrtp_send_growth(pair->keyset[0], rtcp, plain, len);
	here = malloc(len + growth ?: 1);
	memcpy(here, plain, len);
	err = ours(pair, rtcp, KSRTP_DIRECTION_SEND, here, &n);
	if (err) {
		free(here);
		receive(pair, options, plain, len, NULL, 0);
		return;
	}
	CHECK(n <= len + growth);
	if (options & OPTION_EXTENSIONS && !rtcp && misled(plain, len)) {
		free(here);
		return;
	}
	if (pair->judged) {
		unsigned int n_there = len;

		memset(wire, 0, sizeof(wire));
		memcpy(wire, plain, len);
		err_there = theirs(pair, options, true, wire, &n_there);
		/* it takes no extension but RFC 8285's if it is to encrypt any */
		CHECK(!err_there || options & OPTION_EXTENSIONS);
		if (!err_there)
			CHECK(n == n_there && !memcmp(here, wire, n));
		if (err_there) {
			free(here);
			return;
		}
	}
	memcpy(wire, here, n);
	free(here);
	if (n_changes) {
		n = change(wire, n, changes, n_changes);
		receive(pair, options, wire, n, NULL, 0);
	} else if (!(pair->keyset[0]->policy.cryptex == KSRTP_CRYPTEX_ON)) {
		receive(pair, options, wire, n, plain, len);
	} else {
		/* an extension that was added to carry CSRCs stays */
		receive(pair, options, wire, n, NULL, 0);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	unsigned int i;

	for (i = 0; i < sizeof(material[0]); i++) {
		material[0][i] = i * 7 + 1;
		material[1][i] = i * 11 + 5;
	}
	srtp_init();
	ksrtp_keys_init();
	ksrtp_master_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	unsigned int number, options, n;
	struct pair *pair;

	if (len < 3)
		return 0;
	number = data[0] % ARRAY_SIZE(suites);
	options = data[1];
	n = data[2] % 8;
	data += 3;
	len -= 3;
	if (len < 3 * n || len - 3 * n > PACKET_MAX)
		return 0;
	options = sensible(ksrtp_suite_get(suites[number].id), options);
	pair = get_pair(number, options);
	packet(pair, options, data, n, data + 3 * n, len - 3 * n);
	ksrtp_stream_delete_all(&pair->session);
	pair->session.dead = false;
	return 0;
}
