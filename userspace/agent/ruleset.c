// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <nftables/libnftables.h>

#include "lib/complaint.h"
#include "ruleset.h"
#include "util/text.h"

#define RULESET_SIZE 24576

/* First byte of RTP and RTCP (RFC 7983), second byte of RTCP (RFC 5761). */
#define MEDIA "@th,64,8 128-191"
#define RTCP "@th,72,8 192-223"
#define RTP "@th,72,8 != 192-223"

/* Keywords and addresses of a family. */
struct family {
	unsigned int number;
	const char *ip, *type;
	char public[ENDPOINT_TEXT], application[ENDPOINT_TEXT];
};

/* Maps keyed by port. Both families share them. */
static void put_ports(struct text *text)
{
	static const char *const maps[] = {
		"down_rtp", "down_rtp_source", "down_rtcp", "down_rtcp_source",
		"up", "up_source",
		"first", "part_rtp", "part_rtcp", "part_rtcp_source",
	};
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(*maps); i++)
		text_put(text, "map %s { type inet_service : inet_service; }\n",
			 maps[i]);
}

/*
 * What tells the medium of a packet, in a bundle: our port for its application. SSRCs
 * are noted as RTP comes, and forgotten; if there are too many, media go on.
 */
static void put_marks(struct text *text)
{
	text_put(text, "map types { typeof udp dport . @th,72,8 : udp sport; }\n"
		       "map told { typeof udp dport . @th,128,32 : udp sport; }\n"
		       "map sources { typeof udp dport . @th,128,32 : udp sport; size 1048576; flags dynamic,timeout; timeout 1m; }\n");
}

/*
 * The medium of a packet from a bundle's peer is written over its source port. RTCP
 * belongs to its sender, or to the source that it is about first: browsers that only
 * receive have the same SSRC for all media (RFC 9143, section 9.2).
 */
static void put_apart(struct text *text)
{
	text_put(text, "chain note {\n"
		       "update @sources { udp dport . @th,128,32 : udp sport }\n}\n"
		       "chain apart_rtp {\n"
		       "udp sport set udp dport . @th,128,32 map @told goto note\n"
		       "udp sport set udp dport . @th,72,8 map @types goto note\n}\n"
		       "chain apart_rtcp {\n"
		       "udp sport set udp dport . @th,96,32 map @told return\n"
		       "udp sport set udp dport . @th,96,32 map @sources return\n"
		       "udp sport set udp dport . @th,128,32 map @sources return\n"
		       "udp sport set udp dport map @first\n}\n");
}

static void put_sets(struct text *text, const struct family *f)
{
	unsigned int n = f->number;

	text_put(text, "map down%u { type %s . inet_service . inet_service : %s; }\n",
		 n, f->type, f->type);
	text_put(text, "map down_behind%u { type %s . inet_service . inet_service : %s; }\n",
		 n, f->type, f->type);
	text_put(text, "map up%u { type inet_service : %s; }\n", n, f->type);
	text_put(text, "map up_behind%u { type %s . inet_service : %s; }\n", n,
		 f->type, f->type);
	text_put(text, "set bundles%u { type %s . inet_service . inet_service; }\n",
		 n, f->type);
	text_put(text, "set bundles_behind%u { type %s . inet_service . inet_service; }\n",
		 n, f->type);
	text_put(text, "map part%u { type inet_service : %s; }\n", n, f->type);
	text_put(text, "map up_part%u { type inet_service : %s; }\n", n, f->type);
	text_put(text, "map up_part_behind%u { type %s . inet_service : %s; }\n",
		 n, f->type, f->type);
	text_put(text, "set behind%u { type %s . inet_service; }\n", n, f->type);
}

/*
 * From the peer to the application. @map admits known peers. A lookup without a
 * result ends the rule before anything is written, so other packets reach the
 * next rule unchanged.
 */
static void put_down(struct text *text, const struct family *f, const char *map,
		     const char *source)
{
	static const char *const kinds[][2] = {
		{ RTP, "rtp" }, { RTCP, "rtcp" },
	};
	size_t i;

	for (i = 0; i < 2; i++)
		text_put(text, "%s %s daddr set %s saddr . udp sport . udp dport map @%s%u udp sport set udp dport map @down_%s_source udp dport set udp dport map @down_%s%s accept\n",
			 kinds[i][0], f->ip, f->ip, map, f->number, kinds[i][1],
			 kinds[i][1], source);
}

