// SPDX-License-Identifier: GPL-2.0
/* MIKEY for programs: messages become keys of a session, and come of them. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "channel.h"
#include "description.h"
#include "libksrtp.h"
#include "mikey.h"

/* From 1900, NTP's beginning, to that of the system's clock. */
#define NTP_EPOCH 2208988800U

#define RAND_LEN 16

static uint64_t now_ntp(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec + NTP_EPOCH) << 32 |
	       ((uint64_t)now.tv_nsec << 32) / 1000000000;
}

static int end(struct ksrtp_mikey *mikey, int error,
	       const struct complaint *complaint)
{
	if (error)
		complaint_tell(complaint, mikey->error, sizeof(mikey->error));
	return error;
}

/**
 * ksrtp_mikey_new() - begin to use MIKEY
 *
 * Return: what messages are read and made with, or NULL without memory
 */
struct ksrtp_mikey *ksrtp_mikey_new(void)
{
	struct ksrtp_mikey *mikey = calloc(1, sizeof(*mikey));

	if (mikey)
		mikey->clock.skew = MIKEY_SKEW;
	return mikey;
}

/**
 * ksrtp_mikey_free() - end it, and wipe its secrets
 * @mikey: what is to end, or NULL
 */
void ksrtp_mikey_free(struct ksrtp_mikey *mikey)
{
	if (mikey) {
		mikey_rsa_end(&mikey->rsa);
		explicit_bzero(mikey, sizeof(*mikey));
	}
	free(mikey);
}

/**
 * ksrtp_mikey_error() - why a function failed
 * @mikey: what it was given
 *
 * Return: one line, without keys
 */
const char *ksrtp_mikey_error(const struct ksrtp_mikey *mikey)
{
	return mikey ? mikey->error : strerror(ENOMEM);
}

/**
 * ksrtp_mikey_psk() - tell the pre-shared key
 * @mikey: takes it
 * @key: the key, as many bytes as both sides have agreed on
 * @len: how many, 0 to have none
 *
 * With it, a message that nothing authenticates is not taken.
 *
 * Return: 0, or a negative errno
 */
int ksrtp_mikey_psk(struct ksrtp_mikey *mikey, const void *key, size_t len)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	if (len > sizeof(mikey->psk))
		return end(mikey, wrong(&complaint,
					"pre-shared key: longer than %d bytes",
					MIKEY_PSK_MAX), &complaint);
	explicit_bzero(mikey->psk, sizeof(mikey->psk));
	if (len)
		memcpy(mikey->psk, key, len);
	mikey->psk_len = len;
	return 0;
}

/**
 * ksrtp_mikey_own() - tell who we are, for messages under RSA
 * @mikey: takes it
 * @key: our private key, in PEM
 * @cert: our certificate, in PEM; its common name is our name
 *
 * Return: 0, or -EINVAL
 */
int ksrtp_mikey_own(struct ksrtp_mikey *mikey, const char *key,
		    const char *cert)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	return end(mikey, mikey_rsa_own(&mikey->rsa, key, cert, &complaint),
		   &complaint);
}

/**
 * ksrtp_mikey_trust() - tell whose messages under RSA are taken
 * @mikey: takes it, beside those before
 * @certs: certificates in PEM, of CAs or of peers themselves
 *
 * Messages that are neither signed nor under a pre-shared key are not taken then.
 *
 * Return: 0, or a negative errno
 */
int ksrtp_mikey_trust(struct ksrtp_mikey *mikey, const char *certs)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	return end(mikey, mikey_rsa_trust(&mikey->rsa, certs, &complaint),
		   &complaint);
}

/**
 * ksrtp_mikey_peer() - tell whom messages are made for, under RSA
 * @mikey: takes it
 * @cert: the peer's certificate, in PEM
 *
 * Return: 0, or -EINVAL
 */
int ksrtp_mikey_peer(struct ksrtp_mikey *mikey, const char *cert)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	return end(mikey, mikey_rsa_peer(&mikey->rsa, cert, &complaint),
		   &complaint);
}

/**
 * ksrtp_mikey_set() - say how messages are taken
 * @mikey: takes it
 * @option: KSRTP_MIKEY_CLOCK, how far clocks may be apart in seconds, 0 where
 *	peers have none; KSRTP_MIKEY_RAW_TGK, 1 to take a TGK for a TEK
 * @value: its value
 *
 * Return: 0, or -EINVAL of what there is not
 */
