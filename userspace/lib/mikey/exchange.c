// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "dh.h"
#include "exchange.h"
#include "policy.h"
#include "lib/complaint.h"

/* Lengths of RAND and of the TGK of answers made here. */
#define RAND_LEN	16
#define TGK_LEN		32

/* The kind of ID, RFC 3830 section 6.7. */
enum { ID_NAI, ID_URI };

static const struct bytes nothing;

static struct bytes secret_of(const struct ksrtp_mikey *with)
{
	return (struct bytes) { with->psk, with->psk_len };
}

static bool is_signed(const struct mikey_message *message)
{
	return message->type == MIKEY_DH_INIT ||
	       message->type == MIKEY_RSA_R_INIT;
}

/* The @n-th ID of a message, from 0. */
static const struct mikey_payload *find_id(const struct mikey_message *message,
					   unsigned int n)
{
	const struct mikey_payload *at;

	for (at = message->payload; at < &message->payload[message->n]; at++)
		if (at->type == MIKEY_ID && !n--)
			return at;
	return NULL;
}

/*
 * The initiator's ID. It is the first of two. A single ID is the initiator's if
 * the message is signed, else the responder's (RFC 4650 section 3).
 */
static const struct mikey_payload *initiator_of(const struct mikey_message *m)
{
	return is_signed(m) || find_id(m, 1) ? find_id(m, 0) : NULL;
}

static const struct mikey_payload *responder_of(const struct mikey_message *m)
{
	return is_signed(m) || find_id(m, 1) ? find_id(m, 1) : find_id(m, 0);
}

static void put_id(struct mikey_draft *draft, unsigned int kind,
		   struct bytes name)
{
	mikey_draft_payload(draft, MIKEY_ID);
	writer_number(&draft->writer, 1, kind);
	writer_counted(&draft->writer, 2, name);
}

static void put_text(struct mikey_draft *draft, const char *name)
{
	put_id(draft, strchr(name, ':') ? ID_URI : ID_NAI, (struct bytes) {
		       (const unsigned char *)name, strlen(name),
	       });
}

/**
 * mikey_exchange_open() - verify the offer of an exchange
 * @offer: the offer
 * @with: local secrets
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 section 3.3, RFC 4650 section 3, RFC 4738 section 3.5.
 *
 * Return: 0, or a negative errno
 */
int mikey_exchange_open(const struct mikey *offer,
			const struct ksrtp_mikey *with,
			struct complaint *complaint)
{
	const struct mikey_message *message = &offer->message;
	const struct mikey_payload *dh;
	X509 *signer = NULL;
	int ret = 0;

	if (!mikey_find(message, MIKEY_T))
		return wrong(complaint, "T payload is missing");
	if (message->type != MIKEY_RSA_R_INIT) {
		ret = mikey_dh_values(message, 1, &dh, NULL, complaint);
		if (!ret && !mikey_find(message, MIKEY_RAND))
			ret = wrong(complaint, "RAND payload is missing; key derivation needs it");
	}
	if (!ret && is_signed(message))
		ret = mikey_rsa_verify(message, &with->rsa, nothing, &signer,
				       complaint);
	else if (!ret)
		ret = mikey_authenticate(message, message, secret_of(with),
					 complaint);
	if (!ret && message->type != MIKEY_RSA_R_INIT)
		ret = mikey_dh_check(dh, complaint);
	X509_free(signer);
	return ret;
}

/* A private value for an offer or an answer; the public one goes into DH. */
static int put_value(struct mikey_draft *draft, unsigned int group,
		     uint32_t csb_id, struct mikey_secret *secret,
		     struct complaint *c)
{
	static const size_t lens[] = { 192, 96, 128 };
	unsigned char value[MIKEY_DH_MAX];
	int ret = mikey_dh_make(group, secret, value, c);

	secret->csb_id = csb_id;
	if (!ret)
		mikey_dh_write(draft, group, (struct bytes) {
				       value, lens[group],
			       });
	return ret;
}

