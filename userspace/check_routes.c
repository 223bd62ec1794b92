// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "checks.h"
#include "finding.h"
#include "output.h"
#include "program.h"

/* Once on, it stays; older kernels have it with nf_conntrack. */
#define SHOWN "/proc/sys/net/netfilter/nf_hooks_lwtunnel"

/* Are packets shown to netfilter before segment routing wraps them? */
static bool are_shown(void)
{
	FILE *in = fopen(SHOWN, "re");
	bool shown = in && fgetc(in) == '1';

	if (in)
		fclose(in);
	return shown;
}

/*
 * A route, or one of its next hops, may wrap packets up, or unwrap them, where
 * netfilter does not see it. What puts headers between those of the packet is
 * shown afterwards.
 */
static bool check_hop(json_t *hop, const char *to)
{
	const char *encap = output_string(hop, "encap");
	const char *mode = output_string(hop, "mode");
	const char *action = output_string(hop, "action");

	if (!encap)
		return false;
	if (!strcmp(encap, "seg6") && mode && strcmp(mode, "inline") &&
	    !are_shown()) {
		finding(FINDING_PROBLEM, "routes",
			"route to %s: encap seg6 mode %s\npackets are wrapped up before ksrtp sees them: media leaves in plaintext\nmodprobe nf_conntrack; sysctl -w net.netfilter.nf_hooks_lwtunnel=1",
			to, mode);
		return true;
	}
	if (!strcmp(encap, "ioam6") && !(mode && !strcmp(mode, "inline"))) {
		finding(FINDING_PROBLEM, "routes",
			"route to %s: encap ioam6\npackets may be wrapped up before ksrtp sees them: media leaves in plaintext\nuse mode inline, or let media take another route",
			to);
		return true;
	}
	if (!strcmp(encap, "seg6local")) {
		finding(FINDING_NOTE, "routes",
			"route to %s: encap seg6local action %s\npackets are unwrapped, or sent on, where ksrtp may not see them: SRTP stays SRTP, plain RTP is taken\nlet media arrive by another route",
			to, action ? action : "?");
		return true;
	}
	return false;
}

static bool check_family(const char *command)
{
	json_t *routes = program_json(command), *route, *hop;
	bool wrapped = false;
	const char *to;
	size_t i, j;

	json_array_foreach(routes, i, route) {
		to = output_string(route, "dst");
		wrapped |= check_hop(route, to ? to : "?");
		json_array_foreach(json_object_get(route, "nexthops"), j, hop)
			wrapped |= check_hop(hop, to ? to : "?");
	}
	json_decref(routes);
	return wrapped;
}

void check_routes(void)
{
	bool wrapped = check_family("ip -j -4 route show table all 2>/dev/null");

	wrapped |= check_family("ip -j -6 route show table all 2>/dev/null");
	if (!wrapped)
		finding(FINDING_OK, "routes",
			"none wraps packets up before ksrtp sees them");
}
