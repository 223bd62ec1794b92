// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: what ksrtpd reads of strangers before any key is agreed on. STUN
 * datagrams change nothing without the password; a description that is accepted
 * is rewritten to one that is accepted, too, and has nothing of the other side.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "agent/alerts.h"
#include "agent/ice.h"
#include "agent/rewrite.h"
#include "lib/complaint.h"
#include "lib/sdp.h"

#define CHECK(condition)						\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

#define STUN_HEADER 20
#define INTEGRITY 24

static const struct ice_credentials ours = {
	.ufrag = "ufragufr", .pwd = "passwordpassword12345678",
};

/* A datagram, read with and without a password that is right. */
static void check_stun(const unsigned char *data, size_t len)
{
	static struct ice ice;
	unsigned char answer[CHECK_ANSWER];
	union endpoint from;
	size_t answer_len;

	memset(&ice, 0, sizeof(ice));
	ice.own = ours;
	endpoint_read(&from, "192.0.2.1", 1024 + (len ? *data : 0));
	ice_receive(&ice, data, len, &from, answer, &answer_len);
	CHECK(answer_len <= sizeof(answer));
	CHECK(ice.remotes || answer_len <= len);
	CHECK(!ice.selected || ice.remotes);
}

/* Any attributes, protected by the password. */
static void check_protected(const unsigned char *data, size_t len)
{
	unsigned char bytes[2048] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	size_t end = STUN_HEADER + len;

	if (len % 4 || end + INTEGRITY > sizeof(bytes))
		return;
	memcpy(bytes + STUN_HEADER, data, len);
	bytes[2] = (len + INTEGRITY) >> 8;
	bytes[3] = len + INTEGRITY;
	bytes[end + 1] = 8;
	bytes[end + 3] = 20;
	HMAC(EVP_sha1(), ours.pwd, strlen(ours.pwd), bytes, end,
	     bytes + end + 4, NULL);
	check_stun(bytes, end + INTEGRITY);
}

/* A datagram after a handshake, with keys that it does not know; and one with them. */
static void check_alerts(const unsigned char *data, size_t len)
{
	static const int ciphers[] = {
		NID_aes_128_gcm, NID_aes_256_gcm, NID_chacha20_poly1305,
	};
	unsigned char record[ALERTS_RECORD];
	struct alerts alerts = { 0 };
	enum alerts_found found;
	const char *what;
	size_t i, size;

	for (i = 0; i < 3; i++) {
		alerts.cipher = ciphers[i];
		found = alerts_read(&alerts, data, len, &what);
		CHECK(found == ALERTS_NOTHING || found == ALERTS_REPEATED);
		size = alerts_close(&alerts, record);
		CHECK(size && size <= sizeof(record) &&
		      alerts_read(&alerts, record, size, &what) ==
			      ALERTS_CLOSE);
		if (!len)
			continue;
		record[*data % size] ^= 1 << len % 8;
		CHECK(alerts_read(&alerts, record, size, &what) ==
		      ALERTS_NOTHING);
	}
}

static bool has(const char *text, const char *line)
{
	return strstr(text, line);
}

static void check_rewritten(const char *text, const struct sdp *was, bool web)
{
	static char out[2 * SDP_SIZE];
	static struct sdp again;
	static struct rewrite plan;
	struct complaint c = { 0 };
	union endpoint address;
	unsigned int i;

	memset(&plan, 0, sizeof(plan));
	endpoint_read(&address, "192.0.2.9", 0);
	plan.web = web;
	plan.address = &address;
	plan.fingerprint = "sha-256 00";
	for (i = 0; i < was->n; i++) {
		plan.media[i].protocol = web ? "UDP/TLS/RTP/SAVPF" : "RTP/AVP";
		plan.media[i].port = was->media[i].port ? 2000 + 2 * i : 0;
		plan.media[i].rtcp_port = 2001 + 2 * i;
		plan.media[i].mid = "0";
		plan.media[i].ufrag = web ? ours.ufrag : NULL;
		plan.media[i].pwd = ours.pwd;
		plan.media[i].setup = web ? "passive" : NULL;
		plan.media[i].bundled = was->media[i].bundle_only;
	}
	if (rewrite(&plan, text, out, sizeof(out)) ||
	    strlen(out) >= sizeof(again.text))
		return;
	CHECK(web || (!has(out, "\na=ice-ufrag:") &&
		      !has(out, "\na=ice-pwd:") && !has(out, "\na=candidate:") &&
		      !has(out, "\na=fingerprint:") && !has(out, "\na=crypto:")));
	memset(&again, 0, sizeof(again));
	memcpy(again.text, out, strlen(out));
	CHECK(!sdp_read(&again, &c));
	CHECK(again.n == was->n);
	for (i = 0; i < was->n; i++)
		CHECK(again.media[i].port == plan.media[i].port);
}

static void check_sdp(const unsigned char *data, size_t len)
{
	static char text[SDP_SIZE];
	static struct sdp sdp;
	struct complaint c = { 0 };

	if (len >= sizeof(text))
		return;
	memcpy(text, data, len);
	text[len] = '\0';
	memset(&sdp, 0, sizeof(sdp));
	memcpy(sdp.text, text, len);
	if (sdp_read(&sdp, &c))
		return;
	check_rewritten(text, &sdp, false);
	check_rewritten(text, &sdp, true);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	check_stun(data, len);
	check_protected(data, len);
	check_alerts(data, len);
	check_sdp(data, len);
	return 0;
}
