// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "dtls.h"
#include "lib/complaint.h"

#define EXPORTER "EXTRACTOR-dtls_srtp"

/* First and longest retransmission timeout, in microseconds. */
#define RESEND_FIRST 250000
#define RESEND_MOST 8000000

/* Certificates are trusted by their fingerprint alone. */
static int verify(X509_STORE_CTX *store, void *unused)
{
	int index = SSL_get_ex_data_X509_STORE_CTX_idx();
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, index);
	struct dtls *dtls = SSL_get_app_data(ssl);

	(void)unused;
	if (fingerprints_match(dtls->fingerprints,
			       X509_STORE_CTX_get0_cert(store)))
		return 1;
	dtls->impostor = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static int context_error(struct complaint *c, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return complain(c, EINVAL, "%s: %s", what, reason ?: "failed");
}

/* @profiles has OpenSSL's names between colons, in order of preference. */
int dtls_method_make(struct dtls_method *method,
		     const struct certificate *certificate,
		     const char *profiles, struct complaint *c)
{
	SSL_CTX *context = SSL_CTX_new(DTLS_method());

	method->context = context;
	if (!context)
		return context_error(c, "DTLS");
	/* X25519 for browsers, P-256 for other clients; ECDHE only */
	if (!SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") ||
	    !SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") ||
	    SSL_CTX_use_certificate(context, certificate->x509) != 1 ||
	    SSL_CTX_use_PrivateKey(context, certificate->key) != 1)
		return context_error(c, "DTLS");
	if (SSL_CTX_set_tlsext_use_srtp(context, profiles))
		return context_error(c, "profiles");
	SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET |
			    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
			    SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER |
			   SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(context, verify, NULL);
	return 0;
}

void dtls_method_free(struct dtls_method *method)
{
	SSL_CTX_free(method->context);
	method->context = NULL;
}

/* A BIO for datagrams: it reads the current one, and sends immediately. */
static int bio_read(BIO *bio, char *bytes, int size)
{
	struct dtls *dtls = BIO_get_data(bio);
	size_t len = dtls->datagram_len;

	BIO_clear_retry_flags(bio);
	if (!len) {
		BIO_set_retry_read(bio);
		return -1;
	}
	/* truncate, as a socket does */
	if (len > (size_t)size)
		len = size;
	memcpy(bytes, dtls->datagram, len);
	dtls->datagram_len = 0;
	return len;
}

/*
 * Send the last flight, which a handshake holds back when it is done: the peer sends
 * media as soon as it has it, so they have to be expected before.
 */
void dtls_release(struct dtls *dtls)
{
	if (dtls->held)
		dtls->send(dtls->of, dtls->flight + dtls->flight_len - dtls->held,
			   dtls->held);
	dtls->held = 0;
}

/* A flight that is short may be the last one. */
static int bio_write(BIO *bio, const char *bytes, int len)
{
	struct dtls *dtls = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (dtls->flight_len + len <= sizeof(dtls->flight)) {
		memcpy(dtls->flight + dtls->flight_len, bytes, len);
		dtls->held += len;
		dtls->flight_len += len;
		return len;
	}
	dtls_release(dtls);
	dtls->flight_len += len;
	dtls->send(dtls->of, (const unsigned char *)bytes, len);
	return len;
}

static long bio_ctrl(BIO *bio, int what, long number, void *unused)
{
	const struct dtls *dtls = BIO_get_data(bio);

	(void)number;
	(void)unused;
	switch (what) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_PENDING:
		return dtls->datagram_len;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return DTLS_MTU;
	default:
		return 0;
	}
}

static BIO *make_bio(struct dtls *dtls)
{
	static BIO_METHOD *method;
	BIO *bio;

	if (!method) {
		method = BIO_meth_new(BIO_get_new_index() |
				      BIO_TYPE_SOURCE_SINK, "datagram");
		if (!method)
			return NULL;
		BIO_meth_set_read(method, bio_read);
		BIO_meth_set_write(method, bio_write);
		BIO_meth_set_ctrl(method, bio_ctrl);
	}
	bio = BIO_new(method);
	if (!bio)
		return NULL;
	BIO_set_data(bio, dtls);
	BIO_set_init(bio, 1);
	return bio;
}

