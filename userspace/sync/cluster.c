// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "cluster.h"
#include "lib/complaint.h"
#include "lib/hex.h"
#include "lib/keyring.h"
#include "settings.h"
#include "util/args.h"
#include "util/config.h"
#include "util/fail.h"
#include "util/secret.h"

#define SALT "ksrtp-sync"
/* Of a line with a key. */
#define LINE 256

/**
 * cluster_derive() - derive a key, RFC 5869 with SHA-256
 * @key: what it is derived from
 * @salt: salt
 * @salt_len: its length
 * @info: what the key is for
 * @derived: the key, CLUSTER_KEY bytes
 *
 * Return: 0, or -EIO
 */
int cluster_derive(const unsigned char *key, const void *salt, size_t salt_len,
		   const char *info, unsigned char *derived)
{
	static EVP_KDF *kdf;
	EVP_KDF_CTX *context;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)key,
					CLUSTER_KEY),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt,
					salt_len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)info,
					strlen(info)),
		OSSL_PARAM_END
	};
	int ret;

	if (!kdf)
		kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	ret = context && EVP_KDF_derive(context, derived, CLUSTER_KEY,
					params) == 1 ? 0 : -EIO;
	EVP_KDF_CTX_free(context);
	return ret;
}

static void read_key(struct args *args, void *data)
{
	unsigned char bytes[CLUSTER_KEY + 1];
	struct cluster *cluster = data;
	struct cluster_key *key;
	char *text;
	int len;

	if (!*args->word)
		return;
	if (cluster->n == CLUSTER_KEYS)
		usage("more than %d keys", CLUSTER_KEYS);
	key = &cluster->keys[cluster->n];
	key->id = args_number(args, "key", 1, UINT32_MAX);
	if (cluster_find(cluster, key->id))
		usage("key %u twice", key->id);
	text = args_value(args, "key");
	len = hex_decode(text, bytes, sizeof(bytes));
	explicit_bzero(text, strlen(text));
	if (len != CLUSTER_KEY)
		usage("key %u: not %d bytes in hex", key->id, CLUSTER_KEY);
	args_end(args);
	if (cluster_derive(bytes, SALT, strlen(SALT), "records",
			   key->records) ||
	    cluster_derive(bytes, SALT, strlen(SALT), "seal", key->seal))
		fail(KSRTP_REFUSED, "a key cannot be derived");
	explicit_bzero(bytes, sizeof(bytes));
	cluster->n++;
}

static int read_file(struct cluster *cluster, const char *file,
		     struct complaint *c)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		secret_warn(fd, file);
		close(fd);
	}
	config_read(file, read_key, cluster);
	return cluster->n ? 0 : wrong(c, "%s: no key", file);
}

/* A key of the kernel's key service is a line like those of a file. */
static int read_ring(struct cluster *cluster, const char *name,
		     struct complaint *c)
{
	char line[LINE], *rest = line, *word, *words[4];
	struct args args = { words };
	struct held_key key;
	unsigned int n = 0;
	int ret;

	ret = keyring_find(&key, name, c) ?:
	      keyring_read(&key, name, line, sizeof(line), c);
	if (ret)
		return ret;
	if (key.exposed)
		warn("key %s can be read by others", name);
	while (n < 3 && (word = strsep(&rest, " \t")))
		if (*word)
			words[n++] = word;
	words[n] = NULL;
	/* which one is wrong */
	fail_file = name;
	fail_line = 1;
	read_key(&args, cluster);
	fail_file = NULL;
	fail_line = 0;
	return 0;
}

/**
 * cluster_read() - read the keys
 * @cluster: into which
 * @settings: where they are: lines of a number and a key in hex, the first one of
 *            which seals
 * @c: complaint
 *
 * Return: 0, or a negative errno
 */
int cluster_read(struct cluster *cluster, const struct settings *settings,
		 struct complaint *c)
{
	unsigned int i;
	int ret = 0;

	if (settings->cluster_key)
		return read_file(cluster, settings->cluster_key, c);
	for (i = 0; i < settings->rings_n && !ret; i++)
		ret = read_ring(cluster, settings->rings[i], c);
	return ret;
}

/* The key with a number, or NULL. */
const struct cluster_key *cluster_find(const struct cluster *cluster,
				       uint32_t id)
{
	unsigned int i;

	for (i = 0; i < cluster->n; i++)
		if (cluster->keys[i].id == id)
			return &cluster->keys[i];
	return NULL;
}

/* What opens the keys of sessions is not kept where the store is read. */
void cluster_wipe_seals(struct cluster *cluster)
{
	unsigned int i;

	for (i = 0; i < cluster->n; i++)
		explicit_bzero(cluster->keys[i].seal, CLUSTER_KEY);
}
