// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the parser of MIKEY messages. Fields lie within the message, keys are
 * decrypted correctly, and a message made of what was read is read as the same.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/rsa.h>

#include "lib/complaint.h"
#include "lib/mikey/exchange.h"
#include "lib/mikey/mikey.h"
#include "lib/mikey/policy.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

static const unsigned char secret[] = "a pre-shared key";

/* A refusal is one line, with what it is about. */
static void check_refusal(const struct complaint *complaint)
{
	char text[1024];

	complaint_tell(complaint, text, sizeof(text));
	CHECK(*text && !strchr(text, '\n'));
}

static void check_payloads(const struct mikey_message *message)
{
	const struct mikey_payload *payload;
	size_t at = 10 + 9 * message->n_cs;

	for (payload = message->payload;
	     payload < &message->payload[message->n]; payload++) {
		CHECK(payload->offset == at && payload->end > at);
		at = payload->end;
	}
	CHECK(at == message->bytes.len);
}

/* Suite and settings are written, and read as they were. */
static void check_policy(const struct sdes *sdes)
{
	unsigned char bytes[256];
	struct mikey_draft draft = {
		.writer = { .begin = bytes, .size = sizeof(bytes) },
	};
	struct mikey_message *again = calloc(1, sizeof(*again));
	struct complaint complaint = { 0 };
	struct sdes read = { 0 };

	mikey_draft_begin(&draft, again);
	CHECK(!mikey_policy_write(&draft, 0, sdes, false, &complaint));
	CHECK(!draft.writer.full);
	CHECK(!mikey_message_read(again, (struct bytes) {
					  bytes, draft.writer.len,
				  }, &complaint));
	CHECK(!mikey_policy_read(again, 0, &read, &complaint));
	read.media = sdes->media;
	CHECK(sdes_same(&read, sdes));
	free(again);
}

static void check_keys(const struct mikey *mikey)
{
	struct complaint complaint = { 0 };
	struct sdes sdes;
	unsigned int i;

	for (i = 1; i <= mikey_cs_count(&mikey->message); i++) {
		complaint_leave(&complaint, 0);
		if (mikey_cs_read(&mikey->message, &mikey->opened, i, i & 1,
				  &sdes, &complaint)) {
			check_refusal(&complaint);
			continue;
		}
		CHECK(sdes.media.n && sdes.media.n == mikey->opened.n);
		check_policy(&sdes);
	}
}

/* Without a clock, the replay cache keeps what it has until it is full. */
static void check_cache(const struct mikey *mikey)
{
	const struct mikey_payload *kemac =
		mikey_find(&mikey->message, MIKEY_KEMAC);
	unsigned char *mac = (unsigned char *)kemac->mac.at;
	struct mikey_clock *clock = calloc(1, sizeof(*clock));
	struct complaint complaint = { 0 };
	unsigned int i;

	for (i = 0; i < 3; i++, mac[0]++) {
		CHECK(!mikey_clock_check(clock, &mikey->message, i,
					 &complaint));
		mikey_clock_note(clock, &mikey->message, i);
	}
	for (i = 0; i < 3; i++) {
		mac[0]--;
		CHECK(mikey_clock_check(clock, &mikey->message, 3,
					&complaint));
	}
	free(clock);
}

/* Encrypted and authenticated by us, keys come out as they went in. */
static void check_sealed(const struct mikey *mikey)
{
	static const unsigned char random[16] = "RAND", stamp[] = "time and";
	const struct mikey_payload *kemac =
		mikey_find(&mikey->message, MIKEY_KEMAC);
	struct bytes key = { secret, sizeof(secret) };
	struct mikey *again = calloc(1, sizeof(*again));
	struct complaint complaint = { 0 };
	struct mikey_draft draft = {
		.writer = { .begin = again->bytes, .size = MIKEY_SIZE },
	};
	struct bytes bytes = { again->bytes, 0 };

	mikey_draft_begin(&draft, &mikey->message);
	mikey_draft_payload(&draft, MIKEY_RAND);
	writer_counted(&draft.writer, 1, (struct bytes) { random, 16 });
	mikey_draft_payload(&draft, MIKEY_T);
	writer_number(&draft.writer, 1, MIKEY_NTP);
	writer_bytes(&draft.writer, (struct bytes) { stamp, 8 });
	bytes.len = draft.writer.len;
	CHECK(!mikey_message_read(&again->message, bytes, &complaint));
	CHECK(!mikey_seal(&draft, &again->message, key, MIKEY_ENCR_AES_CM,
			  MIKEY_MAC_SHA1, MIKEY_WHOLE, kemac->data,
			  &complaint));
	CHECK(!draft.writer.full);
	bytes.len = draft.writer.len;
	CHECK(!mikey_message_read(&again->message, bytes, &complaint));
	CHECK(!mikey_open(&again->message, key, MIKEY_WHOLE, &again->opened,
			  &complaint));
	CHECK(again->opened.n == mikey->opened.n &&
	      !memcmp(again->opened.plain, mikey->opened.plain,
		      kemac->data.len));
	check_cache(again);
	/* and not if a bit of it is another */
	again->bytes[bytes.len / 2] ^= 1;
	CHECK(mikey_message_read(&again->message, bytes, &complaint) ||
	      mikey_open(&again->message, key, MIKEY_WHOLE, &again->opened,
			 &complaint));
	free(again);
}