/* Remember the secret of a message that is complete. */
static void keep(struct ksrtp_mikey *with, struct mikey_secret *secret, int ret)
{
	if (!ret && secret->len)
		mikey_sent_add(&with->sent, secret);
	explicit_bzero(secret, sizeof(*secret));
}

/* With DHHMAC the recipient's ID is mandatory. */
static int put_names(struct mikey_draft *draft, const struct ksrtp_mikey *with,
		     struct complaint *c)
{
	if (!with->peer_id[0])
		return wrong(c, "Diffie-Hellman with a pre-shared key needs the peer's ID");
	if (with->own_id[0])
		put_text(draft, with->own_id);
	put_text(draft, with->peer_id);
	return 0;
}

static int seal(struct mikey_draft *draft, const struct mikey_message *offer,
		const struct ksrtp_mikey *with, bool sign, struct complaint *c)
{
	if (sign)
		return mikey_rsa_sign(draft, &with->rsa, nothing, c);
	return mikey_seal(draft, offer, secret_of(with), MIKEY_ENCR_NULL,
			  MIKEY_MAC_SHA1, MIKEY_WHOLE, nothing, c);
}

/**
 * mikey_exchange_make() - complete the offer of an exchange
 * @draft: the offer, with HDR, T and RAND
 * @wish: its contents
 * @with: local secrets; stores the private value
 * @complaint: receives the error
 *
 * RFC 3830 section 3.3 with a certificate: CERT, SP, DH, SIGN. RFC 4650 without:
 * ID, SP, DH, KEMAC. RFC 4738 section 3.4, RSA-R: CERT, SP, SIGN.
 *
 * Return: 0, or a negative errno
 */
int mikey_exchange_make(struct mikey_draft *draft,
			const struct mikey_wish *wish, struct ksrtp_mikey *with,
			struct complaint *complaint)
{
	bool rsa_r = wish->mode == MIKEY_MODE_RSA_R;
	bool sign = rsa_r || with->rsa.own;
	struct mikey_message *message = calloc(1, sizeof(*message));
	struct mikey_secret secret = { .len = 0 };
	int ret;

	if (!message)
		return complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	if (!sign && !with->psk_len)
		ret = wrong(complaint, "Diffie-Hellman needs own key and own certificate, or a pre-shared key");
	else
		ret = sign ? mikey_rsa_cert(draft, &with->rsa, complaint) :
			     put_names(draft, with, complaint);
	if (!ret)
		ret = mikey_policy_write(draft, 0, wish->sdes,
					 wish->tag_as_key, complaint);
	if (!ret && !rsa_r)
		ret = put_value(draft, wish->group, wish->csb_id, &secret,
				complaint);
	if (!ret)
		ret = mikey_draft_read(draft, message, complaint);
	if (!ret)
		ret = seal(draft, message, with, sign, complaint);
	keep(with, &secret, ret);
	free(message);
	return ret;
}

static X509 *signer_of(const struct mikey_message *message)
{
	const struct mikey_payload *cert = mikey_find(message, MIKEY_CERT);
	const unsigned char *at = cert ? cert->data.at : NULL;

	return cert ? d2i_X509(NULL, &at, cert->data.len) : NULL;
}

/**
 * mikey_exchange_is_own() - was this offer made here?
 * @offer: the offer
 * @with: local secrets
 *
 * Return: true if its certificate, or its private value, is the local one
 */
bool mikey_exchange_is_own(const struct mikey *offer,
			   const struct ksrtp_mikey *with)
{
	const struct mikey_message *message = &offer->message;
	const struct mikey_payload *dh = mikey_find(message, MIKEY_DH);
	X509 *signer = signer_of(message);
	bool own = signer && mikey_rsa_is_own(&with->rsa, signer);

	X509_free(signer);
	return own || (dh && mikey_dh_secret(&with->sent, message->csb_id, dh));
}

