// SPDX-License-Identifier: GPL-2.0
#include "payload.h"
#include "lib/complaint.h"

static const char *const names[] = {
	[MIKEY_LAST] = "end", [MIKEY_KEMAC] = "KEMAC", [MIKEY_PKE] = "PKE",
	[MIKEY_DH] = "DH", [MIKEY_SIGN] = "SIGN", [MIKEY_T] = "T",
	[MIKEY_ID] = "ID", [MIKEY_CERT] = "CERT", [MIKEY_CHASH] = "CHASH",
	[MIKEY_V] = "V", [MIKEY_SP] = "SP", [MIKEY_RAND] = "RAND",
	[MIKEY_ERR] = "ERR", [MIKEY_IDR] = "IDR", [MIKEY_KEY] = "key data",
	[MIKEY_EXT] = "general extension",
};

/**
 * mikey_payload_name() - name of a payload type, as in RFC 3830
 * @type: the type, any number
 *
 * Return: its name, or NULL if it is unknown
 */
const char *mikey_payload_name(unsigned int type)
{
	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}

/* RFC 3830 section 6.12, RFC 4738 section 3.9.2. */
static const char *const errors[] = {
	"authentication failed", "invalid timestamp", "PRF is not supported",
	"MAC algorithm is not supported",
	"encryption algorithm is not supported",
	"hash function is not supported", "DH group is not supported",
	"ID is not supported", "certificate is not supported",
	"SP type is not supported", "SP parameters are not supported",
	"data type is not supported", "unspecified",
	"message type is not supported",
};

/**
 * mikey_error_name() - meaning of an error
 * @error: its number
 *
 * Return: the meaning, or NULL if it is unknown
 */
const char *mikey_error_name(unsigned int error)
{
	return error < sizeof(errors) / sizeof(*errors) ? errors[error] : NULL;
}

/**
 * mikey_mac_len() - length of a MAC in KEMAC and V
 * @alg: the algorithm, any number; RFC 3830 section 6.2, RFC 6043
 *
 * Return: the length in bytes, 0 for MIKEY_MAC_NULL or an unknown algorithm
 */
unsigned int mikey_mac_len(unsigned int alg)
{
	return alg == MIKEY_MAC_SHA1 ? 20 : alg == MIKEY_MAC_SHA256 ? 32 : 0;
}

static int read_mac(struct reader *reader, uint32_t *alg, struct bytes *mac,
		    struct complaint *c)
{
	int ret = reader_number(reader, 1, alg, "MAC algorithm", c);

	if (!ret && *alg > MIKEY_MAC_SHA256)
		ret = wrong_by(c, MIKEY_ERROR_MAC,
			       "MAC algorithm %u is unknown", *alg);
	return ret ? ret : reader_bytes(reader, mikey_mac_len(*alg), mac, "MAC",
					c);
}

static int read_kemac(struct mikey_payload *payload, struct reader *reader,
		      struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->alg,
				"encryption algorithm", c);

	if (!ret && payload->alg > MIKEY_ENCR_AES_KW)
		ret = wrong_by(c, MIKEY_ERROR_ENCR,
			       "encryption algorithm %u is unknown",
			    payload->alg);
	payload->data_offset = reader_offset(reader) + 2;
	if (!ret)
		ret = reader_counted(reader, 2, &payload->data,
				     "encrypted data", c);
	return ret ? ret : read_mac(reader, &payload->mac_alg, &payload->mac,
				    c);
}

/* A field of @bits, and a length in the rest of 16 bits. */
static int read_split(struct mikey_payload *payload, struct reader *reader,
		      unsigned int bits, const char *what, struct complaint *c)
{
	uint32_t both = 0;
	int ret = reader_number(reader, 2, &both, what, c);

	payload->number = both >> (16 - bits);
	return ret ? ret : reader_bytes(reader, both & (0xffff >> bits),
					&payload->data, what, c);
}

