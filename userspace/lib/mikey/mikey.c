// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "exchange.h"
#include "mikey.h"
#include "kdf.h"
#include "policy.h"
#include "lib/complaint.h"

/* Bytes of a header without crypto sessions. */
#define HDR_LEN 10

static struct bytes secret_of(const struct ksrtp_mikey *with)
{
	return (struct bytes) { with->psk, with->psk_len };
}

/* The key that authenticates the answer to an offer. */
static struct bytes secret_of_offer(const struct mikey *offer,
				    const struct ksrtp_mikey *with)
{
	if (offer->envelope_len)
		return (struct bytes) { offer->envelope, offer->envelope_len };
	return secret_of(with);
}

/**
 * mikey_free() - wipe a message and its keys
 * @mikey: the message, or NULL
 */
void mikey_free(struct mikey *mikey)
{
	if (mikey)
		explicit_bzero(mikey, sizeof(*mikey));
	free(mikey);
}

static int refuse_error(const struct mikey_message *message,
			struct complaint *c)
{
	const struct mikey_payload *error = mikey_find(message, MIKEY_ERR);
	const char *name;

	if (!error)
		return wrong(c, "the peer reports an error");
	name = mikey_error_name(error->number);
	return wrong(c, "the peer reports error %u%s%s", error->number,
		     name ? ": " : "", name ? name : "");
}

static int open_message(struct mikey *mikey, const struct ksrtp_mikey *with,
			struct complaint *c)
{
	const struct mikey_message *message = &mikey->message;
	const struct mikey_payload *found;
	static const unsigned int once[] = {
		MIKEY_T, MIKEY_RAND, MIKEY_V, MIKEY_PKE, MIKEY_SIGN,
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < sizeof(once) / sizeof(*once); i++)
		ret = mikey_only(message, once[i], &found, c);
	if (ret)
		return ret;
	if (message->type == MIKEY_ERROR)
		return refuse_error(message, c);
	if (mikey_is_answer(message))
		return 0;
	if (mikey_is_exchange(message))
		return mikey_exchange_open(mikey, with, c);
	if (message->type == MIKEY_PK_INIT)
		return mikey_rsa_open(message, &with->rsa, &with->sent,
				      (struct bytes) { NULL, 0 },
				      &mikey->opened, mikey->envelope,
				      &mikey->envelope_len, c);
	/* trusted certificates require a signature or a pre-shared key */
	if (with->rsa.trust && !with->psk_len)
		return wrong_by(c, MIKEY_ERROR_AUTH,
				"message is not signed, but a trusted certificate is given");
	return mikey_open(message, secret_of(with), MIKEY_WHOLE,
			  &mikey->opened, c);
}

static int take(struct mikey *taken, const struct ksrtp_mikey *with,
		struct bytes text, struct complaint *c)
{
	struct bytes bytes = { .at = taken->bytes };
	int ret = mikey_text_decode(text, taken->bytes, &bytes.len, c);

	if (!ret)
		ret = mikey_message_read(&taken->message, bytes, c);
	return ret ? ret : open_message(taken, with, c);
}

/**
 * mikey_take() - read a message, verify and decrypt it
 * @mikey: receives the message, or NULL; free it with mikey_free()
 * @with: local secrets
 * @text: the message in base64
 * @complaint: receives the error, with payload and offset
 *
 * mikey_clock_check() checks for replays. An answer can only be verified with
 * its offer, by mikey_verify().
 *
 * Return: 0, or a negative errno
 */
int mikey_take(struct mikey **mikey, const struct ksrtp_mikey *with,
	       struct bytes text, struct complaint *complaint)
{
	struct mikey *taken = calloc(1, sizeof(*taken));
	size_t here = complaint_enter(complaint, " mikey");
	int ret;

	*mikey = NULL;
	if (!taken)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	ret = take(taken, with, text, complaint);
	if (ret) {
		mikey_free(taken);
		return ret;
	}
	complaint_leave(complaint, here);
	*mikey = taken;
	return 0;
}

