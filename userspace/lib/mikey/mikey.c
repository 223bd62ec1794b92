// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "mikey.h"
#include "kdf.h"
#include "policy.h"
#include "lib/complaint.h"

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
	if (message->type == MIKEY_PSK_RESP || message->type == MIKEY_PK_RESP)
		return 0;
	if (message->type == MIKEY_ERROR) {
		found = mikey_find(message, MIKEY_ERR);
		return found ? wrong(c, "the peer reports error %u",
				     found->number) :
			       wrong(c, "the peer reports an error");
	}
	if (message->type == MIKEY_PK_INIT)
		return mikey_rsa_open(message, &with->rsa, &mikey->opened,
				      mikey->envelope, &mikey->envelope_len, c);
	if (message->type != MIKEY_PSK_INIT)
		return wrong(c, "%s is not supported; use a pre-shared key or RSA",
			     mikey_type_name(message->type));
	/* trusted certificates require a signature or a pre-shared key */
	if (with->rsa.trust && !with->psk_len)
		return wrong(c, "message is not signed, but a trusted certificate is given");
	return mikey_open(message, secret_of(with), MIKEY_WHOLE,
			  &mikey->opened, c);
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
	struct bytes bytes;
	int ret;

	*mikey = NULL;
	if (!taken)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	bytes.at = taken->bytes;
	ret = mikey_text_decode(text, taken->bytes, &bytes.len, complaint);
	if (!ret)
		ret = mikey_message_read(&taken->message, bytes, complaint);
	if (!ret)
		ret = open_message(taken, with, complaint);
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

static int verify(const struct mikey *answer, const struct mikey *offer,
		  const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_message *message = &answer->message;
	const struct mikey_payload *v = mikey_find(message, MIKEY_V);
	unsigned char mac[32];
	int ret;

	if (message->type != (offer->message.type == MIKEY_PK_INIT ?
			      MIKEY_PK_RESP : MIKEY_PSK_RESP))
		return wrong(c, "%s does not answer a %s",
			     mikey_type_name(message->type),
			     mikey_type_name(offer->message.type));
	if (message->csb_id != offer->message.csb_id)
		return wrong(c, "CSB ID %08x differs from the offer's %08x",
			     message->csb_id, offer->message.csb_id);
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
 * @answer: the answer
 * @offer: the offer
 * @with: local secrets
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 sections 3.1 and 5.2.
 *
 * Return: 0, or a negative errno
 */
int mikey_verify(const struct mikey *answer, const struct mikey *offer,
		 const struct ksrtp_mikey *with, struct complaint *complaint)
{
	size_t here = complaint_enter(complaint, " mikey");
	int ret = verify(answer, offer, with, complaint);

	if (!ret)
		complaint_leave(complaint, here);
	return ret;
}

static void put_stamp(struct mikey_draft *draft, uint64_t ntp)
{
	mikey_draft_payload(draft, MIKEY_T);
	writer_number(&draft->writer, 1, MIKEY_NTP_UTC);
	writer_number(&draft->writer, 8, ntp);
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

/* Key derivation needs the header, RAND and T in parsed form. */
static int read_back(const struct mikey_draft *draft,
		     struct mikey_message *message, struct complaint *c)
{
	return mikey_message_read(message, (struct bytes) {
					  draft->writer.begin,
					  draft->writer.len,
				  }, c);
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
 * and PKE and SIGN after KEMAC.
 *
 * Return: 0, or a negative errno
 */
int mikey_make(const struct mikey_wish *wish, struct ksrtp_mikey *with,
	       unsigned char *bytes, size_t *len, struct complaint *complaint)
{
	bool secret = with->psk_len, rsa = with->rsa.peer;
	struct mikey_message *message = calloc(1, sizeof(*message));
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = MIKEY_SIZE },
	};
	unsigned char plain[MIKEY_PLAIN_MAX];
	struct writer keys = { .begin = plain, .size = sizeof(plain) };
	int ret;

	if (!message)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	message->type = rsa ? MIKEY_PK_INIT : MIKEY_PSK_INIT;
	message->wants_answer = wish->wants_answer;
	message->csb_id = wish->csb_id;
	message->n_cs = wish->n_cs;
	memcpy(message->cs, wish->cs, wish->n_cs * sizeof(*wish->cs));
	mikey_draft_begin(&draft, message);
	put_stamp(&draft, wish->ntp);
	mikey_draft_payload(&draft, MIKEY_RAND);
	writer_counted(&draft.writer, 1, wish->rand);
	ret = rsa ? mikey_rsa_cert(&draft, &with->rsa, complaint) : 0;
	if (!ret)
		ret = mikey_policy_write(&draft, 0, wish->sdes,
					 wish->tag_as_key, complaint);
	if (!ret)
		ret = read_back(&draft, message, complaint);
	put_keys(&keys, wish);
	if (!ret && !keys.full && rsa)
		ret = mikey_rsa_seal(&draft, &with->rsa, message,
				     (struct bytes) { plain, keys.len },
				     complaint);
	else if (!ret && !keys.full)
		ret = mikey_seal(&draft, message, secret_of(with),
				 secret ? MIKEY_ENCR_AES_CM : MIKEY_ENCR_NULL,
				 secret ? MIKEY_MAC_SHA1 : MIKEY_MAC_NULL,
				 MIKEY_WHOLE, (struct bytes) { plain, keys.len },
				 complaint);
	if (!ret && (keys.full || draft.writer.full))
		ret = wrong(complaint, "message would be longer than %d bytes",
			    MIKEY_SIZE);
	*len = draft.writer.len;
	explicit_bzero(plain, sizeof(plain));
	free(message);
	return ret;
}

/**
 * mikey_make_answer() - make the verification that an offer requests
 * @offer: the offer
 * @ntp: time for T
 * @with: local secrets
 * @bytes: receives up to MIKEY_SIZE bytes
 * @len: receives the length, 0 if the offer requests none
 * @complaint: receives the error
 *
 * RFC 3830 section 3.1: HDR, T, V.
 *
 * Return: 0, or a negative errno
 */
int mikey_make_answer(const struct mikey *offer, uint64_t ntp,
		      const struct ksrtp_mikey *with, unsigned char *bytes,
		      size_t *len, struct complaint *complaint)
{
	unsigned int alg = secret_of_offer(offer, with).len ? MIKEY_MAC_SHA1 :
							      MIKEY_MAC_NULL;
	struct mikey_message *header = calloc(1, sizeof(*header));
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = MIKEY_SIZE },
	};
	unsigned char *mac;
	size_t covered;
	int ret = 0;

	*len = 0;
	if (!header)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	if (!mikey_is_answer(&offer->message) && offer->message.wants_answer) {
		*header = offer->message;
		header->type = offer->message.type == MIKEY_PK_INIT ?
			       MIKEY_PK_RESP : MIKEY_PSK_RESP;
		header->wants_answer = false;
		mikey_draft_begin(&draft, header);
		put_stamp(&draft, ntp);
		mikey_draft_payload(&draft, MIKEY_V);
		writer_number(&draft.writer, 1, alg);
		covered = draft.writer.len;
		mac = writer_room(&draft.writer, mikey_mac_len(alg));
		if (mac && alg)
			ret = make_verification(offer, (struct bytes) {
							bytes, covered,
						}, with, alg, mac, complaint);
		*len = draft.writer.len;
	}
	free(header);
	return ret;
}
