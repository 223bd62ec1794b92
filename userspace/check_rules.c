// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <string.h>

#include "checks.h"
#include "finding.h"
#include "output.h"
#include "program.h"

/* Where ksrtp's hooks are: after reassembly, and before all but the last. */
#define PRIORITY_RECV (-390)
#define PRIORITY_SEND (INT_MAX - 1)

/* What nft tells of its chains, or flowtables; NULL if there is no nft. */
static json_t *ask_nft(const char *command)
{
	json_t *root = program_json(command);
	json_t *list = json_incref(json_object_get(root, "nftables"));

	json_decref(root);
	return list;
}

static void check_flowtable(json_t *table)
{
	finding(FINDING_PROBLEM, "nftables",
		"flowtable %s of table %s %s\nflows that it takes go past ksrtp: what is forwarded to the wire is not protected\nleave the ports of media out of \"flow add\"",
		output_string(table, "name"), output_string(table, "family"),
		output_string(table, "table"));
}

/* Only chains of IP are at our hooks. */
static bool of_ip(json_t *chain)
{
	const char *family = output_string(chain, "family");

	return family && (!strcmp(family, "ip") || !strcmp(family, "ip6") ||
			  !strcmp(family, "inet"));
}

static bool check_chain(json_t *chain)
{
	const char *hook = output_string(chain, "hook");
	long long priority = output_number(chain, "prio");

	if (!hook || !of_ip(chain))
		return false;
	if (!(!strcmp(hook, "prerouting") && priority <= PRIORITY_RECV) &&
	    !(!strcmp(hook, "postrouting") && priority >= PRIORITY_SEND))
		return false;
	finding(FINDING_NOTE, "nftables",
		"chain %s of table %s %s has priority %lld at %s\nit is on the wire's side of ksrtp, so its rules see SRTP\ngive it a priority of %s, if it is to see RTP",
		output_string(chain, "name"), output_string(chain, "family"),
		output_string(chain, "table"), priority, hook,
		*hook == 'p' && hook[1] == 'r' ? "-300 (raw) or more" :
						 "300 or less");
	return true;
}

void check_rules(void)
{
	json_t *chains = ask_nft("nft -j list chains 2>/dev/null");
	json_t *tables = ask_nft("nft -j list flowtables 2>/dev/null");
	json_t *entry, *object;
	bool clash = false;
	size_t i;

	if (!chains)
		finding(FINDING_NOTE, "nftables",
			"rules were not looked at\nthere is no nft, or it may not be run\nrun as root; apt install nftables");
	json_array_foreach(tables, i, entry) {
		object = json_object_get(entry, "flowtable");
		if (object) {
			check_flowtable(object);
			clash = true;
		}
	}
	json_array_foreach(chains, i, entry)
		clash |= check_chain(json_object_get(entry, "chain"));
	if (chains && !clash)
		finding(FINDING_OK, "nftables",
			"neither chains nor flowtables in the way");
	json_decref(chains);
	json_decref(tables);
}
