// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "rsa.h"
#include "lib/complaint.h"

/* Length of the envelope key of messages made here. */
#define ENVELOPE_LEN 16

/* Certificates of a message besides the signer's. */
#define CHAIN_MAX 8

/* Fail on encrypted keys instead of prompting for a passphrase. */
static int no_passphrase(char *text, int size, int writes, void *data)
{
	(void)text;
	(void)size;
	(void)writes;
	(void)data;
	return 0;
}

static X509 *read_cert(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
}

static int read_one(X509 **cert, const char *text, const char *what,
		    struct complaint *c)
{
	BIO *bio = BIO_new_mem_buf(text, -1);
	X509 *read = bio ? read_cert(bio) : NULL;

	BIO_free(bio);
	if (!read)
		return wrong(c, "%s: not a certificate in PEM", what);
	if (EVP_PKEY_get_base_id(X509_get0_pubkey(read)) != EVP_PKEY_RSA) {
		X509_free(read);
		return wrong(c, "%s: its key is not an RSA key", what);
	}
	X509_free(*cert);
	*cert = read;
	return 0;
}

/**
 * mikey_rsa_own() - set the local private key and certificate
 * @rsa: receives them; unchanged on an error
 * @key: private key in PEM, without a passphrase
 * @cert: certificate in PEM
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL
 */
int mikey_rsa_own(struct mikey_rsa *rsa, const char *key, const char *cert,
		  struct complaint *complaint)
{
	BIO *bio = BIO_new_mem_buf(key, -1);
	EVP_PKEY *own = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase,
						      NULL) : NULL;
	X509 *read = NULL;
	int ret = 0;

	BIO_free(bio);
	if (!own)
		return wrong(complaint, "own key: not a private key in PEM without a passphrase");
	ret = read_one(&read, cert, "own certificate", complaint);
	if (!ret && X509_check_private_key(read, own) != 1)
		ret = wrong(complaint, "own certificate: does not belong to the private key");
	if (ret) {
		EVP_PKEY_free(own);
		X509_free(read);
		return ret;
	}
	EVP_PKEY_free(rsa->own);
	X509_free(rsa->cert);
	rsa->own = own;
	rsa->cert = read;
	return 0;
}

/* Read all certificates of a text, which ends where no other PEM block begins. */
static int read_all(STACK_OF(X509) *list, const char *text,
		    struct complaint *c)
{
	BIO *bio = BIO_new_mem_buf(text, -1);
	bool pushed = true;
	X509 *cert;

	if (!bio)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	ERR_clear_error();
	while (pushed && (cert = read_cert(bio))) {
		pushed = sk_X509_push(list, cert);
		if (!pushed)
			X509_free(cert);
	}
	BIO_free(bio);
	if (!pushed)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	if (!sk_X509_num(list) ||
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return wrong(c, "trust: certificate %d is not a certificate in PEM",
			     sk_X509_num(list) + 1);
	ERR_clear_error();
	return 0;
}

static int add_all(X509_STORE *store, const STACK_OF(X509) *list,
		   struct complaint *c)
{
	int i;

	for (i = 0; i < sk_X509_num(list); i++)
		if (!X509_STORE_add_cert(store, sk_X509_value(list, i)))
			return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	return 0;
}

/**
 * mikey_rsa_trust() - add trusted certificates
 * @rsa: receives them; unchanged on an error
 * @certs: certificates in PEM, of CAs or peers
 * @complaint: receives the error
 *
 * Return: 0, -EINVAL, or -ENOMEM
 */
int mikey_rsa_trust(struct mikey_rsa *rsa, const char *certs,
		    struct complaint *complaint)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	int ret;

	if (!rsa->trust)
		rsa->trust = X509_STORE_new();
	if (list && rsa->trust)
		ret = read_all(list, certs, complaint);
	else
		ret = complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	if (!ret) {
		/* trust a given certificate, whoever signed it */
		X509_STORE_set_flags(rsa->trust, X509_V_FLAG_PARTIAL_CHAIN);
		ret = add_all(rsa->trust, list, complaint);
	}
	sk_X509_pop_free(list, X509_free);
	return ret;
}

