/* SPDX-License-Identifier: GPL-2.0 */
/* A medium of a call: its ports, and what both descriptions say. */
#ifndef KSRTPD_MEDIUM_H
#define KSRTPD_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "transport.h"

struct complaint;
struct settings;
struct sdp;
struct sdp_media;

#define MEDIUM_MID 64
#define MEDIUM_UFRAG 257

enum setup { SETUP_NONE, SETUP_ACTPASS, SETUP_ACTIVE, SETUP_PASSIVE };

/* A section of the public side. */
struct medium_web {
	bool given;			/* it says how it is reached, no other does */
	char ufrag[MEDIUM_UFRAG];
	enum setup setup;
	struct fingerprints fingerprints;
	/* without ICE: where it is, on hold if the family is 0; 0: RTCP shares the port */
	union endpoint endpoint;
	uint16_t rtcp_port;
};

/* An application's section; on hold if the family is 0. */
struct medium_plain {
	union endpoint endpoint;
	uint16_t rtcp_port;
};

struct medium {
	struct transport transport;
	bool open;			/* has ports and sockets */
	int reserved[2];		/* the application's ports, for RTP and RTCP */
	bool rtp;			/* a supported kind of RTP */
	char mid[MEDIUM_MID];		/* the browser's; empty: none */
	bool tagged;			/* the first of its BUNDLE group */
	bool feedback;			/* RTP/SAVPF, not SAVP, where it may be either */
	struct crypto crypto;
	struct medium_web web;
	struct medium_plain plain;
	struct relay_marks marks;	/* as agreed on */
	/* the owner */
	void *call;
	unsigned int index;
};

void medium_begin(const struct settings *settings);
bool medium_is_web(const struct sdp_media *media, enum public_kind *kind);
bool medium_has_feedback(const struct sdp_media *media);
bool medium_is_plain(const struct sdp_media *media);
int medium_open(struct medium *medium, enum public_kind public,
		unsigned int family, struct complaint *complaint);
int medium_open_within(struct medium *medium, struct medium *bundle,
		       struct complaint *complaint);
int medium_reopen(struct medium *medium, enum public_kind public,
		  unsigned int family, uint16_t port, uint16_t application_port,
		  struct complaint *complaint);
struct medium *medium_carrier(const struct medium *medium);
void medium_close(struct medium *medium);
int medium_read_ice(struct medium_web *web, const struct sdp *sdp,
		    const struct sdp_media *media, bool answers,
		    struct complaint *complaint);
int medium_read_dtls(struct medium_web *web, const struct sdp *sdp,
		     struct sdp_media *media, unsigned int family, bool answers,
		     struct complaint *complaint);
int medium_read_sdes(struct medium_web *web, const struct sdp *sdp,
		     struct sdp_media *media, unsigned int family,
		     struct complaint *complaint);
void medium_read_sources(struct relay_marks *marks,
			 const struct sdp_media *media);
void medium_read_types(struct relay_marks *marks, const struct sdp_media *media);
int medium_read_plain(struct medium_plain *plain, const struct sdp *sdp,
		      struct sdp_media *media, unsigned int family,
		      struct complaint *complaint);
int medium_renew(struct medium *medium, const struct medium_web *web,
		 struct complaint *complaint);
bool medium_is_client(const struct medium *medium, bool web_offers);
void medium_agree(struct medium *medium, bool web_offers);

#endif