int ksrtp_mikey_set(struct ksrtp_mikey *mikey, enum ksrtp_mikey_option option,
		    uint32_t value)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	if (option == KSRTP_MIKEY_CLOCK && value <= INT32_MAX)
		mikey->clock.skew = value;
	else if (option == KSRTP_MIKEY_RAW_TGK && value <= 1)
		mikey->raw_tgk = value;
	else
		return end(mikey, wrong(&complaint, "option %u: not %u", option,
					value), &complaint);
	return 0;
}

static int take(struct mikey **taken, const struct ksrtp_mikey *mikey,
		const char *text, struct complaint *c)
{
	struct bytes found;
	int ret = mikey_text_find(text, &found, c);

	*taken = NULL;
	return ret ? ret : mikey_take(taken, mikey, found, c);
}

static int read_direction(struct ksrtp_session *session, unsigned int direction,
			  struct ksrtp_mikey *mikey, struct mikey *taken,
			  unsigned int cs, struct complaint *c)
{
	struct value *values = session->directions[direction];
	bool received = direction == KSRTP_DIRECTION_RECV;
	const struct mikey_message *message = &taken->message;
	struct sdes *sdes = &session->sdes[direction];
	uint64_t now = time(NULL);
	int ret = 0;

	if (mikey_is_answer(message))
		return wrong(c, "%s: it has no keys",
			     mikey_type_name(message->type));
	if (!cs || cs > mikey_cs_count(message))
		return wrong(c, "no crypto session %u, of %u", cs,
			     mikey_cs_count(message));
	if (received)
		ret = mikey_clock_check(&mikey->clock, message, now, c);
	if (!ret)
		ret = mikey_cs_read(message, &taken->opened, cs, mikey->raw_tgk,
				    sdes, c);
	if (!ret)
		ret = description_sdes(session, direction, c);
	if (ret)
		return ret;
	if (message->n_cs && message->cs[cs - 1].roc &&
	    !values[KSRTP_A_DIRECTION_INITIAL_ROC].given)
		value_number(&values[KSRTP_A_DIRECTION_INITIAL_ROC],
			     message->cs[cs - 1].roc);
	if (received)
		mikey_clock_note(&mikey->clock, message, now);
	return 0;
}

/**
 * ksrtp_direction_mikey() - take keys and settings of a message
 * @session: the session
 * @direction: its direction; what is received has to be new
 * @mikey: our secrets, and messages that were taken before
 * @text: the message: base64, a line a=key-mgmt:mikey, or RTSP's KeyMgmt:
 * @cs: which crypto session of it, from 1 on
 *
 * RFC 3830, RFC 4567.
 *
 * Return: 0, or a negative errno, with ksrtp_session_error()
 */