/**
 * mikey_rsa_peer() - set the recipient of messages
 * @rsa: receives it; unchanged on an error
 * @cert: the recipient's certificate in PEM
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL
 */
int mikey_rsa_peer(struct mikey_rsa *rsa, const char *cert,
		   struct complaint *complaint)
{
	return read_one(&rsa->peer, cert, "peer's certificate", complaint);
}

/**
 * mikey_rsa_drop() - remove keys and certificates
 * @rsa: identity and trust
 */
void mikey_rsa_drop(struct mikey_rsa *rsa)
{
	EVP_PKEY_free(rsa->own);
	X509_free(rsa->cert);
	X509_STORE_free(rsa->trust);
	X509_free(rsa->peer);
	rsa->own = NULL;
	rsa->cert = NULL;
	rsa->trust = NULL;
	rsa->peer = NULL;
}

static X509 *cert_of(const struct mikey_payload *payload)
{
	const unsigned char *at = payload->data.at;
	X509 *cert;

	if (payload->alg == MIKEY_X509_URL || payload->data.len > LONG_MAX)
		return NULL;
	cert = d2i_X509(NULL, &at, payload->data.len);
	/* nothing may follow the certificate */
	if (cert && at != payload->data.at + payload->data.len) {
		X509_free(cert);
		cert = NULL;
	}
	return cert;
}

/* The first certificate is the signer's; others are intermediate CAs. */
static int read_chain(const struct mikey_message *message, X509 **signer,
		      STACK_OF(X509) *chain, struct complaint *c)
{
	const struct mikey_payload *payload;
	X509 *cert;

	for (payload = message->payload;
	     payload < &message->payload[message->n]; payload++) {
		if (payload->type != MIKEY_CERT)
			continue;
		cert = cert_of(payload);
		if (!cert)
			return wrong_by(c, MIKEY_ERROR_CERT,
					"CERT at byte %zu: not an X.509 certificate",
				     payload->offset);
		if (!*signer) {
			*signer = cert;
		} else if (sk_X509_num(chain) == CHAIN_MAX ||
			   !sk_X509_push(chain, cert)) {
			X509_free(cert);
			return wrong_by(c, MIKEY_ERROR_CERT,
					"CERT at byte %zu: more than %d intermediate certificates",
				     payload->offset, CHAIN_MAX);
		}
	}
	return *signer ? 0 : wrong_by(c, MIKEY_ERROR_CERT,
				      "CERT payload is missing");
}

static int check_chain(const struct mikey_rsa *rsa, X509 *signer,
		       STACK_OF(X509) *chain, struct complaint *c)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int ret = 0;

	if (!ctx)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	if (X509_STORE_CTX_init(ctx, rsa->trust, signer, chain) != 1 ||
	    X509_verify_cert(ctx) != 1)
		ret = wrong_by(c, MIKEY_ERROR_AUTH, "CERT: %s",
			       X509_verify_cert_error_string(
				       X509_STORE_CTX_get_error(ctx)));
	X509_STORE_CTX_free(ctx);
	return ret;
}

/* RSA with SHA-1, sections 4.2.1 and 6.5. @more follows the message. */
static int check_signature(const struct mikey_message *message, X509 *signer,
			   struct bytes more, struct complaint *c)
{
	const struct mikey_payload *sign = mikey_find(message, MIKEY_SIGN);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key = NULL;
	int ok;

