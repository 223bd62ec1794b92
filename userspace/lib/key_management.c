// SPDX-License-Identifier: GPL-2.0
/* The interface to MIKEY for programs. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "channel.h"
#include "description.h"
#include "libksrtp.h"
#include "lib/mikey/mikey.h"

#define RAND_LEN 16

static uint64_t now_ntp(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ((uint64_t)now.tv_sec + MIKEY_NTP_EPOCH) << 32 |
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
 * ksrtp_mikey_new() - create an object for MIKEY messages
 *
 * It holds secrets and the replay cache.
 *
 * Return: the object, or NULL without memory
 */
struct ksrtp_mikey *ksrtp_mikey_new(void)
{
	struct ksrtp_mikey *mikey = calloc(1, sizeof(*mikey));

	if (mikey)
		mikey->clock.skew = MIKEY_SKEW;
	return mikey;
}

/**
 * ksrtp_mikey_free() - free the object and wipe its secrets
 * @mikey: the object, or NULL
 */
void ksrtp_mikey_free(struct ksrtp_mikey *mikey)
{
	if (mikey) {
		mikey_rsa_drop(&mikey->rsa);
		explicit_bzero(mikey, sizeof(*mikey));
	}
	free(mikey);
}

/**
 * ksrtp_mikey_error() - error of the last function that failed
 * @mikey: the object
 *
 * Return: one line, without keys
 */
const char *ksrtp_mikey_error(const struct ksrtp_mikey *mikey)
{
	return mikey ? mikey->error : strerror(ENOMEM);
}

/**
 * ksrtp_mikey_psk() - set the pre-shared key
 * @mikey: the object
 * @key: the key
 * @len: its length in bytes, 0 for no key
 *
 * With a key, messages without MAC are refused.
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
 * ksrtp_mikey_own() - set the local key and certificate, for RSA
 * @mikey: the object; unchanged on an error
 * @key: private key in PEM
 * @cert: certificate in PEM; its common name is the ID in messages
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
 * ksrtp_mikey_trust() - add trusted certificates, for RSA
 * @mikey: the object; unchanged on an error
 * @certs: certificates in PEM, of CAs or peers
 *
 * From then on, messages need a signature or the pre-shared key.
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
 * ksrtp_mikey_peer() - set the recipient of messages, for RSA
 * @mikey: the object; unchanged on an error
 * @cert: the recipient's certificate in PEM
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

/* The number that MIKEY has for an Oakley group. */
static int group_of(uint32_t oakley)
{
	return oakley == 5 ? MIKEY_OAKLEY_5 : oakley == 2 ? MIKEY_OAKLEY_2 :
	       oakley == 1 ? MIKEY_OAKLEY_1 : -1;
}

static bool is_id(const char *id)
{
	return !id || (*id && strlen(id) < MIKEY_ID_MAX);
}

/**
 * ksrtp_mikey_ids() - set identities for Diffie-Hellman with a pre-shared key
 * @mikey: the object; unchanged on an error
 * @own: the local identity, a URI or NAI of up to 255 characters; NULL for none.
 *	Offers for another are not answered
 * @peer: the peer's identity; NULL for none. Offers need it
 *
 * RFC 4650 section 3.
 *
 * Return: 0, or -EINVAL
 */
int ksrtp_mikey_ids(struct ksrtp_mikey *mikey, const char *own,
		    const char *peer)
{
	struct complaint complaint = { 0 };

	if (!mikey)
		return -ENOMEM;
	if (!is_id(own) || !is_id(peer))
		return end(mikey, wrong(&complaint, "ID: not within 1..%d characters",
					MIKEY_ID_MAX - 1), &complaint);
	strcpy(mikey->own_id, own ? own : "");
	strcpy(mikey->peer_id, peer ? peer : "");
	return 0;
}

/**
 * ksrtp_mikey_set() - set an option
 * @mikey: the object
 * @option: KSRTP_MIKEY_CLOCK, how far clocks may differ in seconds, 0 if peers
 *	have no clock; KSRTP_MIKEY_RAW_TGK, 1 to use a TGK as TEK;
 *	KSRTP_MIKEY_GROUP, the Oakley group of Diffie-Hellman, 5, 2 or 1
 * @value: its value
 *
 * Return: 0, or -EINVAL for an unknown option or value
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
	else if (option == KSRTP_MIKEY_GROUP && group_of(value) >= 0)
		mikey->group = group_of(value);
	else
		return end(mikey, wrong(&complaint, "option %u: value %u is invalid", option,
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

/*
 * Keys and settings of a message. @fresh is the message that must be new, or NULL.
 */
static int read_direction(struct ksrtp_session *session, unsigned int direction,
			  struct ksrtp_mikey *mikey, const struct mikey *taken,
			  const struct mikey *fresh, unsigned int cs,
			  struct complaint *c)
{
	struct value *values = session->directions[direction];
	const struct mikey_message *message = &taken->message;
	struct sdes *sdes = &session->sdes[direction];
	uint64_t now = time(NULL);
	int ret = 0;

