// SPDX-License-Identifier: GPL-2.0
/*
 * How long libsrtp takes to protect and unprotect the same packets. Prints a
 * line for each suite and payload: nanoseconds per packet, minimum of rounds.
 *
 * usage: libsrtp ROUNDS SESSIONS PAYLOAD...
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <srtp2/srtp.h>

#define BATCH		256
#define BATCHES		40
#define HEADER		12
#define ROOM		64

static const struct {
	const char *name;
	void (*set)(srtp_crypto_policy_t *policy);
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80",
	  srtp_crypto_policy_set_rtp_default },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static srtp_t session(int suite, srtp_ssrc_type_t type, unsigned char *key)
{
	srtp_policy_t policy;
	srtp_t made;

	memset(&policy, 0, sizeof(policy));
	suites[suite].set(&policy.rtp);
	suites[suite].set(&policy.rtcp);
	policy.ssrc.type = type;
	policy.key = key;
	policy.window_size = 128;
	if (srtp_create(&made, &policy)) {
		fprintf(stderr, "libsrtp cannot do %s\n", suites[suite].name);
		exit(1);
	}
	return made;
}

static void measure(int suite, int rounds, int sessions, int payload)
{
	static unsigned char packets[BATCH][HEADER + 1500 + ROOM];
	double best[2] = { 1e18, 1e18 }, spent[2], start;
	srtp_t *out = calloc(sessions, sizeof(*out));
	srtp_t *in = calloc(sessions, sizeof(*in));
	unsigned short *seq = calloc(sessions, sizeof(*seq));
	int of[BATCH], len[BATCH], i, round, batch;
	unsigned int random = 1;

	for (i = 0; i < sessions; i++) {
		unsigned char key[64];

		memset(key, i, sizeof(key));
		out[i] = session(suite, ssrc_any_outbound, key);
		in[i] = session(suite, ssrc_any_inbound, key);
	}
	for (round = 0; round < rounds; round++) {
		spent[0] = spent[1] = 0;
		for (batch = 0; batch < BATCHES; batch++) {
			for (i = 0; i < BATCH; i++) {
				unsigned char *p = packets[i];
				int n;

				random = random * 1664525 + 1013904223;
				n = (random >> 8) % sessions;
				of[i] = n;
				len[i] = HEADER + payload;
				seq[n]++;
				memset(p, seq[n], len[i]);
				memcpy(p, "\x80\0", 2);
				p[2] = seq[n] >> 8;
				p[3] = seq[n];
				memcpy(p + 8, &n, 4);
			}
			start = now();
			for (i = 0; i < BATCH; i++)
				if (srtp_protect(out[of[i]], packets[i],
						 &len[i]))
					exit(1);
			spent[0] += now() - start;
			start = now();
			for (i = 0; i < BATCH; i++)
				if (srtp_unprotect(in[of[i]], packets[i],
						   &len[i]))
					exit(1);
			spent[1] += now() - start;
		}
		for (i = 0; i < 2; i++)
			if (spent[i] < best[i])
				best[i] = spent[i];
	}
	printf("%s %d %d %.1f %.1f\n", suites[suite].name, sessions, payload,
	       best[0] / BATCH / BATCHES, best[1] / BATCH / BATCHES);
	for (i = 0; i < sessions; i++) {
		srtp_dealloc(out[i]);
		srtp_dealloc(in[i]);
	}
	free(out);
	free(in);
	free(seq);
}

int main(int argc, char **argv)
{
	int i, suite;

	if (argc < 4) {
		fprintf(stderr, "usage: %s ROUNDS SESSIONS PAYLOAD...\n",
			argv[0]);
		return 2;
	}
	srtp_init();
	printf("version %s\n", srtp_get_version_string());
	for (suite = 0; suite < 3; suite++)
		for (i = 3; i < argc; i++)
			measure(suite, atoi(argv[1]), atoi(argv[2]),
				atoi(argv[i]));
	return 0;
}
