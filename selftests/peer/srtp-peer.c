// SPDX-License-Identifier: GPL-2.0
/*
 * srtp-peer SUITE KEY: protects and unprotects packets with libsrtp, as the
 * independent judge of what the kernel does.
 *
 * KEY is master key and salt in hex. Each line of standard input is a verb and
 * a packet in hex: "protect", "unprotect", "protect-rtcp", "unprotect-rtcp".
 * Each is answered by "ok HEX", or "error N" with libsrtp's error number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

#define PACKET_MAX 65536
#define ROOM 256

static const struct {
	const char *name;
	void (*rtp)(srtp_crypto_policy_t *policy);
	void (*rtcp)(srtp_crypto_policy_t *policy);
	size_t key_len;
} suites[] = {
	/* SRTCP always has the long tag */
	{ "AES_CM_128_HMAC_SHA1_80", srtp_crypto_policy_set_rtp_default,
	  srtp_crypto_policy_set_rtp_default, 30 },
	{ "AES_CM_128_HMAC_SHA1_32",
	  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
	  srtp_crypto_policy_set_rtp_default, 30 },
	{ "AES_256_CM_HMAC_SHA1_80",
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, 46 },
	{ "AES_256_CM_HMAC_SHA1_32",
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80, 46 },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth, 28 },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth, 44 },
};

static int from_hex(const char *hex, unsigned char *bytes, size_t size)
{
	size_t n;

	for (n = 0; n < size && sscanf(hex + 2 * n, "%2hhx", bytes + n) == 1;
	     n++)
		;
	return n;
}

static srtp_t make(size_t suite, unsigned char *key, srtp_ssrc_type_t type)
{
	srtp_policy_t policy = { .ssrc.type = type, .key = key,
				 .window_size = 32767, .allow_repeat_tx = 1 };
	srtp_t srtp;

	suites[suite].rtp(&policy.rtp);
	suites[suite].rtcp(&policy.rtcp);
	if (srtp_create(&srtp, &policy) != srtp_err_status_ok) {
		fprintf(stderr, "srtp-peer: libsrtp refuses %s\n",
			suites[suite].name);
		exit(1);
	}
	return srtp;
}

int main(int argc, char **argv)
{
	static char line[2 * PACKET_MAX + 64];
	static unsigned char packet[PACKET_MAX + ROOM];
	unsigned char key[64];
	char verb[32];
	srtp_t out, in;
	size_t suite;
	int at, len, i;
	srtp_err_status_t err;

	for (suite = 0; argc == 3; suite++) {
		if (suite == sizeof(suites) / sizeof(*suites))
			argc = 0;
		else if (!strcmp(suites[suite].name, argv[1]))
			break;
	}
	if (argc != 3 || from_hex(argv[2], key, sizeof(key)) !=
			 (int)suites[suite].key_len) {
		fprintf(stderr, "usage: srtp-peer SUITE KEY-AND-SALT-IN-HEX\n");
		return 2;
	}
	srtp_init();
	out = make(suite, key, ssrc_any_outbound);
	in = make(suite, key, ssrc_any_inbound);

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%31s %n", verb, &at) != 1)
			continue;
		len = from_hex(line + at, packet, PACKET_MAX);
		if (!strcmp(verb, "protect"))
			err = srtp_protect(out, packet, &len);
		else if (!strcmp(verb, "protect-rtcp"))
			err = srtp_protect_rtcp(out, packet, &len);
		else if (!strcmp(verb, "unprotect"))
			err = srtp_unprotect(in, packet, &len);
		else
			err = srtp_unprotect_rtcp(in, packet, &len);
		if (err) {
			printf("error %d\n", err);
			continue;
		}
		printf("ok ");
		for (i = 0; i < len; i++)
			printf("%02x", packet[i]);
		printf("\n");
	}
	return 0;
}