	if (!cs || cs > mikey_cs_count(message))
		return wrong(c, "crypto session %u does not exist; the message has %u", cs,
			     mikey_cs_count(message));
	if (fresh)
		ret = mikey_clock_check(&mikey->clock, &fresh->message, now, c);
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
	if (fresh)
		mikey_clock_note(&mikey->clock, &fresh->message, now);
	return 0;
}

/* Begin to describe a direction; errors will name it. */
static int enter_direction(struct ksrtp_session *session, unsigned int direction,
			   struct complaint *c)
{
	int ret = description_direction(session, direction, c);

	if (!ret)
		complaint_enter(c, "%s", direction == KSRTP_DIRECTION_SEND ?
				"send" : "recv");
	return ret;
}

/**
 * ksrtp_direction_mikey() - set keys and settings from a message
 * @session: the session
 * @direction: its direction; a message for receiving must be fresh
 * @mikey: secrets and replay cache
 * @text: the message: base64, a line a=key-mgmt:mikey, or RTSP's KeyMgmt:
 * @cs: crypto session of the message, from 1
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

	ret = enter_direction(session, direction, &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	ret = mikey ? take(&taken, mikey, text, &complaint) : -ENOMEM;
	if (!ret && mikey_is_answer(&taken->message))
		ret = wrong(&complaint, "%s has no keys",
			    mikey_type_name(taken->message.type));
	else if (!ret && mikey_is_exchange(&taken->message))
		ret = wrong(&complaint, "%s has no keys without its answer",
			    mikey_type_name(taken->message.type));
	if (!ret)
		ret = read_direction(session, direction, mikey, taken,
				     direction == KSRTP_DIRECTION_RECV ?
				     taken : NULL, cs, &complaint);
	mikey_free(taken);
	return description_end(session, ret, &complaint);
}

/**
 * ksrtp_direction_exchange() - set keys and settings from an offer and its answer
 * @session: the session
 * @direction: its direction; if it is receiving, a peer's offer must be fresh
 * @mikey: secrets, of this side's message too, and replay cache
 * @offer: the offer, as for ksrtp_direction_mikey()
 * @answer: its answer
 * @cs: crypto session, from 1
 *
 * For Diffie-Hellman and RSA-R, whose offers have no keys, and for others with a
 * verification. RFC 3830 section 3.3, RFC 4650, RFC 4738.
 *
 * Return: 0, or a negative errno, with ksrtp_session_error()
 */
int ksrtp_direction_exchange(struct ksrtp_session *session,
			     enum ksrtp_direction_id direction,
			     struct ksrtp_mikey *mikey, const char *offer,
			     const char *answer, unsigned int cs)
{
	struct complaint complaint = { 0 };
	struct mikey *offered = NULL, *answered = NULL;
	bool fresh = direction == KSRTP_DIRECTION_RECV;
	int ret;

	ret = enter_direction(session, direction, &complaint);
	if (ret)
		return description_end(session, ret, &complaint);
	ret = mikey ? take(&offered, mikey, offer, &complaint) : -ENOMEM;
	if (!ret)
		ret = take(&answered, mikey, answer, &complaint);
	if (!ret)
		ret = mikey_verify(answered, offered, mikey, &complaint);
	if (!ret)
		ret = read_direction(session, direction, mikey,
				     mikey_keyed(answered, offered),
				     fresh && !mikey_is_own(offered, mikey) ?
				     offered : NULL, cs, &complaint);
	mikey_free(offered);
	mikey_free(answered);
	return description_end(session, ret, &complaint);
}

