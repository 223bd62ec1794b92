// SPDX-License-Identifier: GPL-2.0
/*
 * The cipher "seed" for kernels built without it: their templates make ctr(seed),
 * ccm(seed) and gcm(seed) of it, for the suites of RFC 5669. A kernel's own is
 * preferred.
 */

#include <linux/crypto.h>
#include <linux/init.h>
#include <linux/module.h>
#include <crypto/algapi.h>

#include "seed_cipher.c"

static int seed_alg_setkey(struct crypto_tfm *tfm, const u8 *key,
			   unsigned int len)
{
	return seed_expand_key(crypto_tfm_ctx(tfm), key, len);
}

static void seed_alg_encrypt(struct crypto_tfm *tfm, u8 *dst, const u8 *src)
{
	seed_crypt(crypto_tfm_ctx(tfm), false, dst, src);
}

static void seed_alg_decrypt(struct crypto_tfm *tfm, u8 *dst, const u8 *src)
{
	seed_crypt(crypto_tfm_ctx(tfm), true, dst, src);
}

static struct crypto_alg seed_alg = {
	.cra_name = "seed",
	.cra_driver_name = "seed-ksrtp-test",
	.cra_priority = 50,
	.cra_flags = CRYPTO_ALG_TYPE_CIPHER,
	.cra_blocksize = SEED_BLOCK,
	.cra_ctxsize = sizeof(struct seed_key),
	.cra_module = THIS_MODULE,
	.cra_u.cipher = {
		.cia_min_keysize = SEED_BLOCK,
		.cia_max_keysize = SEED_BLOCK,
		.cia_setkey = seed_alg_setkey,
		.cia_encrypt = seed_alg_encrypt,
		.cia_decrypt = seed_alg_decrypt,
	},
};

static int __init seed_alg_init(void)
{
	seed_init();
	return crypto_register_alg(&seed_alg);
}

static void __exit seed_alg_exit(void)
{
	crypto_unregister_alg(&seed_alg);
}

module_init(seed_alg_init);
module_exit(seed_alg_exit);

MODULE_DESCRIPTION("SEED for kernels without it");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