/* Nobody is trusted, and nothing is taken; certificates are read before that. */
static void check_signed(const struct mikey *mikey)
{
	static struct mikey_rsa rsa;
	static const struct mikey_sent sent;
	struct complaint complaint = { 0 };
	unsigned char envelope[MIKEY_ENVELOPE_MAX];
	struct mikey_opened *opened = calloc(1, sizeof(*opened));
	size_t len = 0;

	if (!rsa.own) {
		rsa.own = EVP_RSA_gen(1024);
		rsa.trust = X509_STORE_new();
	}
	CHECK(mikey_rsa_open(&mikey->message, &rsa, &sent,
			     (struct bytes) { NULL, 0 }, opened, envelope, &len,
			     &complaint));
	check_refusal(&complaint);
	free(opened);
}

/* An offer of Diffie-Hellman under the key. */
static struct mikey *make_offer(struct ksrtp_mikey *with)
{
	static const unsigned char random[16] = "RAND";
	static const struct mikey_cs cs[2];
	struct sdes sdes = {
		.suite = *registry_suite(KSRTP_SUITE_AES_CM_128_HMAC_SHA1_80),
	};
	struct mikey_wish wish = {
		.mode = MIKEY_MODE_DH, .group = MIKEY_OAKLEY_1, .sdes = &sdes,
		.cs = cs, .n_cs = 2, .csb_id = 0x01020304,
		.rand = { random, 16 },
	};
	struct mikey *offer = calloc(1, sizeof(*offer));
	struct complaint complaint = { 0 };
	size_t len;

	memcpy(with->psk, secret, sizeof(secret));
	with->psk_len = sizeof(secret);
	memcpy(with->peer_id, "peer", sizeof("peer"));
	CHECK(!mikey_make(&wish, with, offer->bytes, &len, &complaint));
	CHECK(!mikey_message_read(&offer->message, (struct bytes) {
					  offer->bytes, len,
				  }, &complaint));
	CHECK(!mikey_exchange_open(offer, with, &complaint));
	return offer;
}

/* What we have answered has the same keys for both; what we have not has none. */
static void check_exchange(const struct mikey *mikey)
{
	static struct ksrtp_mikey with;
	static struct mikey *offer, *answer;
	static const unsigned int types[] = {
		MIKEY_DHHMAC_RESP, MIKEY_DH_RESP,
	};
	struct complaint complaint = { 0 };
	size_t len, i;

	if (!offer) {
		offer = make_offer(&with);
		answer = calloc(1, sizeof(*answer));
		CHECK(!mikey_make_answer(offer, &with, answer->bytes, &len,
					 &complaint));
		CHECK(!mikey_message_read(&answer->message, (struct bytes) {
						  answer->bytes, len,
					  }, &complaint));
		CHECK(!mikey_verify(answer, offer, &with, &complaint));
		CHECK(offer->opened.n == 1);
	}
	if (mikey_is_exchange(&mikey->message)) {
		CHECK(mikey_exchange_open(mikey, &with, &complaint));
		check_refusal(&complaint);
	}
	/* as an answer, whatever it is */
	*answer = *mikey;
	answer->message.csb_id = offer->message.csb_id;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		complaint_leave(&complaint, 0);
		answer->message.type = types[i];
		offer->message.type = types[i] - 1;
		CHECK(mikey_verify(answer, offer, &with, &complaint));
		check_refusal(&complaint);
	}
	offer->message.type = MIKEY_DHHMAC_INIT;
}

static void check_text(const unsigned char *data, size_t len)
{
	struct complaint complaint = { 0 };
	char *text = malloc(len + 1);
	struct bytes found;

	memcpy(text, data, len);
	text[len] = '\0';
	if (mikey_text_find(text, &found, &complaint))
		check_refusal(&complaint);
	else
		CHECK((const char *)found.at >= text &&
		      (const char *)found.at + found.len <= text + strlen(text));
	free(text);
}

/* What a sender is told about a message that is refused can itself be read. */
static void check_error(const unsigned char *data, size_t len)
{
	struct ksrtp_mikey with = { .psk_len = sizeof(secret) };
	struct complaint complaint = { 0 }, unheard = { 0 };
	static struct mikey_message told;
	static unsigned char error[MIKEY_SIZE];
	static char text[MIKEY_TEXT_SIZE];
	size_t error_len;
	int ret;

	if (len > MIKEY_SIZE)
		return;
	memcpy(with.psk, secret, sizeof(secret));
	mikey_text_encode((struct bytes) { data, len }, text);
	ret = mikey_make_error((struct bytes) {
				       (unsigned char *)text, strlen(text),
			       }, 0, &with, error, &error_len, &complaint);
	if (!error_len)
		return;
	CHECK(ret);
	check_refusal(&complaint);
	CHECK(!mikey_message_read(&told, (struct bytes) { error, error_len },
				  &unheard));
	CHECK(told.type == MIKEY_ERROR && mikey_find(&told, MIKEY_ERR));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	struct mikey *mikey = calloc(1, sizeof(*mikey));
	struct complaint complaint = { 0 };
	struct bytes nothing = { NULL, 0 };

	check_text(data, len);
	check_error(data, len);
	if (mikey_message_read(&mikey->message, (struct bytes) { data, len },
			       &complaint)) {
		check_refusal(&complaint);
	} else {
		check_payloads(&mikey->message);
		if (!mikey_open(&mikey->message, nothing, MIKEY_WHOLE,
				&mikey->opened, &complaint)) {
			check_keys(mikey);
			check_sealed(mikey);
		} else {
			check_refusal(&complaint);
		}
		check_signed(mikey);
		check_exchange(mikey);
		/* nobody has made it under this key */
		CHECK(mikey_open(&mikey->message, (struct bytes) {
					 secret, sizeof(secret),
				 }, MIKEY_ALONE, &mikey->opened, &complaint));
	}
	free(mikey);
	return 0;
}
