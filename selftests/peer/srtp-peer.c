// SPDX-License-Identifier: GPL-2.0
/*
 * srtp-peer SUITE [OPTION...] KEY...: protects and unprotects packets with
 * libsrtp, as the independent judge of what the kernel does.
 *
 * KEY is master key and salt in hex, or MKI:KEY with a master key identifier;
 * several may be given then. OPTION is ext=ID,ID... for header extensions to be
 * encrypted, or clear-rtp, clear-rtcp, unauthenticated-rtp, or short-rtcp-tag for
 * tags of SRTCP as long as those of SRTP. Each line of
 * standard input is a verb and a packet in hex: "protect", "unprotect",
 * "protect-rtcp", "unprotect-rtcp"; or "use N", which chooses the key to
 * protect with; or "update KEY..." or "renew KEY...", which give both directions
 * other keys: by srtp_update(), with counters going on, or in new contexts. Each is
 * answered by "ok HEX", or "error N" with libsrtp's error number.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

#define PACKET_MAX 65536
#define ROOM 256
#define KEYS_MAX 16

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
	/* unlike RFC 6188, see kdf-aes-256 */
	{ "AES_192_CM_HMAC_SHA1_80",
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80,
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80, 38 },
	{ "AES_192_CM_HMAC_SHA1_32",
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_32,
	  srtp_crypto_policy_set_aes_cm_192_hmac_sha1_80, 38 },
	{ "NULL_HMAC_SHA1_80", srtp_crypto_policy_set_null_cipher_hmac_sha1_80,
	  srtp_crypto_policy_set_null_cipher_hmac_sha1_80, 30 },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth,
	  srtp_crypto_policy_set_aes_gcm_128_16_auth, 28 },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth,
	  srtp_crypto_policy_set_aes_gcm_256_16_auth, 44 },
	{ "AEAD_AES_128_GCM_8", srtp_crypto_policy_set_aes_gcm_128_8_auth,
	  srtp_crypto_policy_set_aes_gcm_128_8_auth, 28 },
	{ "AEAD_AES_256_GCM_8", srtp_crypto_policy_set_aes_gcm_256_8_auth,
	  srtp_crypto_policy_set_aes_gcm_256_8_auth, 44 },
};

static int from_hex(const char *hex, unsigned char *bytes, size_t size)
{
	size_t n;

	for (n = 0; n < size && sscanf(hex + 2 * n, "%2hhx", bytes + n) == 1;
	     n++)
		;
	return n;
}

static size_t suite;
static unsigned char keys[KEYS_MAX][64], mkis[KEYS_MAX][128];
static srtp_master_key_t masters[KEYS_MAX];
static srtp_master_key_t *master_list[KEYS_MAX];
static int n_keys, mki_len, extensions[255], n_extensions;
static bool clear_rtp, clear_rtcp, unauthenticated_rtp, short_rtcp_tag;

static void usage(void)
{
	fprintf(stderr, "usage: srtp-peer SUITE [OPTION...] KEY...\n");
	exit(2);
}

static void add_key(char *text)
{
	char *colon = strchr(text, ':');
	srtp_master_key_t *master = &masters[n_keys];

	if (n_keys == KEYS_MAX)
		usage();
	if (colon) {
		*colon = '\0';
		mki_len = from_hex(text, mkis[n_keys], sizeof(mkis[0]));
		text = colon + 1;
	}
	if (from_hex(text, keys[n_keys], sizeof(keys[0])) !=
	    (int)suites[suite].key_len)
		usage();
	master->key = keys[n_keys];
	master->mki_id = mkis[n_keys];
	master->mki_size = mki_len;
	master_list[n_keys++] = master;
}

static void parse(int argc, char **argv)
{
	char *id;
	int i;

	if (argc < 3)
		usage();
	for (suite = 0; strcmp(suites[suite].name, argv[1]); suite++)
		if (suite + 1 == sizeof(suites) / sizeof(*suites))
			usage();
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "clear-rtp")) {
			clear_rtp = true;
		} else if (!strcmp(argv[i], "clear-rtcp")) {
			clear_rtcp = true;
		} else if (!strcmp(argv[i], "unauthenticated-rtp")) {
			unauthenticated_rtp = true;
		} else if (!strcmp(argv[i], "short-rtcp-tag")) {
			short_rtcp_tag = true;
		} else if (!strncmp(argv[i], "ext=", 4)) {
			for (id = strtok(argv[i] + 4, ","); id;
			     id = strtok(NULL, ","))
				extensions[n_extensions++] = atoi(id);
		} else {
			add_key(argv[i]);
		}
	}
	if (!n_keys)
		usage();
}