/* Suite, keys and settings of a direction, whatever their source. */
static int describe(struct sdes *sdes, const struct ksrtp_session *session,
		    unsigned int direction, bool keys, struct complaint *c)
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
	if (keys && !sdes->media.n) {
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

static int encode(struct bytes bytes, char *text, size_t size,
		  struct complaint *c)
{
	size_t len = 4 * ((bytes.len + 2) / 3);

	if (size <= len)
		return complain(c, EMSGSIZE, "message has %zu characters; the buffer holds %zu",
				len, size ? size - 1 : 0);
	mikey_text_encode(bytes, text);
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
	wish->group = mikey->group;
	ret = mikey_make(wish, mikey, bytes, &len, c);
	if (!ret)
		ret = encode((struct bytes) { bytes, len }, text, size, c);
	explicit_bzero(bytes, sizeof(bytes));
	return ret;
}

/**
 * ksrtp_mikey_offer() - make a message with the keys of a direction
 * @mikey: secrets; without any, the message has the keys in the clear
 * @session: a description
 * @direction: its direction, usually sending
 * @cs: SSRC and rollover counter of each crypto session
 * @n: number of crypto sessions, 1 to 255
 * @flags: KSRTP_MIKEY_SALT for a separate salt; KSRTP_MIKEY_VERIFY to request a
 *	verification; KSRTP_MIKEY_TAG_AS_KEY for the tag length as GStreamer
 *	reads it; KSRTP_MIKEY_DH for Diffie-Hellman, or KSRTP_MIKEY_RSA_R for
 *	keys of the peer, both with the suite of @session and not its key
 * @text: receives the message in base64, KSRTP_MIKEY_TEXT_MAX characters at most
 * @size: size of @text
 *
 * RFC 3830 sections 3.1 to 3.3, RFC 4650, RFC 4738.
 *
 * Return: 0, -EMSGSIZE if @text is too short, or a negative errno
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
		.mode = flags & KSRTP_MIKEY_DH ? MIKEY_MODE_DH :
			flags & KSRTP_MIKEY_RSA_R ? MIKEY_MODE_RSA_R :
						    MIKEY_MODE_KEYS,
	};
	size_t i;
	int ret;

	if (!mikey)
		return -ENOMEM;
	ret = description_direction(session, direction, &complaint);
	if (!ret && flags & ~(KSRTP_MIKEY_SALT | KSRTP_MIKEY_VERIFY |
			      KSRTP_MIKEY_TAG_AS_KEY | KSRTP_MIKEY_DH |
			      KSRTP_MIKEY_RSA_R))
		ret = wrong(&complaint, "flags are unknown");
	if (!ret && flags & KSRTP_MIKEY_DH && flags & KSRTP_MIKEY_RSA_R)
		ret = wrong(&complaint, "either Diffie-Hellman or RSA-R");
	if (!ret && (!n || n > MIKEY_CS_MAX))
		ret = wrong(&complaint, "%zu crypto sessions are not within 1..%d",
			    n, MIKEY_CS_MAX);
	for (i = 0; !ret && i < n; i++) {
		sessions[i].ssrc = cs[i].ssrc;
		sessions[i].roc = cs[i].roc;
	}
	if (!ret)
		ret = describe(&sdes, session, direction,
			       wish.mode == MIKEY_MODE_KEYS, &complaint);
	if (!ret)
		ret = make(mikey, &wish, text, size, &complaint);
	explicit_bzero(&sdes, sizeof(sdes));
	return end(mikey, ret, &complaint);
}

/**
 * ksrtp_mikey_answer() - make the answer to a message
 * @mikey: secrets; stores those of the answer
 * @offer: the message, as for ksrtp_direction_mikey()
 * @text: receives the answer in base64; empty if none is requested
 * @size: size of @text
 *
 * A verification, or the answer of Diffie-Hellman or RSA-R, with which
 * ksrtp_direction_exchange() sets the keys. RFC 3830 sections 3.1, 3.3 and 5.2,
 * RFC 4650, RFC 4738.
 *
 * Return: 0, -EMSGSIZE if @text is too short, or a negative errno
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
		ret = mikey_make_answer(taken, mikey, bytes, &len, &complaint);
	if (!ret)
		ret = encode((struct bytes) { bytes, len }, text, size,
			     &complaint);
	mikey_free(taken);
	return end(mikey, ret, &complaint);
}

/**
 * ksrtp_mikey_refuse() - make the error message about a message that is refused
 * @mikey: secrets and replay cache; receives the reason
 * @offer: the message, as for ksrtp_direction_mikey()
 * @text: receives the error message in base64; empty if the message is not refused,
 *	or if its sender is not to be told, as of an answer
 * @size: size of @text
 *
 * The message is checked as if it were used: its time, and the policy and keys of
 * each crypto session. Where the key is known, the error message is authenticated,
 * unless it says that authentication has failed. RFC 3830 section 5.1.1.
 *
 * Return: 0 if the message is not refused; -EMSGSIZE if @text is too short, or
 * another negative errno, with the reason in ksrtp_mikey_error()
 */
int ksrtp_mikey_refuse(struct ksrtp_mikey *mikey, const char *offer, char *text,
		       size_t size)
{
	struct complaint complaint = { 0 }, unheard = { 0 };
	unsigned char bytes[MIKEY_SIZE];
	struct bytes found;
	size_t len = 0;
	int ret;

	if (!mikey)
		return -ENOMEM;
	if (size)
		*text = '\0';
	ret = mikey_text_find(offer, &found, &complaint);
	if (!ret)
		ret = mikey_make_error(found, now_ntp(), mikey, bytes, &len,
				       &complaint);
	if (len && encode((struct bytes) { bytes, len }, text, size, &unheard))
		ret = -EMSGSIZE;
	return end(mikey, ret, ret == -EMSGSIZE ? &unheard : &complaint);
}

/**
 * ksrtp_mikey_verify() - verify the answer to a message
 * @mikey: secrets
 * @offer: the message, as for ksrtp_direction_mikey()
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
 * @mikey: receives the error
 * @text: the message in base64
 * @uri: URI that the message is for, or NULL
 * @header: receives the value
 * @size: size of @header
 *
 * RFC 4567 section 3.2.
 *
 * Return: 0, -EMSGSIZE if @header is too short, or -EINVAL
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
 * ksrtp_call_mikey() - set the secrets for MIKEY messages in descriptions of calls
 * @handle: the handle
 * @mikey: the secrets, which must exist until the handle is closed or gets others;
 *	NULL for none
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