/*
 * The MAC of a verification covers the message without the MAC, both identities,
 * and the initiator's timestamp, RFC 3830 section 5.2.
 */
static int make_verification(const struct mikey *offer, struct bytes covered,
			     const struct ksrtp_mikey *with, unsigned int alg,
			     unsigned char *mac, struct complaint *c)
{
	const struct mikey_message *message = &offer->message;
	const struct mikey_payload *stamp = mikey_find(message, MIKEY_T);
	unsigned char *input = malloc(2 * MIKEY_SIZE);
	unsigned char key[32];
	struct writer writer = { .begin = input, .size = 2 * MIKEY_SIZE };
	unsigned int i;
	int ret = 0;

	if (!input)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	writer_bytes(&writer, covered);
	for (i = 0; i < message->n; i++)
		if (message->payload[i].type == MIKEY_ID)
			writer_bytes(&writer, message->payload[i].data);
	if (stamp)
		writer_bytes(&writer, stamp->data);
	if (!stamp)
		ret = wrong(c, "the offer has no T payload");
	else if (writer.full)
		ret = wrong(c, "offer and answer are too long");
	else
		ret = mikey_derive(message, secret_of_offer(offer, with), MIKEY_AUTH_KEY,
				   MIKEY_NO_CS, key, mikey_mac_len(alg), c);
	if (!ret)
		ret = mikey_hmac(alg, (struct bytes) {
					 key, mikey_mac_len(alg),
				 }, (struct bytes) { input, writer.len }, mac,
				 c);
	explicit_bzero(key, sizeof(key));
	free(input);
	return ret;
}

/* The answer's data type follows the offer's. RFC 3830, RFC 4650, RFC 4738. */
static unsigned int answer_to(unsigned int type)
{
	return type + 1;
}

static int verify(struct mikey *answer, struct mikey *offer,
		  const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_message *message = &answer->message;
	const struct mikey_payload *v = mikey_find(message, MIKEY_V);
	unsigned char mac[32];
	int ret;

	if (message->type != answer_to(offer->message.type))
		return wrong(c, "%s does not answer a %s",
			     mikey_type_name(message->type),
			     mikey_type_name(offer->message.type));
	if (message->csb_id != offer->message.csb_id)
		return wrong(c, "CSB ID %08x differs from the offer's %08x",
			     message->csb_id, offer->message.csb_id);
	if (mikey_is_exchange(&offer->message))
		return mikey_exchange_finish(answer, offer, with, c);
	if (!v)
		return wrong(c, "V payload is missing");
	if (!v->mac.len)
		return secret_of_offer(offer, with).len ?
			wrong(c, "V at byte %zu: no MAC, but the offer is authenticated",
			      v->offset) : 0;
	if (v->end != message->bytes.len)
		return wrong(c, "V at byte %zu: not the last payload",
			     v->offset);
	if (!secret_of_offer(offer, with).len)
		return wrong(c, "V at byte %zu: needs a pre-shared key, and none is given",
			     v->offset);
	ret = make_verification(offer, (struct bytes) {
					message->bytes.at,
					message->bytes.len - v->mac.len,
				}, with, v->alg, mac, c);
	if (!ret && CRYPTO_memcmp(mac, v->mac.at, v->mac.len))
		ret = wrong(c, "V at byte %zu: MAC does not match this message and key",
			    v->offset);
	return ret;
}

/**
 * mikey_verify() - verify the answer to an offer
 * @answer: the answer; receives keys if mikey_keyed() is the answer
 * @offer: the offer; receives keys if they come with the answer
 * @with: local secrets
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 sections 3.1 and 5.2.
 *
 * Return: 0, or a negative errno
 */
