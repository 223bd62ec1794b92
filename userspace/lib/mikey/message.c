// SPDX-License-Identifier: GPL-2.0
#include "message.h"
#include "lib/complaint.h"

static const char *const types[] = {
	[MIKEY_PSK_INIT] = "PSK init", [MIKEY_PSK_RESP] = "PSK verification",
	[MIKEY_PK_INIT] = "RSA init", [MIKEY_PK_RESP] = "RSA verification",
	[MIKEY_DH_INIT] = "DH init", [MIKEY_DH_RESP] = "DH response",
	[MIKEY_ERROR] = "error", [MIKEY_DHHMAC_INIT] = "DHHMAC init",
	[MIKEY_DHHMAC_RESP] = "DHHMAC response",
	[MIKEY_RSA_R_INIT] = "RSA-R init", [MIKEY_RSA_R_RESP] = "RSA-R response",
};

/**
 * mikey_type_name() - name of a data type
 * @type: the data type, any number
 *
 * Return: its name, or NULL if it is unknown
 */
const char *mikey_type_name(unsigned int type)
{
	return type < sizeof(types) / sizeof(*types) ? types[type] : NULL;
}

/**
 * mikey_is_answer() - does a responder send this message?
 * @message: the message
 *
 * Return: true for a response, a verification or an error
 */
bool mikey_is_answer(const struct mikey_message *message)
{
	return message->type == MIKEY_ERROR || message->type == MIKEY_PSK_RESP ||
	       message->type == MIKEY_PK_RESP || message->type == MIKEY_DH_RESP ||
	       message->type == MIKEY_DHHMAC_RESP ||
	       message->type == MIKEY_RSA_R_RESP;
}

/**
 * mikey_is_exchange() - do the keys of an offer come with its answer?
 * @message: the offer
 *
 * Return: true for Diffie-Hellman and RSA-R
 */
bool mikey_is_exchange(const struct mikey_message *message)
{
	return message->type == MIKEY_DH_INIT ||
	       message->type == MIKEY_DHHMAC_INIT ||
	       message->type == MIKEY_RSA_R_INIT;
}

/* The fixed part of the header. @next receives the first payload's type. */
static int read_fixed(struct mikey_message *message, struct reader *reader,
		      uint32_t *next, struct complaint *c)
{
	uint32_t version = 0, flags = 0, n_cs = 0;
	int ret = reader_number(reader, 1, &version, "version", c);

	if (!ret && version != 1)
		return wrong(c, "version %u is not 1", version);
	if (!ret)
		ret = reader_number(reader, 1, &message->type, "data type", c);
	if (!ret && !mikey_type_name(message->type))
		return wrong_by(c, MIKEY_ERROR_MESSAGE_TYPE,
				"data type %u is unknown", message->type);
	if (!ret)
		ret = reader_number(reader, 1, next, "next payload", c);
	if (!ret)
		ret = reader_number(reader, 1, &flags, "PRF", c);
	message->wants_answer = flags >> 7;
	message->prf = flags & 127;
	if (!ret && message->prf > MIKEY_PRF_SHA256)
		return wrong_by(c, MIKEY_ERROR_PRF, "PRF %u is unknown",
				message->prf);
	if (!ret)
		ret = reader_number(reader, 4, &message->csb_id, "CSB ID", c);
	if (!ret)
		ret = reader_number(reader, 1, &n_cs, "#CS", c);
	message->n_cs = n_cs;
	if (!ret)
		ret = reader_number(reader, 1, &message->map, "map type", c);
	return ret;
}

static int read_map(struct mikey_message *message, struct reader *reader,
		    struct complaint *c)
{
	struct mikey_cs *cs;
	int ret = 0;

	/* RFC 4563, section 4.1 */
	if (message->map == MIKEY_MAP_EMPTY && message->n_cs)
		return wrong(c, "#CS is %u, but the map is empty",
			     message->n_cs);
	if (message->map > MIKEY_MAP_EMPTY)
		return wrong(c, "map type %u is unknown", message->map);
	for (cs = message->cs; !ret && cs < &message->cs[message->n_cs]; cs++) {
		ret = reader_number(reader, 1, &cs->policy,
				    "policy of a crypto session", c);
		if (!ret)
			ret = reader_number(reader, 4, &cs->ssrc,
					    "SSRC of a crypto session", c);
		if (!ret)
			ret = reader_number(reader, 4, &cs->roc,
					    "ROC of a crypto session", c);
	}
	return ret;
}

/**
 * mikey_message_read() - parse a message
 * @message: receives the message; its payloads point into @bytes
 * @bytes: the whole message
 * @complaint: receives the error, with the payload and its offset
 *
 * Each field must lie within the message, and nothing may follow the last payload.
 * The contents of payloads are not interpreted. RFC 3830 section 6.1.
 *
 * Return: 0, or -EINVAL
 */