/* Key validity, RFC 3830 section 6.14. */
static int read_validity(struct mikey_key *key, uint32_t validity,
			 struct reader *reader, struct complaint *c)
{
	int ret = 0;

	if (validity > MIKEY_KV_INTERVAL)
		return wrong(c, "key validity %u is unknown", validity);
	key->validity = validity;
	if (validity == MIKEY_KV_SPI)
		ret = reader_counted(reader, 1, &key->spi, "SPI", c);
	if (validity == MIKEY_KV_INTERVAL)
		ret = reader_counted(reader, 1, &key->from, "valid from", c);
	if (!ret && validity == MIKEY_KV_INTERVAL)
		ret = reader_counted(reader, 1, &key->to, "valid to", c);
	return ret;
}

static int read_dh(struct mikey_payload *payload, struct reader *reader,
		   struct complaint *c)
{
	static const unsigned int lens[] = {
		[MIKEY_OAKLEY_5] = 192, [MIKEY_OAKLEY_1] = 96,
		[MIKEY_OAKLEY_2] = 128,
	};
	uint32_t validity = 0;
	int ret = reader_number(reader, 1, &payload->alg, "DH group", c);

	if (!ret && payload->alg > MIKEY_OAKLEY_2)
		ret = wrong_by(c, MIKEY_ERROR_DH,
			       "DH group %u is unknown", payload->alg);
	if (!ret)
		ret = reader_bytes(reader, lens[payload->alg], &payload->data,
				   "DH value", c);
	if (!ret)
		ret = reader_number(reader, 1, &validity, "key validity", c);
	return ret ? ret : read_validity(&payload->key, validity & 15, reader,
					 c);
}

static int read_stamp(struct mikey_payload *payload, struct reader *reader,
		      struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->alg, "type", c);

	if (!ret && payload->alg > MIKEY_COUNTER)
		ret = wrong_by(c, MIKEY_ERROR_TIME, "type %u is unknown",
			       payload->alg);
	return ret ? ret : reader_bytes(reader,
					payload->alg == MIKEY_COUNTER ? 4 : 8,
					&payload->data, "value", c);
}

/* A kind, and data with a length field of 16 bits. */
static int read_kind(struct mikey_payload *payload, struct reader *reader,
		     struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->alg, "type", c);

	return ret ? ret : reader_counted(reader, 2, &payload->data, "data", c);
}

static int read_idr(struct mikey_payload *payload, struct reader *reader,
		    struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->number, "role", c);

	return ret ? ret : read_kind(payload, reader, c);
}

static int read_chash(struct mikey_payload *payload, struct reader *reader,
		      struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->alg, "hash function", c);

	/* SHA-1 and MD5 */
	if (!ret && payload->alg > 1)
		ret = wrong_by(c, MIKEY_ERROR_HASH,
			       "hash function %u is unknown", payload->alg);
	return ret ? ret : reader_bytes(reader, payload->alg ? 16 : 20,
					&payload->data, "hash", c);
}

static int read_policy(struct mikey_payload *payload, struct reader *reader,
		       struct complaint *c)
{
	int ret = reader_number(reader, 1, &payload->number, "policy", c);

	if (!ret)
		ret = reader_number(reader, 1, &payload->alg, "protocol", c);
	payload->data_offset = reader_offset(reader) + 2;
	return ret ? ret : reader_counted(reader, 2, &payload->data,
					  "parameters", c);
}

static int read_error(struct mikey_payload *payload, struct reader *reader,
		      struct complaint *c)
{
	uint32_t reserved;
	int ret = reader_number(reader, 1, &payload->number, "error", c);

	return ret ? ret : reader_number(reader, 2, &reserved, "reserved", c);
}

static int read_key(struct mikey_payload *payload, struct reader *reader,
		    struct complaint *c)
{
	struct mikey_key *key = &payload->key;
	uint32_t both = 0;
	int ret = reader_number(reader, 1, &both, "type", c);

