/* SPDX-License-Identifier: GPL-2.0 */
/* Payloads of MIKEY messages, RFC 3830 section 6 and its extensions. */
#ifndef LIBKSRTP_MIKEY_PAYLOAD_H
#define LIBKSRTP_MIKEY_PAYLOAD_H

#include "lib/bytes.h"

struct complaint;

/* Payload types, RFC 3830 section 6.1; IDR is from RFC 6043. */
enum mikey_payload_type {
	MIKEY_LAST = 0, MIKEY_KEMAC = 1, MIKEY_PKE = 2, MIKEY_DH = 3,
	MIKEY_SIGN = 4, MIKEY_T = 5, MIKEY_ID = 6, MIKEY_CERT = 7,
	MIKEY_CHASH = 8, MIKEY_V = 9, MIKEY_SP = 10, MIKEY_RAND = 11,
	MIKEY_ERR = 12, MIKEY_IDR = 14, MIKEY_KEY = 20, MIKEY_EXT = 21,
};

enum mikey_encr { MIKEY_ENCR_NULL, MIKEY_ENCR_AES_CM, MIKEY_ENCR_AES_KW };
enum mikey_mac { MIKEY_MAC_NULL, MIKEY_MAC_SHA1, MIKEY_MAC_SHA256 };
enum mikey_stamp { MIKEY_NTP_UTC, MIKEY_NTP, MIKEY_COUNTER };
enum mikey_sign { MIKEY_SIGN_RSA, MIKEY_SIGN_PSS };
enum mikey_dh { MIKEY_OAKLEY_5, MIKEY_OAKLEY_1, MIKEY_OAKLEY_2 };
enum mikey_cert { MIKEY_X509 = 0, MIKEY_X509_URL, MIKEY_X509_SIGN,
		  MIKEY_X509_ENCR };

/* Bits of a key data type: TEK instead of TGK; separate salt. */
#define MIKEY_KEY_SALTED	1
#define MIKEY_KEY_TEK		2

enum mikey_validity { MIKEY_KV_NULL, MIKEY_KV_SPI, MIKEY_KV_INTERVAL };

/* A key, RFC 3830 section 6.13, with its validity, 6.14. */
struct mikey_key {
	unsigned int type;	/* MIKEY_KEY_*; 0: TGK without salt */
	enum mikey_validity validity;
	struct bytes key, salt;
	struct bytes spi, from, to;
};

/* A payload; its type tells which members are set. */
struct mikey_payload {
	enum mikey_payload_type type;
	uint32_t next;			/* MIKEY_LAST: no payload follows */
	size_t offset, end;		/* bytes from the message's start */
	uint32_t alg;			/* algorithm, kind, group, ... */
	uint32_t mac_alg;		/* KEMAC */
	size_t data_offset;		/* KEMAC, SP: offset of data */
	uint32_t number;		/* policy, error, role, caching */
	struct bytes data;
	struct bytes mac;		/* KEMAC, V */
	struct mikey_key key;		/* KEY; for DH its validity */
};

/* Errors, RFC 3830 section 6.12, RFC 4738 section 3.9.2. */
enum mikey_error {
	MIKEY_ERROR_AUTH, MIKEY_ERROR_TIME, MIKEY_ERROR_PRF, MIKEY_ERROR_MAC,
	MIKEY_ERROR_ENCR, MIKEY_ERROR_HASH, MIKEY_ERROR_DH, MIKEY_ERROR_ID,
	MIKEY_ERROR_CERT, MIKEY_ERROR_SP_TYPE, MIKEY_ERROR_SP,
	MIKEY_ERROR_DATA_TYPE, MIKEY_ERROR_UNSPECIFIED,
	MIKEY_ERROR_MESSAGE_TYPE,
};

/* The sender of a message is wrong; if it is told, then by this number. */
#define wrong_by(complaint, error, ...) \
	((complaint)->code = (error) + 1, wrong(complaint, __VA_ARGS__))

const char *mikey_payload_name(unsigned int type);
int mikey_payload_read(struct mikey_payload *payload, unsigned int type,
		       struct reader *reader, struct complaint *complaint);
const char *mikey_error_name(unsigned int error);
unsigned int mikey_mac_len(unsigned int alg);
void mikey_key_write(struct writer *writer, const struct mikey_key *key,
		     bool last);

#endif
