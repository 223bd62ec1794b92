// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "lib/complaint.h"
#include "lib/hex.h"
#include "trust.h"

#define PIN "sha256:"

static int failed(struct complaint *c, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return complain(c, EIO, "%s: %s", what, reason ? reason : "failed");
}

/**
 * trust_read_pin() - read the fingerprint of a certificate
 * @trust: receives it
 * @text: "sha256:" and hex, with or without colons
 *
 * Return: false if it is none
 */
bool trust_read_pin(struct trust *trust, const char *text)
{
	char digits[2 * TRUST_PIN + 1];
	size_t n = 0;

	if (strncasecmp(text, PIN, strlen(PIN)))
		return false;
	for (text += strlen(PIN); *text; text++) {
		if (*text == ':')
			continue;
		if (n == sizeof(digits) - 1)
			return false;
		digits[n++] = *text;
	}
	digits[n] = '\0';
	trust->pinned = true;
	return hex_decode(digits, trust->pin, TRUST_PIN) == TRUST_PIN;
}

/**
 * trust_begin() - prepare connections
 * @trust: file and pin
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int trust_begin(struct trust *trust, struct complaint *complaint)
{
	SSL_CTX *ctx = trust->ctx = SSL_CTX_new(TLS_client_method());

	if (!ctx || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
		return failed(complaint, "TLS");
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
			 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	if (trust->file ? !SSL_CTX_load_verify_file(ctx, trust->file) :
			  !SSL_CTX_set_default_verify_paths(ctx))
		return failed(complaint, trust->file ? trust->file : "TLS");
	/* a pinned certificate is compared instead, unless CAs are given, too */
	SSL_CTX_set_verify(ctx, trust->pinned && !trust->file ?
			   SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	return 0;
}

/**
 * trust_connect() - prepare a connection
 * @trust: what is accepted
 * @ssl: the connection
 * @host: name or address of the camera, which its certificate must have
 * @complaint: receives the error
 *
 * Return: 0, or a negative errno
 */
int trust_connect(const struct trust *trust, SSL *ssl, const char *host,
		  struct complaint *complaint)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	unsigned char address[16];
	bool is_address = inet_pton(strchr(host, ':') ? AF_INET6 : AF_INET,
				    host, address) == 1;
	int done = 1;

	/* names that are sent are names, RFC 6066 section 3 */
	if (!is_address)
		done = SSL_set_tlsext_host_name(ssl, host);
	/* a pinned certificate may have any name */
	if (done && !trust->pinned)
		done = is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, host) :
				    X509_VERIFY_PARAM_set1_host(param, host, 0);
	return done ? 0 : failed(complaint, "TLS");
}

/**
 * trust_check() - check the certificate after a handshake
 * @trust: what is accepted
 * @ssl: the connection
 * @complaint: receives the error
 *
 * Return: 0, or -EACCES
 */
int trust_check(const struct trust *trust, SSL *ssl,
		struct complaint *complaint)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	X509 *x509 = SSL_get0_peer_certificate(ssl);
	unsigned int len = 0;

	if (!x509)
		return complain(complaint, EACCES, "TLS: no certificate");
	if (!trust->pinned)
		return 0;
	if (!X509_digest(x509, EVP_sha256(), digest, &len) ||
	    len != TRUST_PIN || memcmp(digest, trust->pin, TRUST_PIN))
		return complain(complaint, EACCES,
				"TLS: the certificate is not the pinned one");
	return 0;
}

/**
 * trust_failed() - tell why a handshake failed
 * @ssl: the connection
 * @complaint: receives the error
 *
 * Return: -EACCES for a certificate that is not accepted, or -EIO
 */
int trust_failed(SSL *ssl, struct complaint *complaint)
{
	long result = SSL_get_verify_result(ssl);

	if (result == X509_V_OK || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE)
		return failed(complaint, "TLS");
	ERR_clear_error();
	return complain(complaint, EACCES, "TLS: certificate: %s",
			X509_verify_cert_error_string(result));
}