/* IDi of an answer: the offer's, or a name of its certificate, or the peer's. */
static int put_initiator(struct mikey_draft *draft,
			 const struct mikey_message *offer,
			 const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_payload *id = initiator_of(offer);
	struct bytes name;
	X509 *signer;
	int ret;

	if (id) {
		put_id(draft, id->alg, id->data);
		return 0;
	}
	if (offer->type == MIKEY_DHHMAC_INIT) {
		if (!with->peer_id[0])
			return wrong(c, "the offer does not name its sender; the answer needs the peer's ID");
		put_text(draft, with->peer_id);
		return 0;
	}
	signer = signer_of(offer);
	ret = signer ? mikey_rsa_name(signer, &name, c) :
		       wrong(c, "CERT payload is missing");
	if (!ret)
		put_id(draft, ID_NAI, name);
	X509_free(signer);
	return ret;
}

static bool is_name(const char *name, const struct mikey_payload *id)
{
	return bytes_same(id->data, (struct bytes) {
				  (const unsigned char *)name, strlen(name),
			  });
}

/**
 * mikey_exchange_check() - check that an offer is for this side
 * @offer: the offer of an exchange
 * @with: the local identity, if there is one
 * @complaint: receives the error
 *
 * RFC 4650 section 3.
 *
 * Return: 0, or -EINVAL
 */
int mikey_exchange_check(const struct mikey_message *offer,
			 const struct ksrtp_mikey *with,
			 struct complaint *complaint)
{
	const struct mikey_payload *id = responder_of(offer);

	if (id && with->own_id[0] && !is_name(with->own_id, id))
		return wrong_by(complaint, MIKEY_ERROR_ID,
				"ID at byte %zu: the offer is for somebody else",
				id->offset);
	return 0;
}

/* HDR, T, [IDr|CERTr], IDi, DHr, DHi, and SIGNr or KEMAC. */
static int answer_dh(struct mikey_draft *draft,
		     const struct mikey_message *offer,
		     struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_payload *theirs, *id = responder_of(offer);
	bool sign = offer->type == MIKEY_DH_INIT;
	struct mikey_secret secret = { .len = 0 };
	int ret = mikey_dh_values(offer, 1, &theirs, NULL, c);

	if (!ret)
		ret = mikey_exchange_check(offer, with, c);
	if (!ret && sign)
		ret = mikey_rsa_cert(draft, &with->rsa, c);
	else if (!ret && id)
		put_id(draft, id->alg, id->data);
	else if (!ret && with->own_id[0])
		put_text(draft, with->own_id);
	if (!ret)
		ret = put_initiator(draft, offer, with, c);
	if (!ret)
		ret = put_value(draft, theirs->alg, offer->csb_id, &secret, c);
	if (!ret)
		mikey_dh_write(draft, theirs->alg, theirs->data);
	if (!ret)
		ret = seal(draft, offer, with, sign, c);
	keep(with, &secret, ret);
	return ret;
}

/* Append a payload of another message, so that @message is complete. */
static int borrow(struct mikey_message *message,
		  const struct mikey_payload *payload, struct complaint *c)
{
	if (message->n == MIKEY_PAYLOADS_MAX)
		return wrong(c, "more than %d payloads", MIKEY_PAYLOADS_MAX);
	message->payload[message->n++] = *payload;
	return 0;
}

/*
 * What follows an answer of RSA-R in its signature: IDi || IDr || T, "identical to
 * those transported in the ID and T payloads". A message may have none.
 */
static int write_names(struct writer *writer, const struct mikey_message *offer,
		       const struct mikey_payload *responder,
		       struct complaint *c)
{
	const struct mikey_payload *stamp = mikey_find(offer, MIKEY_T);
	const struct mikey_payload *id = find_id(offer, 0);

	if (id)
		writer_bytes(writer, id->data);
	if (!responder)
		responder = find_id(offer, 1);
	if (responder)
		writer_bytes(writer, responder->data);
	writer_bytes(writer, stamp->data);
	return writer->full ? wrong(c, "IDs are too long") : 0;
}

/* The policies of the offer, as they are. */
static void copy_policies(struct mikey_draft *draft,
			  const struct mikey_message *offer)
{
	const struct mikey_payload *at;

	for (at = offer->payload; at < &offer->payload[offer->n]; at++) {
		if (at->type != MIKEY_SP)
			continue;
		mikey_draft_payload(draft, MIKEY_SP);
		writer_bytes(&draft->writer, (struct bytes) {
				     offer->bytes.at + at->offset + 1,
				     at->end - at->offset - 1,
			     });
	}
}

