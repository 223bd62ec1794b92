/* SPDX-License-Identifier: GPL-2.0 */
/* A medium of a call: its ports, and what both descriptions say. */
#ifndef KSRTPD_MEDIUM_H
#define KSRTPD_MEDIUM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "transport.h"

struct complaint;
struct settings;
struct sdp;
struct sdp_media;

#define MEDIUM_MID 64
#define MEDIUM_UFRAG 257

enum setup { SETUP_NONE, SETUP_ACTPASS, SETUP_ACTIVE, SETUP_PASSIVE };

/* A browser's section. */
struct medium_web {
	char ufrag[MEDIUM_UFRAG];
	enum setup setup;
	struct fingerprints fingerprints;
};

/* An application's section; on hold if the family is 0. */
struct medium_plain {
	union endpoint endpoint;
	uint16_t rtcp_port;
};

struct medium {
	struct transport transport;
	bool open;			/* has ports and a socket */
	bool rtp;			/* a supported kind of RTP */
	char mid[MEDIUM_MID];		/* the browser's; empty: none */
	bool tagged;			/* the first of its BUNDLE group */
	struct medium_web web;
	struct medium_plain plain;
	struct relay_marks marks;	/* as agreed on */
	/* the owner */
	void *call;
	unsigned int index;
};

void medium_begin(const struct settings *settings);
bool medium_is_web(const struct sdp_media *media);
bool medium_is_plain(const struct sdp_media *media);
int medium_open(struct medium *medium, unsigned int family,
		struct complaint *complaint);
int medium_open_within(struct medium *medium, struct medium *bundle,
		       struct complaint *complaint);
struct medium *medium_carrier(const struct medium *medium);
void medium_close(struct medium *medium);
int medium_read_web(struct medium_web *web, const struct sdp *sdp,
		    const struct sdp_media *media, bool answers,
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
json_t *medium_json(const struct medium *medium);
json_t *medium_save(const struct medium *medium);
int medium_restore(struct medium *medium, unsigned int family,
		   const json_t *saved, struct complaint *complaint);

#endif