	if (!sign || !ctx || sign->number > MIKEY_SIGN_PSS) {
		EVP_MD_CTX_free(ctx);
		return sign ? wrong(c, "SIGN at byte %zu: type %u is unknown",
				    sign->offset, sign->number) :
			      wrong_by(c, MIKEY_ERROR_AUTH,
				       "SIGN payload is missing");
	}
	ok = EVP_DigestVerifyInit(ctx, &key, EVP_sha1(), NULL,
				  X509_get0_pubkey(signer)) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(key, sign->number == MIKEY_SIGN_PSS ?
					  RSA_PKCS1_PSS_PADDING :
					  RSA_PKCS1_PADDING) == 1 &&
	     EVP_DigestVerifyUpdate(ctx, message->bytes.at,
				    message->bytes.len - sign->data.len) == 1 &&
	     EVP_DigestVerifyUpdate(ctx, more.at, more.len) == 1 &&
	     EVP_DigestVerifyFinal(ctx, sign->data.at, sign->data.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : wrong_by(c, MIKEY_ERROR_AUTH,
				 "SIGN at byte %zu: signature does not match this message and certificate",
				 sign->offset);
}

static bool is_text(const ASN1_STRING *text, struct bytes wanted)
{
	return text && bytes_same((struct bytes) {
					  ASN1_STRING_get0_data(text),
					  ASN1_STRING_length(text),
				  }, wanted);
}

/**
 * mikey_rsa_has_name() - does a certificate have this name?
 * @cert: the certificate
 * @wanted: the name: a URI, an e-mail address, a host or a common name
 *
 * Return: true if it has
 */
bool mikey_rsa_has_name(X509 *cert, struct bytes wanted)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name,
						NULL, NULL);
	X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const GENERAL_NAME *name;
	bool has = false;
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_URI || name->type == GEN_EMAIL ||
		    name->type == GEN_DNS)
			has |= is_text(name->d.ia5, wanted);
	}
	if (at >= 0)
		has |= is_text(X509_NAME_ENTRY_get_data(
				       X509_NAME_get_entry(subject, at)),
			       wanted);
	GENERAL_NAMES_free(names);
	return has;
}

/*
 * The signature does not prove that the signer knows the envelope key. The ID in
 * the encrypted KEMAC does.
 */
static int check_name(X509 *signer, const struct mikey_opened *opened,
		      struct complaint *c)
{
	if (!opened->id.len)
		return wrong(c, "KEMAC has no ID");
	if (!mikey_rsa_has_name(signer, opened->id))
		return wrong_by(c, MIKEY_ERROR_AUTH,
				"KEMAC's ID is not a name of the certificate");
	return 0;
}

/*
 * Invalid padding yields a random key, so KEMAC fails as with a wrong key. The
 * error must not tell whether the padding was valid.
 */
static int decrypt(const struct mikey_message *message,
		   const struct mikey_rsa *rsa, unsigned char *envelope,
		   size_t *len, struct complaint *c)
{
	const struct mikey_payload *pke = mikey_find(message, MIKEY_PKE);
	unsigned char plain[4096];
	EVP_PKEY_CTX *ctx;
	size_t size = sizeof(plain);
	int ok;

	if (!pke)
		return wrong(c, "PKE payload is missing; it has the envelope key");
	ctx = EVP_PKEY_CTX_new(rsa->own, NULL);
	ok = ctx && EVP_PKEY_decrypt_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_get_size(rsa->own) <= (int)sizeof(plain) &&
	     EVP_PKEY_decrypt(ctx, plain, &size, pke->data.at,
			      pke->data.len) == 1 &&
	     size && size <= MIKEY_ENVELOPE_MAX;
	EVP_PKEY_CTX_free(ctx);
	if (!ok && RAND_bytes(plain, ENVELOPE_LEN) != 1)
		return complain(c, EIO, "no random bytes");
	*len = ok ? size : ENVELOPE_LEN;
	memcpy(envelope, plain, *len);
	explicit_bzero(plain, sizeof(plain));
	return 0;
}

/**
 * mikey_rsa_is_own() - is this the local certificate?
 * @rsa: local identity
 * @cert: the certificate
 *
 * Return: true if it is
 */
bool mikey_rsa_is_own(const struct mikey_rsa *rsa, X509 *cert)
{
	return rsa->cert && !X509_cmp(rsa->cert, cert);
}

/* The envelope key of a message made here. */
static int remember(const struct mikey_message *message,
		    const struct mikey_sent *sent, unsigned char *envelope,
		    size_t *len, struct complaint *c)
{
	const struct mikey_secret *secret = NULL;

	while ((secret = mikey_sent_next(sent, message->csb_id, secret))) {
		if (secret->len != ENVELOPE_LEN)
			continue;
		memcpy(envelope, secret->key, secret->len);
		*len = secret->len;
		return 0;
	}
	return wrong(c, "message is signed with the own certificate; only its recipient can decrypt it");
}

