// SPDX-License-Identifier: GPL-2.0
/*
 * How long libsrtp takes to protect and unprotect the same packets. Prints its
 * version, and a line for each: minimum and median of the rounds, in ps per
 * packet.
 *
 * usage: libsrtp-bench SUITE ROUNDS BATCHES SESSIONS PAYLOAD
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <srtp2/srtp.h>

#include "program.h"

#define BATCH		256
#define ROUNDS_MAX	1000
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

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void tell(const char *name, double *ns, int rounds, int batches)
{
	double ps = 1000.0 / batches / BATCH;

	qsort(ns, rounds, sizeof(*ns), compare);
	printf("%s %.0f %.0f\n", name, ns[0] * ps, ns[rounds / 2] * ps);
}

static unsigned char packets[BATCH][HEADER + 1500 + ROOM];
static int of[BATCH], len[BATCH];

/* A batch in plain, of sessions in random order. */
static void make(unsigned short *seq, int sessions, int payload)
{
	static unsigned int random = 1;
	int i, n;

	for (i = 0; i < BATCH; i++) {
		unsigned char *p = packets[i];

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
}

static void batch(srtp_t *out, srtp_t *in, double *spent)
{
	double start = now(), middle;
	int i;

	for (i = 0; i < BATCH; i++)
		if (srtp_protect(out[of[i]], packets[i], &len[i]))
			exit(1);
	middle = now();
	for (i = 0; i < BATCH; i++)
		if (srtp_unprotect(in[of[i]], packets[i], &len[i]))
			exit(1);
	spent[0] += middle - start;
	spent[1] += now() - middle;
}

static void measure(int suite, int rounds, int batches, int sessions,
		    int payload)
{
	static double protect[ROUNDS_MAX], unprotect[ROUNDS_MAX];
	srtp_t *out = calloc(sessions, sizeof(*out));
	srtp_t *in = calloc(sessions, sizeof(*in));
	unsigned short *seq = calloc(sessions, sizeof(*seq));
	unsigned char key[64] = "";
	double spent[2];
	int i, round;

	for (i = 0; i < sessions; i++) {
		memcpy(key, &i, sizeof(i));
		out[i] = session(suite, ssrc_any_outbound, key);
		in[i] = session(suite, ssrc_any_inbound, key);
	}
	for (round = 0; round < rounds; round++) {
		memset(spent, 0, sizeof(spent));
		for (i = 0; i < batches; i++) {
			make(seq, sessions, payload);
			batch(out, in, spent);
		}
		protect[round] = spent[0];
		unprotect[round] = spent[1];
	}
	tell("protect", protect, rounds, batches);
	tell("unprotect", unprotect, rounds, batches);
}

int main(int argc, char **argv)
{
	int suite, rounds;

	if (argc != 6) {
		fprintf(stderr,
			"usage: %s SUITE ROUNDS BATCHES SESSIONS PAYLOAD\n",
			argv[0]);
		return 2;
	}
	for (suite = 0; strcmp(suites[suite].name, argv[1]); suite++)
		if (suite + 1 == sizeof(suites) / sizeof(*suites))
			return 2;
	rounds = atoi(argv[2]);
	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	srtp_init();
	printf("%s\n", srtp_get_version_string());
	measure(suite, rounds, atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	return 0;
}