int mikey_verify(struct mikey *answer, struct mikey *offer,
		 const struct ksrtp_mikey *with, struct complaint *complaint)
{
	size_t here = complaint_enter(complaint, " mikey");
	int ret = verify(answer, offer, with, complaint);

	if (!ret)
		complaint_leave(complaint, here);
	return ret;
}

/**
 * mikey_is_own() - was this offer of an exchange made here?
 * @offer: the offer
 * @with: local secrets
 *
 * Return: true if its certificate or private value is known
 */
bool mikey_is_own(const struct mikey *offer, const struct ksrtp_mikey *with)
{
	return mikey_is_exchange(&offer->message) &&
	       mikey_exchange_is_own(offer, with);
}

/**
 * mikey_keyed() - which message of an exchange has the keys?
 * @answer: the answer, verified
 * @offer: the offer
 *
 * Return: the answer of RSA-R, else the offer
 */
const struct mikey *mikey_keyed(const struct mikey *answer,
				const struct mikey *offer)
{
	return offer->message.type == MIKEY_RSA_R_INIT ? answer : offer;
}

static void put_stamp(struct mikey_draft *draft, uint64_t ntp)
{
	unsigned char bytes[8];
	struct writer writer = { .begin = bytes, .size = sizeof(bytes) };

	writer_number(&writer, 8, ntp);
	mikey_draft_stamp(draft, MIKEY_NTP_UTC, (struct bytes) { bytes, 8 });
}

static void put_keys(struct writer *writer, const struct mikey_wish *wish)
{
	const struct sdes_keys *keys = &wish->sdes->media;
	const struct sdes_key *from;
	struct mikey_key key;
	unsigned char interval[2][6];
	unsigned int i;

	for (i = 0; i < keys->n; i++) {
		from = &keys->key[i];
		memset(&key, 0, sizeof(key));
		key.type = MIKEY_KEY_TEK;
		key.key.at = from->key.material;
		key.key.len = from->key.key_len;
		key.salt.at = from->key.material + from->key.key_len;
		key.salt.len = from->key.salt_len;
		if (wish->salt_apart)
			key.type |= MIKEY_KEY_SALTED;
		else
			key.key.len += from->key.salt_len;
		if (from->mki_len) {
			key.validity = MIKEY_KV_SPI;
			key.spi = (struct bytes) { from->mki, from->mki_len };
		} else if (from->interval) {
			struct writer first = { interval[0], 0, 6, false };
			struct writer last = { interval[1], 0, 6, false };

			writer_number(&first, 6, from->from);
			writer_number(&last, 6, from->to);
			key.validity = MIKEY_KV_INTERVAL;
			key.from = (struct bytes) { interval[0], 6 };
			key.to = (struct bytes) { interval[1], 6 };
		}
		mikey_key_write(writer, &key, i + 1 == keys->n);
	}
}

static int too_long(struct complaint *c)
{
	return wrong(c, "message would be longer than %d bytes", MIKEY_SIZE);
}

/* Keys under RSA, with the envelope key remembered. */
static int seal_rsa(struct mikey_draft *draft,
		    const struct mikey_message *message, struct bytes keys,
		    struct ksrtp_mikey *with, struct complaint *c)
{
	struct mikey_secret secret = { .len = 0 };
	int ret = mikey_rsa_seal(draft, &with->rsa, with->rsa.peer, message,
				 keys, &secret, c);

	if (!ret)
		ret = mikey_rsa_sign(draft, &with->rsa, (struct bytes) {
					     NULL, 0,
				     }, c);
	if (!ret)
		mikey_sent_add(&with->sent, &secret);
	explicit_bzero(&secret, sizeof(secret));
	return ret;
}

/* The rest of a message with keys, after RAND. */
static int make_keys(struct mikey_draft *draft, struct mikey_message *message,
		     const struct mikey_wish *wish, struct ksrtp_mikey *with,
		     struct complaint *c)
{
	bool secret = with->psk_len, rsa = with->rsa.peer;
	unsigned char plain[MIKEY_PLAIN_MAX];
	struct writer keys = { .begin = plain, .size = sizeof(plain) };
	int ret = rsa ? mikey_rsa_cert(draft, &with->rsa, c) : 0;