/* What a context is to be like: the keys there are, and the options. */
static srtp_policy_t policy_of(srtp_ssrc_type_t type)
{
	srtp_policy_t policy = { .ssrc.type = type, .keys = master_list,
				 .num_master_keys = n_keys,
				 .enc_xtn_hdr = extensions,
				 .enc_xtn_hdr_count = n_extensions,
				 .window_size = 32767, .allow_repeat_tx = 1 };

	suites[suite].rtp(&policy.rtp);
	suites[suite].rtcp(&policy.rtcp);
	if (clear_rtp)
		policy.rtp.sec_serv = sec_serv_auth;
	if (clear_rtcp)
		policy.rtcp.sec_serv = sec_serv_auth;
	if (unauthenticated_rtp) {
		policy.rtp.sec_serv = sec_serv_conf;
		policy.rtp.auth_type = 0; /* SRTP_NULL_AUTH, in no header */
		policy.rtp.auth_key_len = 0;
		policy.rtp.auth_tag_len = 0;
	}
	if (short_rtcp_tag)
		policy.rtcp.auth_tag_len = policy.rtp.auth_tag_len;
	return policy;
}

static srtp_t make(srtp_ssrc_type_t type)
{
	srtp_policy_t policy = policy_of(type);
	srtp_t srtp;

	if (srtp_create(&srtp, &policy) != srtp_err_status_ok) {
		fprintf(stderr, "srtp-peer: libsrtp refuses %s\n",
			suites[suite].name);
		exit(1);
	}
	return srtp;
}

/* Other keys, in a list of words; returns whether libsrtp takes them. */
static bool rekey(char *list, bool renew, srtp_t *out, srtp_t *in)
{
	srtp_policy_t policy;
	char *word;

	n_keys = 0;
	mki_len = 0;
	for (word = strtok(list, "\n "); word; word = strtok(NULL, "\n "))
		add_key(word);
	if (renew) {
		srtp_dealloc(*out);
		srtp_dealloc(*in);
		*out = make(ssrc_any_outbound);
		*in = make(ssrc_any_inbound);
		return true;
	}
	policy = policy_of(ssrc_any_outbound);
	if (srtp_update(*out, &policy) != srtp_err_status_ok)
		return false;
	policy = policy_of(ssrc_any_inbound);
	return srtp_update(*in, &policy) == srtp_err_status_ok;
}

int main(int argc, char **argv)
{
	static char line[2 * PACKET_MAX + 64];
	static unsigned char packet[PACKET_MAX + ROOM];
	unsigned int use = 0;
	srtp_err_status_t err;
	char verb[32];
	srtp_t out, in;
	int at, len, i;

	parse(argc, argv);
	srtp_init();
	out = make(ssrc_any_outbound);
	in = make(ssrc_any_inbound);

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%31s %n", verb, &at) != 1)
			continue;
		if (!strcmp(verb, "use")) {
			use = atoi(line + at);
			printf("ok\n");
			continue;
		}
		if (!strcmp(verb, "update") || !strcmp(verb, "renew")) {
			use = 0;
			puts(rekey(line + at, !strcmp(verb, "renew"), &out,
				   &in) ? "ok" : "error 1");
			continue;
		}
		len = from_hex(line + at, packet, PACKET_MAX);
		if (!strcmp(verb, "protect"))
			err = srtp_protect_mki(out, packet, &len, mki_len, use);
		else if (!strcmp(verb, "protect-rtcp"))
			err = srtp_protect_rtcp_mki(out, packet, &len, mki_len,
						    use);
		else if (!strcmp(verb, "unprotect"))
			err = srtp_unprotect_mki(in, packet, &len, mki_len);
		else
			err = srtp_unprotect_rtcp_mki(in, packet, &len,
						      mki_len);
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