/* Likewise from the peer of a bundle that @set admits. Others have passed before. */
static void put_bundle(struct text *text, const struct family *f, const char *set,
		       const char *source)
{
	text_put(text, "chain %s_apart%u {\n" RTP " jump apart_rtp\n" RTCP " jump apart_rtcp\n",
		 set, f->number);
	text_put(text, RTP " %s daddr set udp sport map @part%u udp dport set udp sport map @part_rtp%s accept\n",
		 f->ip, f->number, source);
	text_put(text, RTCP " %s daddr set udp sport map @part%u udp dport set udp sport map @part_rtcp udp sport set udp sport map @part_rtcp_source%s accept\ndrop\n}\n",
		 f->ip, f->number, source);
}

static void put_admitted(struct text *text, const struct family *f,
			 const char *set)
{
	text_put(text, "%s saddr . udp sport . udp dport @%s%u goto %s_apart%u\n",
		 f->ip, set, f->number, set, f->number);
}

/* From the application, which @match tells beside its port, to the peer. */
static void put_up(struct text *text, const struct family *f, const char *match,
		   const char *map, const char *source)
{
	text_put(text, MEDIA " %s daddr set %sudp dport map @%s%u udp sport set udp dport map @up_source udp dport set udp dport map @up%s notrack accept\n",
		 f->ip, match, map, f->number, source);
}

/* Likewise for a bundle, of which the SSRCs of RTP are noted for RTCP about them. */
static void put_up_part(struct text *text, const struct family *f,
			const char *match, const char *map)
{
	text_put(text, MEDIA " %s daddr set %sudp dport map @%s%u udp sport set udp dport map @up_source goto %s_noted%u\n",
		 f->ip, match, map, f->number, map, f->number);
}

static void put_noted(struct text *text, const struct family *f, const char *map,
		      const char *source)
{
	text_put(text, "chain %s_noted%u {\n" RTP " update @sources { udp sport . @th,128,32 : udp dport }\nudp dport set udp dport map @up%s notrack accept\n}\n",
		 map, f->number, source);
}

/*
 * Chains for one family. Packets of local programs that match nothing are not
 * dropped in OUTPUT, where the sender would get EPERM, but in PREROUTING of the
 * loopback device.
 */
static void put_chains(struct text *text, const struct family *f)
{
	char inner[128], public[128], match[32];
	unsigned int n = f->number;

	snprintf(inner, sizeof(inner), " %s saddr set %s", f->ip,
		 f->application);
	snprintf(public, sizeof(public), " %s saddr set %s", f->ip, f->public);
	snprintf(match, sizeof(match), "%s saddr . ", f->ip);
	put_bundle(text, f, "bundles_behind", "");
	put_bundle(text, f, "bundles", inner);
	put_noted(text, f, "up_part", public);
	put_noted(text, f, "up_part_behind", "");
	text_put(text, "chain arriving%u {\nnotrack\n", n);
	put_down(text, f, "down_behind", "");
	put_admitted(text, f, "bundles_behind");
	text_put(text, "}\nchain delivered%u {\n", n);
	put_down(text, f, "down", inner);
	put_admitted(text, f, "bundles");
	text_put(text, "drop\n}\nchain leaving%u {\n", n);
	put_up(text, f, "", "up", public);
	put_up_part(text, f, "", "up_part");
	text_put(text, "}\nchain passing%u {\n", n);
	put_up(text, f, match, "up_behind", "");
	put_up_part(text, f, match, "up_part_behind");
	text_put(text, "drop\n}\nchain returning%u {\n", n);
	text_put(text, "%s saddr . udp sport @behind%u%s accept\n", f->ip, n, public);
	text_put(text, "%s daddr . udp dport . udp sport @bundles_behind%u%s accept\n}\n",
		 f->ip, n, public);
}