/* A random TGK as the data of KEMAC. */
static int make_tgk(struct writer *writer, struct complaint *c)
{
	unsigned char tgk[TGK_LEN];
	struct mikey_key key = { .key = { tgk, TGK_LEN } };

	if (RAND_priv_bytes(tgk, TGK_LEN) != 1)
		return complain(c, EIO, "no random bytes");
	mikey_key_write(writer, &key, true);
	explicit_bzero(tgk, sizeof(tgk));
	return 0;
}

/* RAND is the initiator's, or else the responder's. */
static int put_random(struct mikey_draft *draft,
		      const struct mikey_message *offer, struct complaint *c)
{
	unsigned char random[RAND_LEN];

	if (mikey_find(offer, MIKEY_RAND))
		return 0;
	if (RAND_bytes(random, RAND_LEN) != 1)
		return complain(c, EIO, "no random bytes");
	mikey_draft_payload(draft, MIKEY_RAND);
	writer_counted(&draft->writer, 1, (struct bytes) { random, RAND_LEN });
	return 0;
}

static int seal_tgk(struct mikey_draft *draft,
		    const struct mikey_message *offer,
		    struct mikey_message *parsed, struct ksrtp_mikey *with,
		    struct complaint *c)
{
	const struct mikey_payload *random = mikey_find(offer, MIKEY_RAND);
	unsigned char plain[TGK_LEN + 16], names[2048];
	struct writer tgk = { .begin = plain, .size = sizeof(plain) };
	struct writer more = { .begin = names, .size = sizeof(names) };
	struct mikey_secret secret = { .len = 0 };
	X509 *peer = signer_of(offer);
	int ret = peer ? make_tgk(&tgk, c) :
			 wrong(c, "CERT payload is missing");

	if (!ret && random)
		ret = borrow(parsed, random, c);
	if (!ret)
		ret = mikey_rsa_seal(draft, &with->rsa, peer, parsed,
				     (struct bytes) { plain, tgk.len }, &secret,
				     c);
	if (!ret)
		ret = write_names(&more, offer, NULL, c);
	if (!ret)
		ret = mikey_rsa_sign(draft, &with->rsa, (struct bytes) {
					     names, more.len,
				     }, c);
	keep(with, &secret, ret);
	explicit_bzero(plain, sizeof(plain));
	X509_free(peer);
	return ret;
}

/* HDR, T, [RAND], CERTr, [SP], KEMAC, PKE, SIGNr. */
static int answer_rsa_r(struct mikey_draft *draft,
			const struct mikey_message *offer,
			struct ksrtp_mikey *with, struct complaint *c)
{
	struct mikey_message *parsed = calloc(1, sizeof(*parsed));
	struct sdes sdes;
	unsigned int i;
	int ret = 0;

	if (!parsed)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	for (i = 0; !ret && i < offer->n_cs; i++) {
		memset(&sdes, 0, sizeof(sdes));
		ret = mikey_policy_read(offer, offer->cs[i].policy, &sdes, c);
	}
	if (!ret)
		ret = put_random(draft, offer, c);
	if (!ret)
		ret = mikey_rsa_cert(draft, &with->rsa, c);
	if (!ret) {
		copy_policies(draft, offer);
		ret = mikey_draft_read(draft, parsed, c);
	}
	if (!ret)
		ret = seal_tgk(draft, offer, parsed, with, c);
	free(parsed);
	return ret;
}

/**
 * mikey_exchange_answer() - complete the answer of an exchange
 * @draft: the answer, with HDR and the offer's T
 * @offer: the offer
 * @with: local secrets; stores the private value or the envelope key
 * @complaint: receives the error
 *
 * RFC 3830 section 3.3, RFC 4650 section 3, RFC 4738 section 3.6.
 *
 * Return: 0, or a negative errno
 */