	key->type = both >> 4;
	if (!ret && key->type > (MIKEY_KEY_TEK | MIKEY_KEY_SALTED))
		ret = wrong_by(c, MIKEY_ERROR_DATA_TYPE, "type %u is unknown",
			       key->type);
	if (!ret)
		ret = reader_counted(reader, 2, &key->key, "key", c);
	if (!ret && key->type & MIKEY_KEY_SALTED)
		ret = reader_counted(reader, 2, &key->salt, "salt", c);
	return ret ? ret : read_validity(key, both & 15, reader, c);
}

/* What follows the "next payload" field. */
static int read_body(struct mikey_payload *payload, struct reader *reader,
		     struct complaint *c)
{
	switch (payload->type) {
	case MIKEY_KEMAC:
		return read_kemac(payload, reader, c);
	case MIKEY_PKE:
		return read_split(payload, reader, 2, "envelope", c);
	case MIKEY_SIGN:
		return read_split(payload, reader, 4, "signature", c);
	case MIKEY_DH:
		return read_dh(payload, reader, c);
	case MIKEY_T:
		return read_stamp(payload, reader, c);
	case MIKEY_ID:
	case MIKEY_CERT:
	case MIKEY_EXT:
		return read_kind(payload, reader, c);
	case MIKEY_IDR:
		return read_idr(payload, reader, c);
	case MIKEY_CHASH:
		return read_chash(payload, reader, c);
	case MIKEY_V:
		return read_mac(reader, &payload->alg, &payload->mac, c);
	case MIKEY_SP:
		return read_policy(payload, reader, c);
	case MIKEY_RAND:
		return reader_counted(reader, 1, &payload->data, "bytes", c);
	case MIKEY_ERR:
		return read_error(payload, reader, c);
	case MIKEY_KEY:
		return read_key(payload, reader, c);
	case MIKEY_LAST:
		break;
	}
	return wrong(c, "payload of type %u is unknown", payload->type);
}

/**
 * mikey_payload_read() - parse one payload
 * @payload: receives the payload, which points into the message
 * @type: its type, from the preceding payload or header
 * @reader: the message; advances past the payload
 * @complaint: receives the error, with the payload and its offset
 *
 * RFC 3830 sections 6.2 to 6.15. SIGN has no "next payload" field, since it is last.
 *
 * Return: 0, or -EINVAL
 */
int mikey_payload_read(struct mikey_payload *payload, unsigned int type,
		       struct reader *reader, struct complaint *complaint)
{
	const char *name = mikey_payload_name(type);
	size_t here;
	int ret = 0;

	*payload = (struct mikey_payload) {
		.type = type, .offset = reader_offset(reader),
	};
	if (!name)
		return wrong(complaint,
			     "payload of type %u at byte %zu is unknown",
			     type, payload->offset);
	here = complaint_enter(complaint, " %s at byte %zu", name,
			       payload->offset);
	if (type != MIKEY_SIGN)
		ret = reader_number(reader, 1, &payload->next, "next payload",
				    complaint);
	if (!ret)
		ret = read_body(payload, reader, complaint);
	payload->end = reader_offset(reader);
	if (!ret)
		complaint_leave(complaint, here);
	return ret;
}

/**
 * mikey_key_write() - write a key data payload
 * @writer: receives it; later the data of KEMAC
 * @key: the key
 * @last: no other payload follows
 *
 * RFC 3830 section 6.13.
 */
void mikey_key_write(struct writer *writer, const struct mikey_key *key,
		     bool last)
{
	writer_number(writer, 1, last ? MIKEY_LAST : MIKEY_KEY);
	writer_number(writer, 1, key->type << 4 | key->validity);
	writer_counted(writer, 2, key->key);
	if (key->type & MIKEY_KEY_SALTED)
		writer_counted(writer, 2, key->salt);
	if (key->validity == MIKEY_KV_SPI)
		writer_counted(writer, 1, key->spi);
	if (key->validity == MIKEY_KV_INTERVAL) {
		writer_counted(writer, 1, key->from);
		writer_counted(writer, 1, key->to);
	}
}