	if (!ret)
		ret = mikey_policy_write(draft, 0, wish->sdes,
					 wish->tag_as_key, c);
	if (!ret)
		ret = mikey_draft_read(draft, message, c);
	put_keys(&keys, wish);
	if (!ret && keys.full)
		ret = too_long(c);
	if (!ret && rsa)
		ret = seal_rsa(draft, message, (struct bytes) {
				       plain, keys.len,
			       }, with, c);
	else if (!ret)
		ret = mikey_seal(draft, message, secret_of(with),
				 secret ? MIKEY_ENCR_AES_CM : MIKEY_ENCR_NULL,
				 secret ? MIKEY_MAC_SHA1 : MIKEY_MAC_NULL,
				 MIKEY_WHOLE, (struct bytes) {
					 plain, keys.len,
				 }, c);
	explicit_bzero(plain, sizeof(plain));
	return ret;
}

static unsigned int type_of(const struct mikey_wish *wish,
			    const struct ksrtp_mikey *with)
{
	switch (wish->mode) {
	case MIKEY_MODE_DH:
		return with->rsa.own ? MIKEY_DH_INIT : MIKEY_DHHMAC_INIT;
	case MIKEY_MODE_RSA_R:
		return MIKEY_RSA_R_INIT;
	case MIKEY_MODE_KEYS:
		break;
	}
	return with->rsa.peer ? MIKEY_PK_INIT : MIKEY_PSK_INIT;
}

/**
 * mikey_make() - make a message
 * @wish: its contents
 * @with: local secrets. The message uses RSA if there is a peer's certificate,
 *	else the pre-shared key. Without both it is neither encrypted nor
 *	authenticated, so its transport must be.
 * @bytes: receives up to MIKEY_SIZE bytes
 * @len: receives the length
 * @complaint: receives the error
 *
 * RFC 3830 section 3.1: HDR, T, RAND, SP, KEMAC. Section 3.2 adds CERT after RAND,
 * and PKE and SIGN after KEMAC. mikey_exchange_make() has the other modes.
 *
 * Return: 0, or a negative errno
 */
int mikey_make(const struct mikey_wish *wish, struct ksrtp_mikey *with,
	       unsigned char *bytes, size_t *len, struct complaint *complaint)
{
	bool exchange = wish->mode != MIKEY_MODE_KEYS;
	struct mikey_message *message = calloc(1, sizeof(*message));
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = MIKEY_SIZE },
	};
	int ret;

	if (!message)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	message->type = type_of(wish, with);
	message->wants_answer = wish->wants_answer || exchange;
	message->csb_id = wish->csb_id;
	message->n_cs = wish->n_cs;
	memcpy(message->cs, wish->cs, wish->n_cs * sizeof(*wish->cs));
	mikey_draft_begin(&draft, message);
	put_stamp(&draft, wish->ntp);
	mikey_draft_payload(&draft, MIKEY_RAND);
	writer_counted(&draft.writer, 1, wish->rand);
	ret = exchange ? mikey_exchange_make(&draft, wish, with, complaint) :
			 make_keys(&draft, message, wish, with, complaint);
	if (!ret && draft.writer.full)
		ret = too_long(complaint);
	*len = draft.writer.len;
	free(message);
	return ret;
}

/* T is the offer's, which the MAC covers, section 5.2. */
static int put_offered_stamp(struct mikey_draft *draft,
			     const struct mikey *offer, struct complaint *c)
{
	const struct mikey_payload *stamp =
		mikey_find(&offer->message, MIKEY_T);

	if (!stamp)
		return wrong(c, "the offer has no T payload");
	mikey_draft_stamp(draft, stamp->alg, stamp->data);
	return 0;
}