static unsigned int next_timeout(SSL *ssl, unsigned int last)
{
	(void)ssl;
	if (!last)
		return RESEND_FIRST;
	return last < RESEND_MOST / 2 ? 2 * last : RESEND_MOST;
}

/* Start an association. fingerprints, send and of are set already. */
int dtls_begin(struct dtls *dtls, const struct dtls_method *method,
	       bool client)
{
	BIO *bio;

	dtls->client = client;
	dtls->impostor = false;
	dtls->state = DTLS_GOING;
	dtls->datagram_len = 0;
	dtls->flight_len = 0;
	dtls->held = 0;
	dtls->ssl = SSL_new(method->context);
	bio = dtls->ssl ? make_bio(dtls) : NULL;
	if (!bio) {
		dtls_end(dtls);
		ERR_clear_error();
		return -ENOMEM;
	}
	SSL_set_bio(dtls->ssl, bio, bio);
	SSL_set_app_data(dtls->ssl, dtls);
	SSL_set_mtu(dtls->ssl, DTLS_MTU);
	DTLS_set_timer_cb(dtls->ssl, next_timeout);
	if (client)
		SSL_set_connect_state(dtls->ssl);
	else
		SSL_set_accept_state(dtls->ssl);
	return 0;
}

static enum dtls_state fail(struct dtls *dtls)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	snprintf(dtls->error, sizeof(dtls->error), "%s", dtls->impostor ?
		 "the certificate has another fingerprint" :
		 reason ?: "protocol error");
	ERR_clear_error();
	dtls->state = DTLS_FAILED;
	return dtls->state;
}

/* Without an SRTP profile an association is useless. */
static enum dtls_state finish(struct dtls *dtls)
{
	if (!dtls_profile(dtls)) {
		snprintf(dtls->error, sizeof(dtls->error),
			 "no SRTP profile in common");
		dtls->state = DTLS_FAILED;
	} else {
		dtls->state = DTLS_UP;
	}
	return dtls->state;
}

static enum dtls_state close_by_peer(struct dtls *dtls)
{
	snprintf(dtls->error, sizeof(dtls->error), "the peer has closed it");
	dtls->state = DTLS_CLOSED;
	return dtls->state;
}

static enum dtls_state go(struct dtls *dtls)
{
	unsigned char data[2048];
	int ret;

	if (dtls->state == DTLS_GOING) {
		dtls->flight_len = 0;
		ret = SSL_do_handshake(dtls->ssl);
		if (ret == 1)
			return finish(dtls);
	} else if (dtls->state == DTLS_UP) {
		/* application data is discarded */
		do
			ret = SSL_read(dtls->ssl, data, sizeof(data));
		while (ret > 0);
	} else {
		return dtls->state;
	}
	switch (SSL_get_error(dtls->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		ERR_clear_error();
		return dtls->state;
	case SSL_ERROR_ZERO_RETURN:
		return close_by_peer(dtls);
	default:
		return fail(dtls);
	}
}

/*
 * Continue the handshake, or look for alerts. Once a handshake is done,
 * dtls_release() is due.
 */
enum dtls_state dtls_go(struct dtls *dtls)
{
	bool was_going = dtls->state == DTLS_GOING;

