// SPDX-License-Identifier: GPL-2.0
/* Rules for ports that clients may get, too. */
#include <linux/ksrtp.h>

#include "doctor.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/ports.h"

static bool check_rule(const json_t *rule)
{
	struct port_range shared, ports = { 1, 65535 };
	char reserve[PORTS_RESERVE], text[PORTS_TEXT(1)];

	if (output_number(rule, "first-port")) {
		ports.first = output_number(rule, "first-port");
		ports.last = output_number(rule, "last-port");
	}
	if (!ports_of_clients(&ports, &shared))
		return false;
	ports_list_print(&shared, 1, text);
	ports_reserve(&shared, reserve, sizeof(reserve));
	finding(FINDING_NOTE, "ports",
		"require rule %lld has ports %s, which are also assigned to clients\nsome datagrams of QUIC, VPNs or games look like RTP, and are dropped\nsysctl -w %s; or make the rule for other ports, or with except-remote-port",
		output_number(rule, "id"), text, reserve);
	return true;
}

static void check_all(void)
{
	json_t *list, *rule;
	bool shared = false;
	size_t i;

	list = genl_json_dump(genl_request(KSRTP_CMD_REQUIRE_GET,
					   &require_set));
	json_array_foreach(list, i, rule)
		shared |= check_rule(rule);
	if (json_array_size(list) && !shared)
		finding(FINDING_OK, "ports",
			"no ports of rules are assigned to clients");
	json_decref(list);
}

void check_ports(void)
{
	attempt("ports", check_all);
}