static int put_verification(struct mikey_draft *draft,
			    const struct mikey *offer,
			    const struct ksrtp_mikey *with, struct complaint *c)
{
	unsigned int alg = secret_of_offer(offer, with).len ? MIKEY_MAC_SHA1 :
							      MIKEY_MAC_NULL;
	unsigned char *mac;
	size_t covered;

	mikey_draft_payload(draft, MIKEY_V);
	writer_number(&draft->writer, 1, alg);
	covered = draft->writer.len;
	mac = writer_room(&draft->writer, mikey_mac_len(alg));
	if (!mac || !alg)
		return 0;
	return make_verification(offer, (struct bytes) {
					 draft->writer.begin, covered,
				 }, with, alg, mac, c);
}

/* The responder of RSA-R names crypto sessions if the initiator does not. */
static void add_session(struct mikey_message *header)
{
	const struct mikey_payload *policy = mikey_find(header, MIKEY_SP);

	header->map = MIKEY_MAP_SRTP;
	header->n_cs = 1;
	header->cs[0] = (struct mikey_cs) {
		.policy = policy ? policy->number : 0,
	};
}

/**
 * mikey_make_answer() - make the answer that an offer requests
 * @offer: the offer
 * @with: local secrets; stores those of the answer
 * @bytes: receives up to MIKEY_SIZE bytes
 * @len: receives the length, 0 if the offer requests none
 * @complaint: receives the error
 *
 * A verification (HDR, T, V, RFC 3830 section 3.1), or the responder's part of an
 * exchange.
 *
 * Return: 0, or a negative errno
 */
int mikey_make_answer(const struct mikey *offer, struct ksrtp_mikey *with,
		      unsigned char *bytes, size_t *len,
		      struct complaint *complaint)
{
	bool exchange = mikey_is_exchange(&offer->message);
	struct mikey_message *header;
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = MIKEY_SIZE },
	};
	int ret;

	*len = 0;
	if (!exchange && (mikey_is_answer(&offer->message) ||
			  !offer->message.wants_answer))
		return 0;
	header = calloc(1, sizeof(*header));
	if (!header)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	*header = offer->message;
	header->type = answer_to(offer->message.type);
	header->wants_answer = false;
	if (offer->message.type == MIKEY_RSA_R_INIT && !header->n_cs)
		add_session(header);
	mikey_draft_begin(&draft, header);
	ret = put_offered_stamp(&draft, offer, complaint);
	if (!ret)
		ret = exchange ?
		      mikey_exchange_answer(&draft, offer, with, complaint) :
		      put_verification(&draft, offer, with, complaint);
	if (!ret && draft.writer.full)
		ret = too_long(complaint);
	*len = draft.writer.len;
	free(header);
	return ret;
}

/* Is there anything wrong with an offer? If not, its crypto sessions can be had. */
static int examine(struct mikey *offer, const struct ksrtp_mikey *with,
		   struct bytes text, uint64_t now, struct complaint *c)
{
	const struct mikey_message *message = &offer->message;
	struct sdes sdes = { 0 };
	unsigned int cs_id;
	int ret = take(offer, with, text, c);

	if (!ret)
		ret = mikey_clock_check(&with->clock, message, now, c);
	if (!ret && mikey_is_exchange(message))
		ret = mikey_exchange_check(message, with, c);
	for (cs_id = 1; !ret && cs_id <= mikey_cs_count(message); cs_id++)
		ret = mikey_cs_read(message, &offer->opened, cs_id,
				    with->raw_tgk, &sdes, c);
	explicit_bzero(&sdes, sizeof(sdes));
	return ret;
}

/*
 * What proves that an error is ours. One about authentication has no proof, since
 * anybody could have asked for it.
 */
static int put_proof(struct mikey_draft *draft, const struct mikey *offer,
		     unsigned int error, const struct ksrtp_mikey *with,
		     struct complaint *c)
{
	const struct mikey_message *message = &offer->message;
	bool sign = message->type == MIKEY_DH_INIT ||
		    message->type == MIKEY_RSA_R_INIT;