	go(dtls);
	if (!was_going || dtls->state != DTLS_UP)
		dtls_release(dtls);
	return dtls->state;
}

static void refuse(struct dtls *dtls)
{
	unsigned char record[ALERTS_RECORD];
	size_t len = alerts_refuse(&dtls->alerts, record);

	if (len)
		dtls->send(dtls->of, record, len);
}

/*
 * Look for alerts of an association that is settled. A peer that did not get
 * our last flight repeats its own, which is longer.
 */
static enum dtls_state receive_settled(struct dtls *dtls,
				       const unsigned char *bytes, size_t len)
{
	const char *what;

	switch (alerts_read(&dtls->alerts, bytes, len, &what)) {
	case ALERTS_NOTHING:
		break;
	case ALERTS_CLOSE:
		return close_by_peer(dtls);
	case ALERTS_REPEATED:
		if (dtls->flight_len && dtls->flight_len <= len)
			dtls->send(dtls->of, dtls->flight, dtls->flight_len);
		break;
	case ALERTS_HELLO:
		refuse(dtls);
		break;
	case ALERTS_FATAL:
		snprintf(dtls->error, sizeof(dtls->error), "alert: %s", what);
		dtls->state = DTLS_FAILED;
		break;
	}
	return dtls->state;
}

enum dtls_state dtls_receive(struct dtls *dtls, const unsigned char *bytes,
			     size_t len)
{
	if (!dtls->ssl)
		return receive_settled(dtls, bytes, len);
	dtls->datagram = bytes;
	dtls->datagram_len = len;
	dtls_go(dtls);
	dtls->datagram_len = 0;
	return dtls->state;
}

/* Retransmit after a timeout. */
enum dtls_state dtls_expired(struct dtls *dtls)
{
	if (dtls->state != DTLS_GOING)
		return dtls->state;
	if (DTLSv1_handle_timeout(dtls->ssl) < 0)
		fail(dtls);
	dtls_release(dtls);
	return dtls->state;
}

/* Time until the next retransmission. Returns false if there is none. */
bool dtls_timeout(struct dtls *dtls, uint64_t *ms)
{
	struct timeval left;

	if (!dtls->ssl || dtls->state != DTLS_GOING ||
	    !DTLSv1_get_timeout(dtls->ssl, &left))
		return false;
	*ms = left.tv_sec * 1000 + (left.tv_usec + 999) / 1000;
	return true;
}

/* The negotiated SRTP profile, or 0. */
unsigned int dtls_profile(const struct dtls *dtls)
{
	SRTP_PROTECTION_PROFILE *profile =
		SSL_get_selected_srtp_profile(dtls->ssl);

	return profile ? profile->id : 0;
}

int dtls_export(struct dtls *dtls, unsigned char *material, size_t len)
{
	if (SSL_export_keying_material(dtls->ssl, material, len, EXPORTER,
				       strlen(EXPORTER), NULL, 0, 0) == 1)
		return 0;
	ERR_clear_error();
	return -EIO;
}

bool dtls_exists(const struct dtls *dtls)
{
	return dtls->ssl || dtls->alerts.cipher;
}

/*
 * Free OpenSSL's object, which is large, and keep what alerts need, and the last
 * flight. The object stays where these are of another kind.
 */
void dtls_settle(struct dtls *dtls)
{
	if (!dtls->ssl || dtls->state != DTLS_UP ||
	    dtls->flight_len > sizeof(dtls->flight) ||
	    alerts_take(&dtls->alerts, dtls->ssl, dtls->client))
		return;
	SSL_free(dtls->ssl);
	dtls->ssl = NULL;
}

/* Send close_notify if possible, and free the keys. */
void dtls_end(struct dtls *dtls)
{
	unsigned char record[ALERTS_RECORD];
	size_t len;

	if (dtls->ssl && dtls->state == DTLS_UP)
		SSL_shutdown(dtls->ssl);
	if (dtls->ssl)
		dtls_release(dtls);
	SSL_free(dtls->ssl);
	dtls->ssl = NULL;
	if (dtls->alerts.cipher && dtls->state == DTLS_UP) {
		len = alerts_close(&dtls->alerts, record);
		if (len)
			dtls->send(dtls->of, record, len);
	}
	OPENSSL_cleanse(&dtls->alerts, sizeof(dtls->alerts));
	ERR_clear_error();
}