/**
 * mikey_rsa_verify() - verify who signed a message
 * @message: the message
 * @rsa: local identity and trust
 * @more: bytes that follow the message in the signature, or none
 * @signer: receives the signer's certificate, or NULL; free it in any case
 * @complaint: receives the error, with payload and offset
 *
 * RFC 3830 sections 4.2.1, 6.5 and 6.7.
 *
 * Return: 0, or a negative errno
 */
int mikey_rsa_verify(const struct mikey_message *message,
		     const struct mikey_rsa *rsa, struct bytes more,
		     X509 **signer, struct complaint *complaint)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	int ret;

	*signer = NULL;
	if (!rsa->own || !rsa->trust)
		ret = wrong_by(complaint, MIKEY_ERROR_MESSAGE_TYPE,
			       "RSA: needs own key, own certificate and trusted certificates");
	else if (!chain)
		ret = complain(complaint, ENOMEM, "%s", strerror(ENOMEM));
	else
		ret = read_chain(message, signer, chain, complaint);
	if (!ret && !mikey_rsa_is_own(rsa, *signer))
		ret = check_chain(rsa, *signer, chain, complaint);
	if (!ret)
		ret = check_signature(message, *signer, more, complaint);
	sk_X509_pop_free(chain, X509_free);
	return ret;
}

/**
 * mikey_rsa_open() - verify and decrypt the keys of a message
 * @message: the message
 * @rsa: local identity and trust
 * @sent: envelope keys of messages made here
 * @more: bytes that follow the message in the signature, or none
 * @opened: receives the keys; must be wiped in any case
 * @envelope: receives the envelope key, MIKEY_ENVELOPE_MAX bytes at most; likewise
 * @len: receives its length
 * @complaint: receives the error, with payload and offset
 *
 * The signature is verified before anything is decrypted. RFC 3830 sections 3.2,
 * 4.2.1, 4.2.2 and 6.3 to 6.7.
 *
 * Return: 0, or a negative errno
 */
int mikey_rsa_open(const struct mikey_message *message,
		   const struct mikey_rsa *rsa, const struct mikey_sent *sent,
		   struct bytes more, struct mikey_opened *opened,
		   unsigned char *envelope, size_t *len,
		   struct complaint *complaint)
{
	X509 *signer;
	int ret = mikey_rsa_verify(message, rsa, more, &signer, complaint);

	if (!ret)
		ret = mikey_rsa_is_own(rsa, signer) ?
		      remember(message, sent, envelope, len, complaint) :
		      decrypt(message, rsa, envelope, len, complaint);
	if (!ret)
		ret = mikey_open(message, (struct bytes) { envelope, *len },
				 MIKEY_ALONE, opened, complaint);
	if (!ret)
		ret = check_name(signer, opened, complaint);
	X509_free(signer);
	return ret;
}

/**
 * mikey_rsa_cert() - append the local certificate to a message
 * @draft: the message
 * @rsa: local identity
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL
 */
int mikey_rsa_cert(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   struct complaint *complaint)
{
	unsigned char *der = NULL;
	int len = rsa->cert ? i2d_X509(rsa->cert, &der) : -1;

	if (len < 0 || len > UINT16_MAX)
		return wrong(complaint, "RSA: needs own key and own certificate");
	mikey_draft_payload(draft, MIKEY_CERT);
	writer_number(&draft->writer, 1, MIKEY_X509);
	writer_counted(&draft->writer, 2, (struct bytes) { der, len });
	OPENSSL_free(der);
	return 0;
}

/**
 * mikey_rsa_name() - name of a certificate, as in IDs of messages made here
 * @cert: the certificate
 * @name: receives the common name
 * @complaint: receives the error
 *
 * Return: 0, or -EINVAL if it has none
 */
int mikey_rsa_name(X509 *cert, struct bytes *name, struct complaint *complaint)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	const ASN1_STRING *text;

	if (at < 0)
		return wrong(complaint, "certificate: no common name");
	text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	*name = (struct bytes) {
		ASN1_STRING_get0_data(text), ASN1_STRING_length(text),
	};
	return 0;
}

