// SPDX-License-Identifier: GPL-2.0
/*
 * A crypto driver that always completes later, as hardware does. Kernels differ
 * in whether they have any, so here is one: it leaves the work to the kernel's
 * best driver, from a workqueue. Only those who ask for it by name get it,
 * unless it is told to be preferred.
 */

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <crypto/internal/aead.h>
#include <crypto/internal/skcipher.h>

#include "tests.h"

/* While this is true, it is kept waiting; and how much of it is. */
static bool later_hold;
static atomic_t later_held = ATOMIC_INIT(0);

static void later_wait(void)
{
	atomic_inc(&later_held);
	while (READ_ONCE(later_hold))
		msleep(20);
	atomic_dec(&later_held);
}

/* Who does the work. */
static char later_child_ctr[CRYPTO_MAX_ALG_NAME] = "ctr(aes)";
static char later_child_gcm[CRYPTO_MAX_ALG_NAME] = "gcm(aes)";

struct later_skcipher {
	struct work_struct work;
	bool decrypt;
	struct skcipher_request child;
};

struct later_aead {
	struct work_struct work;
	bool decrypt;
	struct aead_request child;
};

static void later_skcipher_work(struct work_struct *work)
{
	struct later_skcipher *later = container_of(work, struct later_skcipher,
						    work);
	struct skcipher_request *req = container_of((void *)later,
						    struct skcipher_request,
						    __ctx);
	struct crypto_skcipher *tfm = crypto_skcipher_reqtfm(req);
	struct crypto_skcipher **child = crypto_skcipher_ctx(tfm);
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	later_wait();
	skcipher_request_set_tfm(&later->child, *child);
	skcipher_request_set_callback(&later->child, CRYPTO_TFM_REQ_MAY_SLEEP |
				      CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(&later->child, req->src, req->dst,
				   req->cryptlen, req->iv);
	err = crypto_wait_req(later->decrypt ?
			      crypto_skcipher_decrypt(&later->child) :
			      crypto_skcipher_encrypt(&later->child), &wait);
	local_bh_disable();
	/* a driver may say that it has begun */
	skcipher_request_complete(req, -EINPROGRESS);
	skcipher_request_complete(req, err);
	local_bh_enable();
}

static int later_skcipher_crypt(struct skcipher_request *req, bool decrypt)
{
	struct later_skcipher *later = skcipher_request_ctx(req);

	later->decrypt = decrypt;
	INIT_WORK(&later->work, later_skcipher_work);
	schedule_work(&later->work);
	return -EINPROGRESS;
}

static int later_skcipher_encrypt(struct skcipher_request *req)
{
	return later_skcipher_crypt(req, false);
}

static int later_skcipher_decrypt(struct skcipher_request *req)
{
	return later_skcipher_crypt(req, true);
}

static int later_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key,
				 unsigned int len)
{
	struct crypto_skcipher **child = crypto_skcipher_ctx(tfm);

	return crypto_skcipher_setkey(*child, key, len);
}

static int later_skcipher_init(struct crypto_skcipher *tfm)
{
	struct crypto_skcipher **child = crypto_skcipher_ctx(tfm);

	*child = crypto_alloc_skcipher(later_child_ctr, 0, 0);
	if (IS_ERR(*child))
		return PTR_ERR(*child);
	crypto_skcipher_set_reqsize(tfm, sizeof(struct later_skcipher) +
					 crypto_skcipher_reqsize(*child));
	return 0;
}

static void later_skcipher_exit(struct crypto_skcipher *tfm)
{
	struct crypto_skcipher **child = crypto_skcipher_ctx(tfm);

	crypto_free_skcipher(*child);
}

static struct skcipher_alg later_ctr = {
	.base = {
		.cra_name = LATER_CTR,
		.cra_driver_name = LATER_CTR,
		.cra_priority = 1,
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct crypto_skcipher *),
		.cra_module = THIS_MODULE,
	},
	.init = later_skcipher_init,
	.exit = later_skcipher_exit,
	.setkey = later_skcipher_setkey,
	.encrypt = later_skcipher_encrypt,
	.decrypt = later_skcipher_decrypt,
	.min_keysize = 16,
	.max_keysize = 32,
	.ivsize = 16,
};

