// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mikey_json.h"
#include "lib/complaint.h"
#include "lib/hex.h"
#include "util/output.h"

/* Longer fields are cut. */
#define SHOWN_MAX 255

static json_t *hex(struct bytes bytes)
{
	size_t len = bytes.len < SHOWN_MAX ? bytes.len : SHOWN_MAX;
	char shown[2 * SHOWN_MAX + 1];

	hex_encode(bytes.at, len, shown);
	return json_string(shown);
}

static void set_number(json_t *object, const char *name, uint64_t value)
{
	json_object_set_new(object, name, json_integer(value));
}

static void set_text(json_t *object, const char *name, const char *value)
{
	json_object_set_new(object, name, json_string(value));
}

static void set_ssrc(json_t *object, uint32_t ssrc)
{
	char shown[16];

	snprintf(shown, sizeof(shown), "0x%08x", ssrc);
	set_text(object, "ssrc", shown);
}

static const char *word(unsigned int value, const char *const *known,
			unsigned int n)
{
	return value < n ? known[value] : "unknown";
}

#define WORD(value, ...) \
	word(value, (const char *const[]){ __VA_ARGS__ }, \
	     sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static void show_protection(json_t *object, const struct mikey_payload *payload)
{
	set_text(object, "encryption",
		 WORD(payload->alg, "NULL", "AES-CM-128", "AES-KW-128"));
	set_text(object, "mac", WORD(payload->mac_alg, "NULL", "HMAC-SHA-1-160",
				     "HMAC-SHA-256-256"));
	set_number(object, "length", payload->data.len);
}

/* Key ID information, RFC 4563 section 4; NULL if it is malformed. */
static json_t *show_key_ids(struct bytes bytes)
{
	struct complaint unheard = { 0 };
	struct reader reader = reader_of(bytes, 0);
	json_t *list = json_array(), *object;
	uint32_t kind = 0;
	struct bytes id;

	while (reader_left(&reader)) {
		if (reader_number(&reader, 1, &kind, "kind", &unheard) ||
		    reader_counted(&reader, 1, &id, "key ID", &unheard)) {
			json_decref(list);
			return NULL;
		}
		object = json_object();
		set_number(object, "kind", kind);
		json_object_set_new(object, "id", hex(id));
		json_array_append_new(list, object);
	}
	return list;
}

#define EXT_KEY_ID 3

static void show_extension(json_t *object, const struct mikey_payload *payload)
{
	json_t *ids = payload->alg == EXT_KEY_ID ? show_key_ids(payload->data) :
						   NULL;

	set_number(object, "kind", payload->alg);
	json_object_set_new(object, "value", hex(payload->data));
	if (ids)
		json_object_set_new(object, "key-ids", ids);
}

static void show_body(json_t *object, const struct mikey_payload *payload)
{
	switch (payload->type) {
	case MIKEY_KEMAC:
		show_protection(object, payload);
		break;
	case MIKEY_T:
		set_text(object, "kind",
			 WORD(payload->alg, "NTP-UTC", "NTP", "COUNTER"));
		json_object_set_new(object, "value", hex(payload->data));
		break;
	case MIKEY_SP:
		set_number(object, "policy", payload->number);
		set_number(object, "protocol", payload->alg);
		json_object_set_new(object, "value", hex(payload->data));
		break;
	case MIKEY_ID:
	case MIKEY_IDR:
		set_number(object, "kind", payload->alg);
		json_object_set_new(object, "value", hex(payload->data));
		break;
	case MIKEY_EXT:
		show_extension(object, payload);
		break;
	case MIKEY_DH:
		set_number(object, "oakley-group",
			   payload->alg == MIKEY_OAKLEY_5 ? 5 :
			   payload->alg == MIKEY_OAKLEY_2 ? 2 : 1);
		json_object_set_new(object, "value", hex(payload->data));
		break;
	case MIKEY_RAND:
	case MIKEY_CHASH:
		json_object_set_new(object, "value", hex(payload->data));
		break;
	case MIKEY_V:
		set_text(object, "mac", WORD(payload->alg, "NULL",
					     "HMAC-SHA-1-160",
					     "HMAC-SHA-256-256"));
		break;
	case MIKEY_ERR:
		set_number(object, "error", payload->number);
		if (mikey_error_name(payload->number))
			set_text(object, "meaning",
				 mikey_error_name(payload->number));
		break;
	default:
		set_number(object, "length", payload->data.len);
	}
}

static json_t *show_payloads(const struct mikey_message *message)
{
	const struct mikey_payload *payload;
	json_t *list = json_array(), *object;

	for (payload = message->payload;
	     payload < &message->payload[message->n]; payload++) {
		object = json_object();
		set_text(object, "payload", mikey_payload_name(payload->type));
		set_number(object, "offset", payload->offset);
		show_body(object, payload);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *show_keys(const struct sdes_keys *keys)
{
	json_t *list = json_array(), *object;
	const struct sdes_key *key;

	for (key = keys->key; key < &keys->key[keys->n]; key++) {
		object = json_object();
		set_number(object, "key-length", key->key.key_len);
		set_number(object, "salt-length", key->key.salt_len);
		if (key->mki_len)
			json_object_set_new(object, "mki", hex((struct bytes) {
				key->mki, key->mki_len,
			}));
		if (key->interval) {
			set_number(object, "from", key->from);
			set_number(object, "to", key->to);
		}
		json_array_append_new(list, object);
	}
	return list;
}

static void set_switch(json_t *object, const char *name, bool on)
{
	if (on)
		json_object_set_new(object, name, json_true());
}

static void show_settings(json_t *object, const struct sdes *sdes)
{
	set_text(object, "suite", sdes->suite.name);
	if (sdes->key_derivation_rate)
		set_number(object, "key-derivation-rate",
			   sdes->key_derivation_rate);
	set_switch(object, "unencrypted-srtp", sdes->unencrypted_srtp);
	set_switch(object, "unencrypted-srtcp", sdes->unencrypted_srtcp);
	set_switch(object, "unauthenticated-srtp", sdes->unauthenticated_srtp);
	if (sdes->rcc_mode) {
		set_number(object, "rcc-mode", sdes->rcc_mode);
		set_number(object, "rcc-rate", sdes->rcc_rate);
	}
	json_object_set_new(object, "keys", show_keys(&sdes->media));
}

static void show_map(json_t *object, const struct mikey_cs *cs)
{
	set_number(object, "policy", cs->policy);
	set_ssrc(object, cs->ssrc);
	set_number(object, "roc", cs->roc);
}

static json_t *show_header(const struct mikey_message *message)
{
	json_t *object = json_object();
	char csb_id[16];

	snprintf(csb_id, sizeof(csb_id), "%08x", message->csb_id);
	set_text(object, "type", mikey_type_name(message->type));
	set_text(object, "csb-id", csb_id);
	set_text(object, "prf", WORD(message->prf, "MIKEY-1", "HMAC-SHA-256"));
	json_object_set_new(object, "verify",
			    json_boolean(message->wants_answer));
	return object;
}

/* Crypto sessions, with lengths of keys if the keys could be decrypted. */
static int show_sessions(json_t *object, const struct mikey_message *message,
			 const struct mikey *opened, bool raw_tgk,
			 struct complaint *c)
{
	json_t *list = json_array(), *session;
	struct sdes sdes;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < (opened ? mikey_cs_count(message) : message->n_cs);
	     i++) {
		session = json_object();
		set_number(session, "id", i + 1);
		if (i < message->n_cs)
			show_map(session, &message->cs[i]);
		if (opened && !ret)
			ret = mikey_cs_read(message, &opened->opened, i + 1,
					    raw_tgk, &sdes, c);
		if (opened && !ret)
			show_settings(session, &sdes);
		explicit_bzero(&sdes, sizeof(sdes));
		json_array_append_new(list, session);
	}
	json_object_set_new(object, "crypto-sessions", list);
	return ret;
}

/* Parse what is not encrypted. */
static int read_bare(struct mikey *bare, struct bytes found,
		     struct complaint *c)
{
	struct bytes bytes = { .at = bare->bytes };
	int ret = mikey_text_decode(found, bare->bytes, &bytes.len, c);

	return ret ? ret : mikey_message_read(&bare->message, bytes, c);
}

/**
 * mikey_json() - convert a message to JSON
 * @text: the message, from SDP or RTSP, or in base64
 * @with: local secrets
 * @list: receives an object if the message can be parsed, even if it cannot be
 *	decrypted
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int mikey_json(const char *text, const struct ksrtp_mikey *with, json_t *list,
	       struct complaint *complaint)
{
	struct complaint unheard = { 0 };
	struct mikey *bare, *opened = NULL;
	struct bytes found;
	json_t *object;
	int ret = mikey_text_find(text, &found, complaint);

	bare = calloc(1, sizeof(*bare));
	if (ret || !bare) {
		free(bare);
		return ret ? ret : -ENOMEM;
	}
	if (!read_bare(bare, found, &unheard)) {
		ret = mikey_take(&opened, with, found, complaint);
		object = show_header(&bare->message);
		if (opened && mikey_is_answer(&bare->message))
			mikey_free(opened), opened = NULL;
		if (ret)
			show_sessions(object, &bare->message, NULL, false,
				      &unheard);
		else
			ret = show_sessions(object, &bare->message, opened,
					    with->raw_tgk, complaint);
		json_object_set_new(object, "payloads",
				    show_payloads(&bare->message));
		json_array_append_new(list, object);
	} else {
		ret = mikey_take(&opened, with, found, complaint);
	}
	mikey_free(opened);
	mikey_free(bare);
	return ret;
}

static void print_key(json_t *key)
{
	printf("        key %lld salt %lld", output_number(key, "key-length"),
	       output_number(key, "salt-length"));
	if (output_string(key, "mki"))
		printf(" mki %s", output_string(key, "mki"));
	if (json_object_get(key, "to"))
		printf(" from %lld to %lld", output_number(key, "from"),
		       output_number(key, "to"));
	putchar('\n');
}

/* Print all scalar members except @first. */
static void print_members(json_t *object, const char *first)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value) {
		if (!strcmp(name, first))
			continue;
		if (json_is_string(value))
			printf(" %s %s", name, json_string_value(value));
		else if (json_is_integer(value))
			printf(" %s %lld", name,
			       (long long)json_integer_value(value));
		else if (json_is_true(value))
			printf(" %s on", name);
	}
}

/**
 * mikey_print() - print a message as text
 * @object: the object made by mikey_json()
 */
void mikey_print(json_t *object)
{
	json_t *inner, *key;
	size_t i, j;

	printf("%s csb-id %s prf %s%s\n", output_string(object, "type"),
	       output_string(object, "csb-id"), output_string(object, "prf"),
	       json_is_true(json_object_get(object, "verify")) ? " verify" :
								 "");
	json_array_foreach(json_object_get(object, "crypto-sessions"), i,
			   inner) {
		printf("    session %lld", output_number(inner, "id"));
		print_members(inner, "id");
		putchar('\n');
		json_array_foreach(json_object_get(inner, "keys"), j, key)
			print_key(key);
	}
	json_array_foreach(json_object_get(object, "payloads"), i, inner) {
		printf("    %s", output_string(inner, "payload"));
		print_members(inner, "payload");
		putchar('\n');
		json_array_foreach(json_object_get(inner, "key-ids"), j, key)
			printf("        key-id kind %lld id %s\n",
			       output_number(key, "kind"),
			       output_string(key, "id"));
	}
}
