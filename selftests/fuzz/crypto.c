// SPDX-License-Identifier: GPL-2.0
/* The kernel's crypto API as kernel.h has it, made of OpenSSL's. */
#include "kernel.h"

static const EVP_CIPHER *ctr(unsigned int key_len)
{
	return key_len == 16 ? EVP_aes_128_ctr() :
	       key_len == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
}

static const EVP_CIPHER *cbc(unsigned int key_len)
{
	return key_len == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
}

static const EVP_CIPHER *gcm(unsigned int key_len)
{
	return key_len == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

void *fuzz_alloc(const char *name)
{
	struct fuzz_tfm *tfm;

	/* OpenSSL has ARIA, but what it adds here is another table row */
	if (!strstr(name, "(aes)"))
		return ERR_PTR(-ENOENT);
	tfm = calloc(1, sizeof(*tfm));
	tfm->context = EVP_CIPHER_CTX_new();
	tfm->cipher = name[0] == 'g' ? gcm : name[1] == 'b' ? cbc : ctr;
	return tfm;
}

int fuzz_setkey(struct fuzz_tfm *tfm, const u8 *key, unsigned int len)
{
	memcpy(tfm->key, key, len);
	tfm->key_len = len;
	EVP_EncryptInit_ex(tfm->context, tfm->cipher(len), NULL, key, NULL);
	EVP_CIPHER_CTX_set_padding(tfm->context, 0);
	return 0;
}

void fuzz_free(struct fuzz_tfm *tfm)
{
	if (!tfm)
		return;
	EVP_CIPHER_CTX_free(tfm->context);
	free(tfm);
}

/* All of a scatterlist in one piece, on the heap so that ASan guards it. */
static u8 *gather(const struct scatterlist *sg, unsigned int len)
{
	u8 *flat = malloc(len ?: 1);
	unsigned int at = 0, n;

	for (; at < len; sg++) {
		n = min(sg->len, len - at);
		memcpy(flat + at, sg->at, n);
		at += n;
		if (sg->last && at < len)
			abort();
	}
	return flat;
}

static void scatter(const struct scatterlist *sg, const u8 *flat,
		    unsigned int from, unsigned int len)
{
	unsigned int at = 0, n, skip;

	for (; at < len; sg++) {
		n = min(sg->len, len - at);
		skip = at < from ? min(from - at, n) : 0;
		memcpy(sg->at + skip, flat + at + skip, n - skip);
		at += n;
	}
}

int fuzz_cipher(struct fuzz_request *r)
{
	u8 *flat = gather(r->sg, r->len);
	int n;

	EVP_EncryptInit_ex(r->tfm->context, NULL, NULL, NULL, r->iv);
	EVP_EncryptUpdate(r->tfm->context, flat, &n, flat, r->len);
	scatter(r->sg, flat, 0, r->len);
	free(flat);
	return 0;
}

int fuzz_aead(struct fuzz_request *r, bool encrypt)
{
	EVP_CIPHER_CTX *context = r->tfm->context;
	unsigned int text = r->len - (encrypt ? 0 : 16);
	unsigned int all = r->assoc_len + text + 16;
	u8 *flat, *tag;
	int n, err = 0;

	if (!encrypt && r->len < 16)
		return -EINVAL;
	flat = gather(r->sg, all);
	tag = flat + r->assoc_len + text;
	EVP_CipherInit_ex(context, NULL, NULL, NULL, r->iv, encrypt);
	EVP_CipherUpdate(context, NULL, &n, flat, r->assoc_len);
	EVP_CipherUpdate(context, flat + r->assoc_len, &n,
			 flat + r->assoc_len, text);
	if (!encrypt)
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag);
	if (EVP_CipherFinal_ex(context, tag, &n) != 1)
		err = -EBADMSG;
	if (encrypt)
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag);
	scatter(r->sg, flat, r->assoc_len, encrypt ? all : all - 16);
	free(flat);
	return err;
}

void hmac_sha1_preparekey(struct hmac_sha1_key *key, const u8 *raw, size_t n)
{
	u8 pad[2][64];
	unsigned int i;

	for (i = 0; i < 64; i++) {
		pad[0][i] = 0x36 ^ (i < n ? raw[i] : 0);
		pad[1][i] = 0x5c ^ (i < n ? raw[i] : 0);
	}
	SHA1_Init(&key->inner);
	SHA1_Update(&key->inner, pad[0], 64);
	SHA1_Init(&key->outer);
	SHA1_Update(&key->outer, pad[1], 64);
}

void hmac_sha1(const struct hmac_sha1_key *key, const u8 *data, size_t n,
	       u8 *digest)
{
	SHA_CTX ctx = key->inner;
	u8 inner[20];

	SHA1_Update(&ctx, data, n);
	SHA1_Final(inner, &ctx);
	ctx = key->outer;
	SHA1_Update(&ctx, inner, sizeof(inner));
	SHA1_Final(digest, &ctx);
}

/* Single blocks of AES. */
int aes_preparekey(struct aes_key *key, const u8 *raw, size_t n)
{
	const EVP_CIPHER *cipher = n == 16 ? EVP_aes_128_ecb() :
				   n == 32 ? EVP_aes_256_ecb() : NULL;
	int way;

	for (way = 0; way < 2 && cipher; way++) {
		key->way[way] = EVP_CIPHER_CTX_new();
		EVP_CipherInit_ex(key->way[way], cipher, NULL, raw, NULL, way);
		EVP_CIPHER_CTX_set_padding(key->way[way], 0);
	}
	return cipher ? 0 : -EINVAL;
}

void aes_encrypt(const struct aes_key *key, u8 *out, const u8 *in)
{
	int n;

	EVP_CipherUpdate(key->way[1], out, &n, in, 16);
}

void aes_decrypt(const struct aes_key *key, u8 *out, const u8 *in)
{
	int n;

	EVP_CipherUpdate(key->way[0], out, &n, in, 16);
}
