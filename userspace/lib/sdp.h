/* SPDX-License-Identifier: GPL-2.0 */
/* The parts of a session description, RFC 4566, that concern SRTP. */
#ifndef LIBKSRTP_SDP_H
#define LIBKSRTP_SDP_H

#include <stdbool.h>
#include <stdint.h>

struct complaint;

#define SDP_SIZE	65536
#define SDP_MEDIA_MAX	32
#define SDP_CRYPTO_MAX	32
#define SDP_FINGERPRINT_MAX	8
/* SSRCs of a section that are kept */
#define SDP_SOURCES_MAX	8

/* A crypto line; its text is "a=crypto:..." */
struct sdp_crypto {
	unsigned int line;
	const char *tag;
	char *text;
};

/*
 * Address of a c= line, or of a=rtcp. Addresses are parsed only when needed;
 * until then they are text, or NULL for none.
 */
struct sdp_address {
	unsigned int line;
	char *text;
	unsigned int family;
	unsigned char bytes[16];
	unsigned int len;		/* 0: any, if it is translated to that */
};

/* The message of a=key-mgmt:mikey, in base64; NULL: none. */
struct sdp_mikey {
	unsigned int line;
	const char *text;		/* may be empty */
	bool common;			/* from session level */
};

/*
 * How keys and a path are agreed on with DTLS and ICE: RFC 8842, 8839. What is
 * not there is NULL.
 */
struct sdp_keying {
	const char *ufrag, *pwd;
	const char *setup;
	const char *tls_id;
	unsigned int fingerprints;
	const char *fingerprint[SDP_FINGERPRINT_MAX];	/* "sha-256 AB:..." */
};

/* A media section. */
struct sdp_media {
	unsigned int line;
	const char *protocol;
	const char *formats;		/* separated by blanks */
	const char *mid;
	uint64_t port, rtcp_port;	/* 0: refused; RTP's plus 1 */
	unsigned int rtcp_line;		/* 0: there is none */
	struct sdp_address address, rtcp_address;
	uint64_t ports;			/* number behind '/' in m=; 0: invalid */
	bool mux;
	bool bundle_only;		/* port 0 is no refusal then */
	bool candidates;		/* of ICE; it has some */
	const char *direction;		/* NULL: as in the session */
	unsigned int sources;		/* number of SSRCs in a=ssrc lines */
	uint32_t last_source;
	uint32_t source[SDP_SOURCES_MAX];	/* the first ones */
	unsigned int cryptos;
	struct sdp_crypto crypto[SDP_CRYPTO_MAX];
	struct sdp_mikey mikey;
	struct sdp_keying keying;
};

/* Sections that share a transport; each section is in one group. */
struct sdp_bundle {
	unsigned int line;
	const char *mids;
};

struct sdp {
	const char *file;		/* file name or description */
	struct sdp_address address;
	const char *direction;
	struct sdp_mikey mikey;
	struct sdp_keying keying;
	unsigned int bundles;
	struct sdp_bundle bundle[SDP_MEDIA_MAX];
	unsigned int n;
	struct sdp_media media[SDP_MEDIA_MAX];
	char text[SDP_SIZE];		/* holds keys */
};

int sdp_read(struct sdp *sdp, struct complaint *complaint);
void sdp_at(const struct sdp *sdp, unsigned int line,
	    struct complaint *complaint);
const struct sdp_bundle *sdp_bundle_of(const struct sdp *sdp,
				       const struct sdp_media *media);
struct sdp_media *sdp_bundle_next(struct sdp *sdp,
				  const struct sdp_bundle *bundle,
				  const char **at);
bool sdp_same_tag(const struct sdp_crypto *crypto,
		  const struct sdp_crypto *other);
int sdp_address_read(const struct sdp *sdp, struct sdp_address *address,
		     struct complaint *complaint);
bool sdp_address_is_zero(const struct sdp_address *address);
bool sdp_address_is_multicast(const struct sdp_address *address);

#endif
