// SPDX-License-Identifier: GPL-2.0
/*
 * AES key wrap with padding, RFC 5649 and RFC 3394. It takes single blocks of the
 * kernel's AES library, in any context: 12 of them, and 6 for each 8 bytes beyond
 * the first 8.
 */

#include <linux/err.h>
#include <linux/string.h>

#include "kwp.h"

#define KSRTP_KWP_ROUNDS	6

/* The constant that precedes the length, RFC 5649 section 3. */
static const u8 ksrtp_kwp_constant[4] = { 0xa6, 0x59, 0x59, 0xa6 };

/* Combine the number of a step with the register, RFC 3394 section 2.2. */
static void ksrtp_kwp_step(u8 *a, unsigned int step)
{
	put_unaligned_be32(get_unaligned_be32(a + 4) ^ step, a + 4);
}

/**
 * ksrtp_kwp_wrap() - encrypt a key
 * @aes: the key to encrypt with
 * @plain: what to encrypt
 * @len: its length in bytes, 1 to KSRTP_KWP_PLAIN_MAX
 * @out: where to put KSRTP_KWP_LEN(@len) bytes
 *
 * RFC 5649 section 4.1.
 *
 * Context: any.
 * Return: length of the ciphertext, or -EINVAL.
 */
int ksrtp_kwp_wrap(const struct ksrtp_aes *aes, const u8 *plain,
		   unsigned int len, u8 *out)
{
	u8 block[2 * KSRTP_KWP_BLOCK];
	unsigned int n, i, j;

	if (!len || len > KSRTP_KWP_PLAIN_MAX)
		return -EINVAL;
	n = KSRTP_KWP_LEN(len) / KSRTP_KWP_BLOCK - 1;
	memcpy(out, ksrtp_kwp_constant, sizeof(ksrtp_kwp_constant));
	put_unaligned_be32(len, out + 4);
	memcpy(out + KSRTP_KWP_BLOCK, plain, len);
	memset(out + KSRTP_KWP_BLOCK + len, 0, n * KSRTP_KWP_BLOCK - len);
	if (n == 1) {
		ksrtp_aes_encrypt(aes, out, out);
		return 2 * KSRTP_KWP_BLOCK;
	}
	memcpy(block, out, KSRTP_KWP_BLOCK);
	for (j = 0; j < KSRTP_KWP_ROUNDS; j++) {
		for (i = 1; i <= n; i++) {
			memcpy(block + KSRTP_KWP_BLOCK,
			       out + i * KSRTP_KWP_BLOCK, KSRTP_KWP_BLOCK);
			ksrtp_aes_encrypt(aes, block, block);
			ksrtp_kwp_step(block, n * j + i);
			memcpy(out + i * KSRTP_KWP_BLOCK,
			       block + KSRTP_KWP_BLOCK, KSRTP_KWP_BLOCK);
		}
	}
	memcpy(out, block, KSRTP_KWP_BLOCK);
	memzero_explicit(block, sizeof(block));
	return (n + 1) * KSRTP_KWP_BLOCK;
}

/* Is the initial value right, and all padding zero? Returns the length or -EBADMSG. */
static int ksrtp_kwp_check(const u8 *initial, const u8 *plain, unsigned int n)
{
	u32 len = get_unaligned_be32(initial + 4);
	u8 padding = 0;
	unsigned int i;

	if (crypto_memneq(initial, ksrtp_kwp_constant,
			  sizeof(ksrtp_kwp_constant)) ||
	    len > n * KSRTP_KWP_BLOCK || len <= (n - 1) * KSRTP_KWP_BLOCK)
		return -EBADMSG;
	for (i = len; i < n * KSRTP_KWP_BLOCK; i++)
		padding |= plain[i];
	return padding ? -EBADMSG : (int)len;
}

/**
 * ksrtp_kwp_unwrap() - decrypt and authenticate a key
 * @aes: the key that it was encrypted with
 * @in: ciphertext
 * @len: its length in bytes
 * @plain: where to put @len - KSRTP_KWP_BLOCK bytes at most; wiped if it is not
 *	authentic
 *
 * RFC 5649 section 4.2.
 *
 * Context: any.
 * Return: length of the plaintext, or -EBADMSG.
 */
int ksrtp_kwp_unwrap(const struct ksrtp_aes *aes, const u8 *in,
		     unsigned int len, u8 *plain)
{
	unsigned int n = len / KSRTP_KWP_BLOCK - 1, i, j;
	u8 block[2 * KSRTP_KWP_BLOCK];
	int ret;

	if (len % KSRTP_KWP_BLOCK || len < 2 * KSRTP_KWP_BLOCK ||
	    len > KSRTP_KWP_MAX)
		return -EBADMSG;
	if (n == 1) {
		ksrtp_aes_decrypt(aes, block, in);
		memcpy(plain, block + KSRTP_KWP_BLOCK, KSRTP_KWP_BLOCK);
	} else {
		memcpy(block, in, KSRTP_KWP_BLOCK);
		memcpy(plain, in + KSRTP_KWP_BLOCK, n * KSRTP_KWP_BLOCK);
		for (j = KSRTP_KWP_ROUNDS; j-- > 0;) {
			for (i = n; i >= 1; i--) {
				u8 *at = plain + (i - 1) * KSRTP_KWP_BLOCK;

				ksrtp_kwp_step(block, n * j + i);
				memcpy(block + KSRTP_KWP_BLOCK, at,
				       KSRTP_KWP_BLOCK);
				ksrtp_aes_decrypt(aes, block, block);
				memcpy(at, block + KSRTP_KWP_BLOCK,
				       KSRTP_KWP_BLOCK);
			}
		}
	}
	ret = ksrtp_kwp_check(block, plain, n);
	memzero_explicit(block, sizeof(block));
	if (ret < 0)
		memzero_explicit(plain, n * KSRTP_KWP_BLOCK);
	return ret;
}
