// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "lib/hex.h"
#include "record.h"

#define FORMAT 1
#define AT_KEY 1
#define AT_SALT 5
#define AT_EPOCH (AT_SALT + RECORD_SALT)
#define AT_SEQ (AT_EPOCH + 8)
#define NONCE 12

const char *const fault_names[FAULTS] = {
	[FAULT_TORN] = "torn",
	[FAULT_FOREIGN] = "foreign",
	[FAULT_FORGED] = "forged",
	[FAULT_OLD] = "old",
	[FAULT_UNREADABLE] = "unreadable",
};

bool version_less(const struct version *one, const struct version *other)
{
	return one->epoch < other->epoch ||
	       (one->epoch == other->epoch && one->seq < other->seq);
}

/**
 * book_begin() - prepare the records of a group
 * @book: the book
 * @cluster: keys
 * @group: the lease group
 *
 * Each process has a random salt and thus a key of its own, under which it
 * counts its records: no nonce comes twice.
 *
 * Return: 0, or -EIO
 */
int book_begin(struct book *book, const struct cluster *cluster,
	       uint32_t group)
{
	book->cluster = cluster;
	snprintf(book->info, sizeof(book->info), "ksrtp-sync group %u", group);
	if (RAND_bytes(book->salt, sizeof(book->salt)) != 1)
		return -EIO;
	return cluster_derive(cluster->keys[0].records, book->salt,
			      sizeof(book->salt), book->info, book->key);
}

static void put64(unsigned char *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof(value));
}

static uint64_t get64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

/* Encrypt or decrypt between header and tag. */
static bool transform(const unsigned char *key, const char *name,
		      const unsigned char *head, bool seals, const void *in,
		      size_t len, void *out, unsigned char *tag)
{
	static EVP_CIPHER_CTX *context;
	unsigned char nonce[NONCE] = { 0 };
	bool good;
	int n;

	if (!context) {
		context = EVP_CIPHER_CTX_new();
		/* once, since to look for it takes longer than to use it */
		if (context && EVP_CipherInit_ex(context, EVP_aes_256_gcm(),
						 NULL, NULL, NULL, 1) != 1)
			return false;
	}
	memcpy(nonce + NONCE - 8, head + AT_SEQ, 8);
	good = context &&
	       EVP_CipherInit_ex(context, NULL, NULL, key, nonce, seals) == 1 &&
	       (seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
					     RECORD_TAG, tag) == 1) &&
	       EVP_CipherUpdate(context, NULL, &n, head, RECORD_HEAD) == 1 &&
	       EVP_CipherUpdate(context, NULL, &n, (const void *)name,
				strlen(name)) == 1 &&
	       (!len || EVP_CipherUpdate(context, out, &n, in, len) == 1) &&
	       EVP_CipherFinal_ex(context, (unsigned char *)out + len, &n) == 1 &&
	       (!seals || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG,
					      RECORD_TAG, tag) == 1);
	ERR_clear_error();
	return good;
}

/**
 * record_seal() - make a record
 * @book: of the group
 * @name: the record's name, which it is bound to
 * @epoch: the epoch that it is written in
 * @plain: what is in it
 * @len: its length
 * @record: gets the record, RECORD_HEAD + @len + RECORD_TAG bytes
 * @version: gets its version
 *
 * Return: its length; 0 if there is no memory
 */
size_t record_seal(struct book *book, const char *name, uint64_t epoch,
		   const void *plain, size_t len, unsigned char *record,
		   struct version *version)
{
	uint32_t id = htobe32(book->cluster->keys[0].id);

	*version = (struct version){ epoch, ++book->seq };
	record[0] = FORMAT;
	memcpy(record + AT_KEY, &id, sizeof(id));
	memcpy(record + AT_SALT, book->salt, RECORD_SALT);
	put64(record + AT_EPOCH, epoch);
	put64(record + AT_SEQ, version->seq);
	if (!transform(book->key, name, record, true, plain, len,
		       record + RECORD_HEAD, record + RECORD_HEAD + len))
		return 0;
	return RECORD_HEAD + len + RECORD_TAG;
}

/* The key of a record, or NULL. Records of one process come together. */
static const unsigned char *key_of(struct book *book,
				   const unsigned char *record)
{
	const struct cluster_key *cluster_key;
	uint32_t id;

	memcpy(&id, record + AT_KEY, sizeof(id));
	id = be32toh(id);
	if (id == book->other_id &&
	    !memcmp(book->other_salt, record + AT_SALT, RECORD_SALT))
		return book->other_key;
	cluster_key = cluster_find(book->cluster, id);
	if (!cluster_key ||
	    cluster_derive(cluster_key->records, record + AT_SALT, RECORD_SALT,
			   book->info, book->other_key))
		return NULL;
	book->other_id = id;
	memcpy(book->other_salt, record + AT_SALT, RECORD_SALT);
	return book->other_key;
}

/**
 * record_open() - verify and decrypt a record
 * @book: of the group
 * @name: name that it was found under
 * @record: the record
 * @len: its length
 * @plain: gets what is in it, @len bytes at most
 * @plain_len: gets the length of that
 * @version: gets its version
 *
 * Return: FAULT_NONE, or what is wrong
 */
enum fault record_open(struct book *book, const char *name, const void *record,
		       size_t len, void *plain, size_t *plain_len,
		       struct version *version)
{
	const unsigned char *head = record, *key;
	unsigned char tag[RECORD_TAG];

	if (len < RECORD_HEAD + RECORD_TAG || len > RECORD_MAX ||
	    head[0] != FORMAT)
		return FAULT_TORN;
	key = key_of(book, head);
	if (!key)
		return FAULT_FOREIGN;
	*plain_len = len - RECORD_HEAD - RECORD_TAG;
	memcpy(tag, head + len - RECORD_TAG, RECORD_TAG);
	if (!transform(key, name, head, false, head + RECORD_HEAD, *plain_len,
		       plain, tag))
		return FAULT_FORGED;
	*version = (struct version){ get64(head + AT_EPOCH),
				     get64(head + AT_SEQ) };
	return FAULT_NONE;
}

/**
 * book_tag() - authenticate a short text
 * @book: of the group
 * @id: the cluster key to use
 * @text: the text
 * @hex: gets the tag, 32 digits; empty if there is no such key
 */
void book_tag(const struct book *book, uint32_t id, const char *text,
	      char *hex)
{
	const struct cluster_key *key = cluster_find(book->cluster, id);
	unsigned char md[EVP_MAX_MD_SIZE];
	char whole[512];

	*hex = '\0';
	snprintf(whole, sizeof(whole), "%s %s", book->info, text);
	if (key && HMAC(EVP_sha256(), key->records, CLUSTER_KEY,
			(const void *)whole, strlen(whole), md, NULL))
		hex_encode(md, 16, hex);
}