int mikey_exchange_answer(struct mikey_draft *draft, const struct mikey *offer,
			  struct ksrtp_mikey *with, struct complaint *complaint)
{
	if (offer->message.type == MIKEY_RSA_R_INIT)
		return answer_rsa_r(draft, &offer->message, with, complaint);
	return answer_dh(draft, &offer->message, with, complaint);
}

/* Does an answer name the initiator as itself does? */
static int check_initiator(const struct mikey_message *answer,
			   const struct mikey_message *offer,
			   struct complaint *c)
{
	const struct mikey_payload *wanted = initiator_of(offer), *id;
	X509 *signer;
	bool same;

	id = find_id(answer, 1);
	if (!id)
		id = find_id(answer, 0);
	/* libmikey has no IDs */
	if (!id)
		return 0;
	if (wanted) {
		same = bytes_same(id->data, wanted->data);
	} else {
		signer = signer_of(offer);
		same = !signer || mikey_rsa_has_name(signer, id->data);
		X509_free(signer);
	}
	return same ? 0 : wrong(c, "ID at byte %zu: the answer is for somebody else",
				id->offset);
}

/* The answer repeats the offer's value, which proves that it is not another's. */
static int check_values(const struct mikey_payload *ours,
			const struct mikey_payload *theirs,
			const struct mikey_payload *echo, struct complaint *c)
{
	if (echo->alg != ours->alg || !bytes_same(echo->data, ours->data))
		return wrong(c, "DH at byte %zu: not the offer's value",
			     echo->offset);
	if (theirs->alg != ours->alg)
		return wrong(c, "DH at byte %zu: the offer's group is another",
			     theirs->offset);
	if (bytes_same(theirs->data, ours->data))
		return wrong(c, "DH at byte %zu: the offer has the same value",
			     theirs->offset);
	return 0;
}

static int authenticate(const struct mikey_message *answer,
			const struct mikey_message *offer,
			const struct ksrtp_mikey *with, struct complaint *c)
{
	X509 *signer;
	int ret;

	if (answer->type == MIKEY_DHHMAC_RESP)
		return mikey_authenticate(answer, offer, secret_of(with), c);
	ret = mikey_rsa_verify(answer, &with->rsa, nothing, &signer, c);
	X509_free(signer);
	return ret;
}

/* The TGK of both values; key validity is the offer's, or the answer's. */
static int agree(struct mikey_opened *opened, uint32_t csb_id,
		 const struct mikey_payload *dhi,
		 const struct mikey_payload *dhr,
		 const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_payload *peer = dhr;
	const struct mikey_secret *secret =
		mikey_dh_secret(&with->sent, csb_id, dhi);
	int ret;

	if (!secret) {
		peer = dhi;
		secret = mikey_dh_secret(&with->sent, csb_id, dhr);
	}
	if (!secret)
		return wrong(c, "the private value of neither message is known");
	ret = mikey_dh_agree(peer, secret, opened->plain, c);
	if (ret)
		return ret;
	opened->key[0] = dhi->key.validity ? dhi->key : dhr->key;
	opened->key[0].key = (struct bytes) { opened->plain, dhi->data.len };
	opened->offset[0] = dhi->offset;
	opened->n = 1;
	return 0;
}

static int finish_dh(struct mikey *answer, struct mikey *offer,
		     const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_message *message = &answer->message;
	const struct mikey_payload *dhi, *dhr, *echo;
	int ret = mikey_dh_values(&offer->message, 1, &dhi, NULL, c);

	if (!ret)
		ret = mikey_dh_values(message, 2, &dhr, &echo, c);
	if (!ret)
		ret = check_values(dhi, dhr, echo, c);
	if (!ret)
		ret = authenticate(message, &offer->message, with, c);
	if (!ret)
		ret = check_initiator(message, &offer->message, c);
	return ret ? ret : agree(&offer->opened, offer->message.csb_id, dhi,
				 dhr, with, c);
}