int mikey_message_read(struct mikey_message *message, struct bytes bytes,
		       struct complaint *complaint)
{
	struct reader reader = reader_of(bytes, 0);
	uint32_t next = MIKEY_LAST;
	size_t here;
	int ret;

	message->bytes = bytes;
	message->n = 0;
	here = complaint_enter(complaint, " HDR at byte 0");
	ret = read_fixed(message, &reader, &next, complaint);
	if (!ret)
		ret = read_map(message, &reader, complaint);
	if (ret)
		return ret;
	complaint_leave(complaint, here);
	while (next != MIKEY_LAST) {
		if (message->n == MIKEY_PAYLOADS_MAX)
			return wrong(complaint, "more than %d payloads",
				     MIKEY_PAYLOADS_MAX);
		ret = mikey_payload_read(&message->payload[message->n], next,
					 &reader, complaint);
		if (ret)
			return ret;
		next = message->payload[message->n++].next;
	}
	if (reader_left(&reader))
		return wrong(complaint,
			     "%zu bytes after the last payload, at byte %zu",
			     reader_left(&reader), reader_offset(&reader));
	return 0;
}

/**
 * mikey_find() - find the first payload of a type
 * @message: the message
 * @type: the type
 *
 * Return: the payload, or NULL
 */
const struct mikey_payload *mikey_find(const struct mikey_message *message,
				       unsigned int type)
{
	unsigned int i;

	for (i = 0; i < message->n; i++)
		if (message->payload[i].type == type)
			return &message->payload[i];
	return NULL;
}

/**
 * mikey_only() - find a payload that may occur once
 * @message: the message
 * @type: its type
 * @payload: receives the payload, or NULL if there is none
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if there are two
 */
int mikey_only(const struct mikey_message *message, unsigned int type,
	       const struct mikey_payload **payload,
	       struct complaint *complaint)
{
	unsigned int i;

	*payload = NULL;
	for (i = 0; i < message->n; i++) {
		if (message->payload[i].type != type)
			continue;
		if (*payload)
			return wrong(complaint,
				     "%s at byte %zu repeats the one at byte %zu",
				     mikey_payload_name(type),
				     message->payload[i].offset,
				     (*payload)->offset);
		*payload = &message->payload[i];
	}
	return 0;
}

/**
 * mikey_draft_begin() - begin a message with its header
 * @draft: the message; its writer has room
 * @header: contents of the header; its payloads are ignored
 *
 * RFC 3830 section 6.1.
 */
void mikey_draft_begin(struct mikey_draft *draft,
		       const struct mikey_message *header)
{
	struct writer *writer = &draft->writer;
	unsigned int i;

	writer_number(writer, 1, 1);
	writer_number(writer, 1, header->type);
	draft->next = writer->len;
	writer_number(writer, 1, MIKEY_LAST);
	writer_number(writer, 1, header->wants_answer << 7 | header->prf);
	writer_number(writer, 4, header->csb_id);
	writer_number(writer, 1, header->n_cs);
	writer_number(writer, 1, header->map);
	for (i = 0; i < header->n_cs; i++) {
		writer_number(writer, 1, header->cs[i].policy);
		writer_number(writer, 4, header->cs[i].ssrc);
		writer_number(writer, 4, header->cs[i].roc);
	}
}

/**
 * mikey_draft_payload() - append a payload
 * @draft: the message
 * @type: its type
 *
 * The caller writes what follows the payload's "next payload" field.
 */
void mikey_draft_payload(struct mikey_draft *draft, unsigned int type)
{
	if (!draft->writer.full)
		draft->writer.begin[draft->next] = type;
	if (type == MIKEY_SIGN)
		return;
	draft->next = draft->writer.len;
	writer_number(&draft->writer, 1, MIKEY_LAST);
}

/**
 * mikey_draft_stamp() - append T to a message
 * @draft: the message
 * @kind: kind of the timestamp
 * @value: the timestamp, as it is sent
 */
void mikey_draft_stamp(struct mikey_draft *draft, enum mikey_stamp kind,
		       struct bytes value)
{
	mikey_draft_payload(draft, MIKEY_T);
	writer_number(&draft->writer, 1, kind);
	writer_bytes(&draft->writer, value);
}

/**
 * mikey_draft_read() - parse a message under construction
 * @draft: the message
 * @message: receives it, since key derivation needs header, RAND and T
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL
 */
int mikey_draft_read(const struct mikey_draft *draft,
		     struct mikey_message *message, struct complaint *complaint)
{
	return mikey_message_read(message, (struct bytes) {
					  draft->writer.begin,
					  draft->writer.len,
				  }, complaint);
}