int ksrtp_direction_mikey(struct ksrtp_session *session,
			  enum ksrtp_direction_id direction,
			  struct ksrtp_mikey *mikey, const char *text,
			  unsigned int cs)
{
	struct complaint complaint = { 0 };
	struct mikey *taken = NULL;
	int ret;

	ret = description_direction(session, direction, &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	complaint_enter(&complaint, "%s", direction == KSRTP_DIRECTION_SEND ?
			"send" : "recv");
	ret = mikey ? take(&taken, mikey, text, &complaint) : -ENOMEM;
	if (!ret)
		ret = read_direction(session, direction, mikey, taken, cs,
				     &complaint);
	mikey_free(taken);
	return description_end(session, ret, &complaint);
}

/* Suite, keys and settings that a direction was given, however they came. */
static int describe(struct sdes *sdes, const struct ksrtp_session *session,
		    unsigned int direction, struct complaint *c)
{
	const struct value *values = session->directions[direction];
	const struct value *key = &values[KSRTP_A_DIRECTION_MASTER_KEY];
	const struct value *salt = &values[KSRTP_A_DIRECTION_MASTER_SALT];
	const struct value *mki = &values[KSRTP_A_DIRECTION_MKI];
	const struct suite *suite =
		registry_suite(values[KSRTP_A_DIRECTION_SUITE].number);
	struct sdes_key *first = &sdes->media.key[0];

	if (session->broken)
		return wrong(c, "%s", session->error);
	sdes->media = *description_keys(session, direction);
	if (!suite)
		return wrong(c, "no suite that messages are made for");
	sdes->suite = *suite;
	if (!sdes->media.n) {
		if (key->len != suite->key_len || salt->len != suite->salt_len)
			return wrong(c, "no key of suite %s", suite->name);
		sdes->media.n = 1;
		first->key.key_len = key->len;
		first->key.salt_len = salt->len;
		memcpy(first->key.material, key->bytes, key->len);
		memcpy(first->key.material + key->len, salt->bytes, salt->len);
		first->mki_len = mki->len < KSRTP_MKI_MAX ? mki->len :
							    KSRTP_MKI_MAX;
		memcpy(first->mki, mki->bytes, first->mki_len);
	}
	sdes->key_derivation_rate =
		values[KSRTP_A_DIRECTION_KEY_DERIVATION_RATE].number;
	sdes->unencrypted_srtp =
		values[KSRTP_A_DIRECTION_UNENCRYPTED_SRTP].number;
	sdes->unencrypted_srtcp =
		values[KSRTP_A_DIRECTION_UNENCRYPTED_SRTCP].number;
	sdes->unauthenticated_srtp =
		values[KSRTP_A_DIRECTION_UNAUTHENTICATED_SRTP].number;
	if (values[KSRTP_A_DIRECTION_RCC_MODE].given)
		sdes->rcc_mode = values[KSRTP_A_DIRECTION_RCC_MODE].number -
				 KSRTP_RCC_OFF;
	sdes->rcc_rate = values[KSRTP_A_DIRECTION_RCC_RATE].number;
	return 0;
}

static int make(struct ksrtp_mikey *mikey, struct mikey_wish *wish,
		char *text, size_t size, struct complaint *c)
{
	unsigned char bytes[MIKEY_SIZE], random[RAND_LEN + 4];
	size_t len = 0;
	int ret;

	if (RAND_bytes(random, sizeof(random)) != 1)
		return complain(c, EIO, "no random bytes");
	wish->rand = (struct bytes) { random, RAND_LEN };
	wish->csb_id = bytes_number((struct bytes) { random + RAND_LEN, 4 });
	wish->ntp = now_ntp();
	ret = mikey_make(wish, mikey, bytes, &len, c);
	if (!ret && size <= 4 * ((len + 2) / 3))
		ret = complain(c, EMSGSIZE, "the message has %zu characters, and room is for %zu",
			       4 * ((len + 2) / 3), size ? size - 1 : 0);
	if (!ret)
		mikey_text_encode((struct bytes) { bytes, len }, text);
	explicit_bzero(bytes, sizeof(bytes));
	return ret;
}

/**
 * ksrtp_mikey_offer() - make a message that tells a direction's keys
 * @mikey: our secrets; without a pre-shared key, the message has them in the clear
 * @session: a description
 * @direction: of it, usually what is sent
 * @cs: SSRC and rollover counter of each crypto session
 * @n: how many of them, 1 to 255
 * @flags: KSRTP_MIKEY_SALT, the salt apart from the key; KSRTP_MIKEY_VERIFY, the
 *	peer is to answer; KSRTP_MIKEY_TAG_AS_KEY, the tag's length where GStreamer
 *	looks for it
 * @text: takes the message in base64, KSRTP_MIKEY_TEXT_MAX characters at most
 * @size: how much room there is
 *
 * RFC 3830 section 3.1.
 *
 * Return: 0; -EMSGSIZE without room; or a negative errno
 */
int ksrtp_mikey_offer(struct ksrtp_mikey *mikey,
		      const struct ksrtp_session *session,
		      enum ksrtp_direction_id direction,
		      const struct ksrtp_mikey_cs *cs, size_t n,
		      unsigned int flags, char *text, size_t size)
{
	struct complaint complaint = { .place = "mikey" };
	struct mikey_cs sessions[MIKEY_CS_MAX] = { 0 };
	struct sdes sdes = { 0 };
	struct mikey_wish wish = {
		.sdes = &sdes, .cs = sessions, .n_cs = n,
		.salt_apart = flags & KSRTP_MIKEY_SALT,
		.wants_answer = flags & KSRTP_MIKEY_VERIFY,
		.tag_as_key = flags & KSRTP_MIKEY_TAG_AS_KEY,
	};
	size_t i;
	int ret;

	if (!mikey)
		return -ENOMEM;
	ret = description_direction(session, direction, &complaint);
	if (!ret && flags & ~(KSRTP_MIKEY_SALT | KSRTP_MIKEY_VERIFY |
			      KSRTP_MIKEY_TAG_AS_KEY))
		ret = wrong(&complaint, "unknown flags");
	if (!ret && (!n || n > MIKEY_CS_MAX))
		ret = wrong(&complaint, "%zu crypto sessions are not 1 to %d",
			    n, MIKEY_CS_MAX);
	for (i = 0; !ret && i < n; i++) {
		sessions[i].ssrc = cs[i].ssrc;
		sessions[i].roc = cs[i].roc;
	}
	if (!ret)
		ret = describe(&sdes, session, direction, &complaint);
	if (!ret)
		ret = make(mikey, &wish, text, size, &complaint);
	explicit_bzero(&sdes, sizeof(sdes));
	return end(mikey, ret, &complaint);
}

/**
 * ksrtp_mikey_answer() - make the answer that a message wants
 * @mikey: our secrets
 * @offer: the message, as ksrtp_direction_mikey() takes it
 * @text: takes the answer in base64; empty, if none is wanted
 * @size: how much room there is
 *
 * RFC 3830 sections 3.1 and 5.2.
 *
 * Return: 0; -EMSGSIZE without room; or a negative errno
 */
int ksrtp_mikey_answer(struct ksrtp_mikey *mikey, const char *offer, char *text,
		       size_t size)
{
	struct complaint complaint = { 0 };
	struct mikey *taken = NULL;
	unsigned char bytes[MIKEY_SIZE];
	size_t len = 0;
	int ret;

	if (!mikey)
		return -ENOMEM;
	ret = take(&taken, mikey, offer, &complaint);
	if (!ret)
		ret = mikey_make_answer(taken, now_ntp(), mikey, bytes, &len,
					&complaint);
	if (!ret && size <= 4 * ((len + 2) / 3))
		ret = complain(&complaint, EMSGSIZE, "no room for the answer");
	if (!ret)
		mikey_text_encode((struct bytes) { bytes, len }, text);
	mikey_free(taken);
	return end(mikey, ret, &complaint);
}

/**
 * ksrtp_mikey_verify() - does an answer prove that the peer has the message?
 * @mikey: our secrets
 * @offer: the message, as ksrtp_direction_mikey() takes it
 * @answer: the answer, likewise
 *
 * RFC 3830 sections 3.1 and 5.2.
 *
 * Return: 0, or a negative errno
 */
int ksrtp_mikey_verify(struct ksrtp_mikey *mikey, const char *offer,
		       const char *answer)
{
	struct mikey *offered = NULL, *answered = NULL;
	struct complaint complaint = { 0 };
	int ret;

	if (!mikey)
		return -ENOMEM;
	ret = take(&offered, mikey, offer, &complaint);
	if (!ret)
		ret = take(&answered, mikey, answer, &complaint);
	if (!ret)
		ret = mikey_verify(answered, offered, mikey, &complaint);
	mikey_free(offered);
	mikey_free(answered);
	return end(mikey, ret, &complaint);
}

/**
 * ksrtp_mikey_header() - make the value of RTSP's header KeyMgmt:
 * @mikey: takes the error
 * @text: the message in base64
 * @uri: what it is for, or NULL
 * @header: takes the value
 * @size: how much room there is
 *
 * ksrtp_direction_mikey() takes such a value, too. RFC 4567 section 3.2.
 *
 * Return: 0; -EMSGSIZE without room; or -EINVAL
 */
int ksrtp_mikey_header(struct ksrtp_mikey *mikey, const char *text,
		       const char *uri, char *header, size_t size)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	return end(mikey, mikey_text_header(text, uri, header, size, &complaint),
		   &complaint);
}

/**
 * ksrtp_call_mikey() - read MIKEY in descriptions of calls
 * @handle: of calls from now on
 * @mikey: our secrets, which have to be there as long as the handle is, or until
 *	others are told; NULL for none
 *
 * Return: 0
 */
int ksrtp_call_mikey(struct ksrtp *handle, struct ksrtp_mikey *mikey)
{
	if (!handle)
		return -ENOMEM;
	handle->mikey = mikey;
	return 0;
}