static bool has_policy(const struct mikey_message *offer,
		       const struct sdes *wanted)
{
	const struct mikey_payload *at;
	struct complaint unheard = { 0 };
	struct sdes sdes;

	for (at = offer->payload; at < &offer->payload[offer->n]; at++) {
		memset(&sdes, 0, sizeof(sdes));
		if (at->type == MIKEY_SP &&
		    !mikey_policy_read(offer, at->number, &sdes, &unheard) &&
		    sdes_same(&sdes, wanted))
			return true;
	}
	return false;
}

/* A policy of the answer must be one that the offer has. */
static int check_policies(const struct mikey_message *answer,
			  const struct mikey_message *offer,
			  struct complaint *c)
{
	const struct mikey_payload *at;
	struct sdes wanted;
	int ret;

	if (!mikey_find(offer, MIKEY_SP))
		return 0;
	if (!mikey_find(answer, MIKEY_SP))
		return wrong(c, "SP payload is missing; the offer has one");
	for (at = answer->payload; at < &answer->payload[answer->n]; at++) {
		if (at->type != MIKEY_SP)
			continue;
		memset(&wanted, 0, sizeof(wanted));
		ret = mikey_policy_read(answer, at->number, &wanted, c);
		if (ret)
			return ret;
		if (!has_policy(offer, &wanted))
			return wrong(c, "SP at byte %zu: the offer does not have this policy",
				     at->offset);
	}
	return 0;
}

static int check_rsa_r(const struct mikey_message *answer,
		       const struct mikey_message *offer, struct complaint *c)
{
	const struct mikey_payload *stamp = mikey_find(answer, MIKEY_T);
	const struct mikey_payload *random = mikey_find(answer, MIKEY_RAND);
	const struct mikey_payload *ours = mikey_find(offer, MIKEY_T), *at;

	if (!stamp)
		return wrong(c, "T payload is missing");
	if (!bytes_same(stamp->data, ours->data))
		return wrong(c, "T at byte %zu: the offer's time is another",
			     stamp->offset);
	if (random && mikey_find(offer, MIKEY_RAND))
		return wrong(c, "RAND at byte %zu: the offer has one, too",
			     random->offset);
	if (!random && !mikey_find(offer, MIKEY_RAND))
		return wrong(c, "RAND payload is missing; key derivation needs it");
	/* RFC 4738 section 3.9.3 */
	for (at = answer->payload; at < &answer->payload[answer->n]; at++)
		if (at->type == MIKEY_EXT && at->alg == 4)
			return wrong(c, "general extension at byte %zu: keys of a group are not supported",
				     at->offset);
	return check_policies(answer, offer, c);
}

static int finish_rsa_r(struct mikey *answer, struct mikey *offer,
			const struct ksrtp_mikey *with, struct complaint *c)
{
	const struct mikey_payload *random =
		mikey_find(&offer->message, MIKEY_RAND);
	unsigned char names[2048];
	struct writer more = { .begin = names, .size = sizeof(names) };
	int ret = check_rsa_r(&answer->message, &offer->message, c);

	if (!ret)
		ret = write_names(&more, &offer->message,
				  find_id(&answer->message, 0), c);
	if (!ret && random)
		ret = borrow(&answer->message, random, c);
	return ret ? ret : mikey_rsa_open(&answer->message, &with->rsa,
					  &with->sent, (struct bytes) {
						  names, more.len,
					  }, &answer->opened, answer->envelope,
					  &answer->envelope_len, c);
}

/**
 * mikey_exchange_finish() - verify the answer of an exchange, and compute its keys
 * @answer: the answer; receives the keys of RSA-R
 * @offer: the offer; receives the keys of Diffie-Hellman
 * @with: local secrets
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 section 3.3, RFC 4650 section 3, RFC 4738 section 3.7.
 *
 * Return: 0, or a negative errno
 */
int mikey_exchange_finish(struct mikey *answer, struct mikey *offer,
			  const struct ksrtp_mikey *with,
			  struct complaint *complaint)
{
	if (offer->message.type == MIKEY_RSA_R_INIT)
		return finish_rsa_r(answer, offer, with, complaint);
	return finish_dh(answer, offer, with, complaint);
}