static void put_hooks(struct text *text, const struct settings *s,
		      const struct family *f, unsigned int families)
{
	unsigned int i;

	text_put(text, "chain prerouting {\ntype filter hook prerouting priority raw;\n");
	for (i = 0; i < families; i++) {
		text_put(text, "%s daddr %s udp dport %u-%u " MEDIA " goto arriving%u\n",
			 f[i].ip, f[i].public, s->public_ports.first,
			 s->public_ports.last, f[i].number);
		text_put(text, "%s daddr %s udp dport %u-%u goto passing%u\n",
			 f[i].ip, f[i].application, s->application_ports.first,
			 s->application_ports.last, f[i].number);
	}
	/* after the firewall's filter */
	text_put(text, "}\nchain input {\ntype filter hook input priority 150;\n");
	for (i = 0; i < families; i++)
		text_put(text, "%s daddr %s udp dport %u-%u " MEDIA " goto delivered%u\n",
			 f[i].ip, f[i].public, s->public_ports.first,
			 s->public_ports.last, f[i].number);
	/* type route: the kernel reroutes rewritten packets */
	text_put(text, "}\nchain output {\ntype route hook output priority raw;\n");
	for (i = 0; i < families; i++)
		text_put(text, "%s daddr %s udp dport %u-%u goto leaving%u\n",
			 f[i].ip, f[i].application, s->application_ports.first,
			 s->application_ports.last, f[i].number);
	/* after routing, which refuses own source addresses from outside */
	text_put(text, "}\nchain postrouting {\ntype filter hook postrouting priority 150;\n");
	for (i = 0; i < families; i++) {
		text_put(text, "udp sport %u-%u %s saddr != %s goto returning%u\n",
			 s->public_ports.first, s->public_ports.last, f[i].ip,
			 f[i].public, f[i].number);
		text_put(text, "udp sport %u-%u %s daddr . udp sport @behind%u %s saddr set %s accept\n",
			 s->application_ports.first, s->application_ports.last,
			 f[i].ip, f[i].number, f[i].ip, f[i].application);
	}
	text_put(text, "}\n");
}

static unsigned int fill_families(const struct settings *s,
				  struct family *families)
{
	static const struct {
		unsigned int number;
		const char *ip, *type;
	} words[] = {
		{ 4, "ip", "ipv4_addr" }, { 6, "ip6", "ipv6_addr" },
	};
	unsigned int i, n = 0;

	for (i = 0; i < SETTINGS_FAMILIES; i++) {
		if (!s->side[i].public.any.sa_family)
			continue;
		families[n].number = words[i].number;
		families[n].ip = words[i].ip;
		families[n].type = words[i].type;
		endpoint_address(&s->side[i].public, families[n].public);
		endpoint_address(&s->side[i].application,
				 families[n].application);
		n++;
	}
	return n;
}

static int run(const char *text, struct complaint *c)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	const char *error;
	int ret = 0;

	if (!nft)
		return complain(c, ENOMEM, "nftables: %s", strerror(ENOMEM));
	nft_ctx_buffer_error(nft);
	nft_ctx_buffer_output(nft);
	if (nft_run_cmd_from_buffer(nft, text)) {
		error = nft_ctx_get_error_buffer(nft);
		ret = complain(c, EIO, "nftables: %.*s",
			       (int)strcspn(error, "\n"), error);
	}
	nft_ctx_free(nft);
	return ret;
}

/*
 * Replace the table in one transaction. With @keeps the elements of its maps
 * stay.
 */
int ruleset_load(const struct settings *settings, bool keeps,
		 struct complaint *c)
{
	struct family families[SETTINGS_FAMILIES];
	unsigned int i, n = fill_families(settings, families);
	char bytes[RULESET_SIZE];
	struct text text = { .at = bytes, .end = bytes + sizeof(bytes) };

	text_put(&text, "add table inet " RULESET_TABLE "\n");
	text_put(&text, "%s table inet " RULESET_TABLE "\n",
		 keeps ? "flush" : "delete");
	text_put(&text, "table inet " RULESET_TABLE " {\n");
	put_ports(&text);
	put_marks(&text);
	put_apart(&text);
	for (i = 0; i < n; i++) {
		put_sets(&text, &families[i]);
		put_chains(&text, &families[i]);
	}
	put_hooks(&text, settings, families, n);
	text_put(&text, "}\n");
	if (text.full)
		return complain(c, EMSGSIZE, "netfilter: rules longer than %d bytes",
				RULESET_SIZE);
	return run(bytes, c);
}