static void later_aead_work(struct work_struct *work)
{
	struct later_aead *later = container_of(work, struct later_aead, work);
	struct aead_request *req = container_of((void *)later,
						struct aead_request, __ctx);
	struct crypto_aead *tfm = crypto_aead_reqtfm(req);
	struct crypto_aead **child = crypto_aead_ctx(tfm);
	DECLARE_CRYPTO_WAIT(wait);
	int err;

	later_wait();
	aead_request_set_tfm(&later->child, *child);
	aead_request_set_callback(&later->child, CRYPTO_TFM_REQ_MAY_SLEEP |
				  CRYPTO_TFM_REQ_MAY_BACKLOG,
				  crypto_req_done, &wait);
	aead_request_set_ad(&later->child, req->assoclen);
	aead_request_set_crypt(&later->child, req->src, req->dst,
			       req->cryptlen, req->iv);
	err = crypto_wait_req(later->decrypt ?
			      crypto_aead_decrypt(&later->child) :
			      crypto_aead_encrypt(&later->child), &wait);
	local_bh_disable();
	/* a driver may say that it has begun */
	aead_request_complete(req, -EINPROGRESS);
	aead_request_complete(req, err);
	local_bh_enable();
}

static int later_aead_crypt(struct aead_request *req, bool decrypt)
{
	struct later_aead *later = aead_request_ctx(req);

	later->decrypt = decrypt;
	INIT_WORK(&later->work, later_aead_work);
	schedule_work(&later->work);
	return -EINPROGRESS;
}

static int later_aead_encrypt(struct aead_request *req)
{
	return later_aead_crypt(req, false);
}

static int later_aead_decrypt(struct aead_request *req)
{
	return later_aead_crypt(req, true);
}

static int later_aead_setkey(struct crypto_aead *tfm, const u8 *key,
			     unsigned int len)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	return crypto_aead_setkey(*child, key, len);
}

static int later_aead_setauthsize(struct crypto_aead *tfm, unsigned int len)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	return crypto_aead_setauthsize(*child, len);
}

static int later_aead_init(struct crypto_aead *tfm)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	*child = crypto_alloc_aead(later_child_gcm, 0, 0);
	if (IS_ERR(*child))
		return PTR_ERR(*child);
	crypto_aead_set_reqsize(tfm, sizeof(struct later_aead) +
				     crypto_aead_reqsize(*child));
	return 0;
}

static void later_aead_exit(struct crypto_aead *tfm)
{
	struct crypto_aead **child = crypto_aead_ctx(tfm);

	crypto_free_aead(*child);
}

static struct aead_alg later_gcm = {
	.base = {
		.cra_name = LATER_GCM,
		.cra_driver_name = LATER_GCM,
		.cra_priority = 1,
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_ctxsize = sizeof(struct crypto_aead *),
		.cra_module = THIS_MODULE,
	},
	.init = later_aead_init,
	.exit = later_aead_exit,
	.setkey = later_aead_setkey,
	.setauthsize = later_aead_setauthsize,
	.encrypt = later_aead_encrypt,
	.decrypt = later_aead_decrypt,
	.ivsize = 12,
	.maxauthsize = 16,
};

/*
 * Become everybody's choice. The drivers that are so now are to do the work,
 * and go by their own names from here on.
 */
int later_driver_prefer(void)
{
	struct crypto_skcipher *ctr;
	struct crypto_aead *gcm;

	ctr = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(ctr))
		return PTR_ERR(ctr);
	gcm = crypto_alloc_aead("gcm(aes)", 0, 0);
	if (IS_ERR(gcm)) {
		crypto_free_skcipher(ctr);
		return PTR_ERR(gcm);
	}
	strscpy(later_child_ctr,
		crypto_tfm_alg_driver_name(crypto_skcipher_tfm(ctr)),
		sizeof(later_child_ctr));
	strscpy(later_child_gcm,
		crypto_tfm_alg_driver_name(crypto_aead_tfm(gcm)),
		sizeof(later_child_gcm));
	crypto_free_aead(gcm);
	crypto_free_skcipher(ctr);

	strscpy(later_ctr.base.cra_name, "ctr(aes)", CRYPTO_MAX_ALG_NAME);
	strscpy(later_gcm.base.cra_name, "gcm(aes)", CRYPTO_MAX_ALG_NAME);
	later_ctr.base.cra_priority = 10000;
	later_gcm.base.cra_priority = 10000;
	return 0;
}

int later_driver_register(void)
{
	int err;

	err = crypto_register_skcipher(&later_ctr);
	if (err)
		return err;
	err = crypto_register_aead(&later_gcm);
	if (err)
		crypto_unregister_skcipher(&later_ctr);
	return err;
}

void later_driver_unregister(void)
{
	crypto_unregister_aead(&later_gcm);
	crypto_unregister_skcipher(&later_ctr);
}