/* KEMAC begins with an ID, a name of the certificate. */
static int put_name(struct writer *writer, X509 *cert, struct complaint *c)
{
	struct bytes name;
	int ret = mikey_rsa_name(cert, &name, c);

	if (ret)
		return ret;
	writer_number(writer, 1, MIKEY_KEY);
	writer_number(writer, 1, 0);
	writer_counted(writer, 2, name);
	return 0;
}

/* PKE: the envelope key, encrypted for the recipient; it is not cached. */
static int put_envelope(struct mikey_draft *draft, X509 *peer,
			const struct mikey_secret *secret, struct complaint *c)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(peer), NULL);
	unsigned char sealed[4096];
	size_t len = sizeof(sealed);
	int ok;

	ok = ctx && EVP_PKEY_encrypt_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_get_size(X509_get0_pubkey(peer)) <= (int)sizeof(sealed) &&
	     EVP_PKEY_encrypt(ctx, sealed, &len, secret->key, secret->len) == 1;
	EVP_PKEY_CTX_free(ctx);
	if (!ok)
		return wrong(c, "peer's certificate: encryption failed");
	mikey_draft_payload(draft, MIKEY_PKE);
	writer_number(&draft->writer, 2, len);
	writer_bytes(&draft->writer, (struct bytes) { sealed, len });
	return 0;
}

/**
 * mikey_rsa_sign() - append SIGN to a message
 * @draft: the message
 * @rsa: local identity
 * @more: bytes that follow the message in the signature, or none
 * @complaint: receives the error
 *
 * RFC 3830 sections 4.2.1 and 6.5.
 *
 * Return: 0, or a negative errno
 */
int mikey_rsa_sign(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   struct bytes more, struct complaint *complaint)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = EVP_PKEY_get_size(rsa->own), covered;
	unsigned char *room;
	int ok;

	mikey_draft_payload(draft, MIKEY_SIGN);
	writer_number(&draft->writer, 2, MIKEY_SIGN_RSA << 12 | len);
	covered = draft->writer.len;
	room = writer_room(&draft->writer, len);
	ok = ctx && len < 1 << 12;
	if (ok && room)
		ok = EVP_DigestSignInit(ctx, NULL, EVP_sha1(), NULL,
					rsa->own) == 1 &&
		     EVP_DigestSignUpdate(ctx, draft->writer.begin,
					  covered) == 1 &&
		     EVP_DigestSignUpdate(ctx, more.at, more.len) == 1 &&
		     EVP_DigestSignFinal(ctx, room, &len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : wrong(complaint, "own key: signing failed");
}

/**
 * mikey_rsa_seal() - append KEMAC and PKE to a message
 * @draft: the message
 * @rsa: local identity
 * @peer: certificate of the recipient
 * @message: @draft in parsed form, with RAND and T
 * @plain: key data payloads
 * @secret: receives the envelope key
 * @complaint: receives the error
 *
 * RFC 3830 section 3.2.
 *
 * Return: 0, or a negative errno
 */
int mikey_rsa_seal(struct mikey_draft *draft, const struct mikey_rsa *rsa,
		   X509 *peer, const struct mikey_message *message,
		   struct bytes plain, struct mikey_secret *secret,
		   struct complaint *complaint)
{
	unsigned char inner[MIKEY_PLAIN_MAX];
	struct writer writer = { .begin = inner, .size = sizeof(inner) };
	int ret;

	secret->csb_id = message->csb_id;
	secret->len = ENVELOPE_LEN;
	if (RAND_bytes(secret->key, ENVELOPE_LEN) != 1)
		return complain(complaint, EIO, "no random bytes");
	ret = put_name(&writer, rsa->cert, complaint);
	writer_bytes(&writer, plain);
	if (!ret)
		ret = mikey_seal(draft, message, (struct bytes) {
					 secret->key, secret->len,
				 }, MIKEY_ENCR_AES_CM, MIKEY_MAC_SHA1,
				 MIKEY_ALONE,
				 (struct bytes) { inner, writer.len },
				 complaint);
	if (!ret)
		ret = put_envelope(draft, peer, secret, complaint);
	if (!ret && writer.full)
		ret = wrong(complaint, "keys are longer than %d bytes",
			    MIKEY_PLAIN_MAX);
	explicit_bzero(inner, sizeof(inner));
	return ret;
}
