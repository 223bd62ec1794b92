// SPDX-License-Identifier: GPL-2.0
/*
 * The cipher "aria" for kernels built without it: their templates make ctr(aria)
 * and gcm(aria) of it, for the suites of RFC 8269. A kernel's own is preferred.
 */

#include <linux/crypto.h>
#include <linux/init.h>
#include <linux/module.h>
#include <crypto/algapi.h>

#include "aria_cipher.c"

static int aria_alg_setkey(struct crypto_tfm *tfm, const u8 *key,
			   unsigned int len)
{
	return aria_expand_key(crypto_tfm_ctx(tfm), key, len);
}

static void aria_alg_encrypt(struct crypto_tfm *tfm, u8 *dst, const u8 *src)
{
	const struct aria_key *key = crypto_tfm_ctx(tfm);

	aria_crypt(key->enc, key->rounds, dst, src);
}

static void aria_alg_decrypt(struct crypto_tfm *tfm, u8 *dst, const u8 *src)
{
	const struct aria_key *key = crypto_tfm_ctx(tfm);

	aria_crypt(key->dec, key->rounds, dst, src);
}

static struct crypto_alg aria_alg = {
	.cra_name = "aria",
	.cra_driver_name = "aria-ksrtp-test",
	.cra_priority = 50,
	.cra_flags = CRYPTO_ALG_TYPE_CIPHER,
	.cra_blocksize = ARIA_BLOCK,
	.cra_ctxsize = sizeof(struct aria_key),
	.cra_module = THIS_MODULE,
	.cra_u.cipher = {
		.cia_min_keysize = 16,
		.cia_max_keysize = 32,
		.cia_setkey = aria_alg_setkey,
		.cia_encrypt = aria_alg_encrypt,
		.cia_decrypt = aria_alg_decrypt,
	},
};

static int __init aria_alg_init(void)
{
	aria_init();
	return crypto_register_alg(&aria_alg);
}

static void __exit aria_alg_exit(void)
{
	crypto_unregister_alg(&aria_alg);
}

module_init(aria_alg_init);
module_exit(aria_alg_exit);

MODULE_DESCRIPTION("ARIA for kernels without it");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