	if (error == MIKEY_ERROR_AUTH || !mikey_find(message, MIKEY_T))
		return 0;
	if (sign)
		return with->rsa.own ? mikey_rsa_sign(draft, &with->rsa,
						      (struct bytes) { 0 },
						      c) : 0;
	return secret_of_offer(offer, with).len &&
	       mikey_find(message, MIKEY_RAND) ?
		       put_verification(draft, offer, with, c) : 0;
}

/* HDR, T, ERR, the parameters that are supported, and V or SIGN. */
static int put_error(struct mikey_draft *draft, const struct mikey *offer,
		     bool whole, unsigned int error, uint64_t ntp,
		     const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct sdes usual = {
		.suite = *registry_suite(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80),
	};
	struct complaint unheard = { 0 };
	int ret = 0;

	if (put_offered_stamp(draft, offer, &unheard))
		put_stamp(draft, ntp);
	mikey_draft_payload(draft, MIKEY_ERR);
	writer_number(&draft->writer, 1, error);
	writer_number(&draft->writer, 2, 0);
	if (error == MIKEY_ERROR_SP_TYPE || error == MIKEY_ERROR_SP)
		ret = mikey_policy_write(draft, 0, &usual, false, c);
	return ret || !whole ? ret : put_proof(draft, offer, error, with, c);
}

/* A message that can be told about: not an answer, which is told nothing. */
static bool is_question(const struct bytes bytes)
{
	struct mikey_message kind = {
		.type = bytes.len > 1 ? bytes.at[1] : MIKEY_ERROR,
	};

	return bytes.len >= HDR_LEN && kind.type != MIKEY_ERROR &&
	       !mikey_is_answer(&kind);
}

static int refuse(struct mikey *offer, struct bytes text, uint64_t ntp,
		  const struct ksrtp_mikey *with, unsigned char *bytes,
		  size_t *len, struct complaint *c)
{
	struct mikey_message *message = &offer->message, header = {
		.type = MIKEY_ERROR,
	};
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = MIKEY_SIZE },
	};
	struct complaint making = { 0 };
	unsigned int error;
	bool whole;
	int ret;

	ret = examine(offer, with, text, (ntp >> 32) - MIKEY_NTP_EPOCH, c);
	if (!ret || !is_question(message->bytes))
		return ret;
	error = c->code ? c->code - 1 : MIKEY_ERROR_UNSPECIFIED;
	whole = message->n && message->payload[message->n - 1].end ==
			      message->bytes.len;
	header.csb_id = bytes_number((struct bytes) { offer->bytes + 4, 4 });
	header.prf = error == MIKEY_ERROR_PRF ? 0 : message->prf;
	mikey_draft_begin(&draft, &header);
	if (!put_error(&draft, offer, whole, error, ntp, with, &making) &&
	    !draft.writer.full)
		*len = draft.writer.len;
	return ret;
}

/**
 * mikey_make_error() - make the error message about a message that is refused
 * @text: the message in base64
 * @ntp: time, to check that of the message
 * @with: local secrets
 * @bytes: receives up to MIKEY_SIZE bytes
 * @len: receives the length, 0 if the message is not refused, or its sender is not
 *	told
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 sections 5.1.1 and 6.12, RFC 4738 section 3.9.2.
 *
 * Return: 0 if the message is not refused, else a negative errno
 */
int mikey_make_error(struct bytes text, uint64_t ntp,
		     const struct ksrtp_mikey *with, unsigned char *bytes,
		     size_t *len, struct complaint *complaint)
{
	struct mikey *offer = calloc(1, sizeof(*offer));
	int ret;

	*len = 0;
	if (!offer)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	ret = refuse(offer, text, ntp, with, bytes, len, complaint);
	mikey_free(offer);
	return ret;
}
