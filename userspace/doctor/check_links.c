// SPDX-License-Identifier: GPL-2.0
/* Interfaces: do protected packets fit their MTU? */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ksrtp.h>

#include "doctor.h"
#include "util/genl.h"
#include "util/genl_json.h"
#include "util/output.h"
#include "util/suites.h"

/* Length of IPv6 and UDP headers. */
#define HEADERS 48
/* Tag of AEAD suites, the longest except for double ones. */
#define GROWTH_LEAST 16
/* Size that applications use by default, with the RTP header. */
#define PACKET 1200

static long long longest(json_t *list, const char *member, bool hex)
{
	long long value, most = 0;
	json_t *object;
	size_t i;

	json_array_foreach(list, i, object) {
		value = hex ? (long long)strlen(output_string(object, member) ? : "") / 2 :
			output_number(object, member);
		if (value > most)
			most = value;
	}
	json_decref(list);
	return most;
}

/* Maximum growth of a packet. */
static long long grows = GROWTH_LEAST;

/* Measure the growth with the current keys. */
static void measure_growth(void)
{
	json_t *sessions, *suites, *session, *suite, *used = json_array();
	const char *name;
	long long most;
	size_t i, j;

	suites_read();
	suites = genl_json_dump(genl_request(KSRTP_CMD_SUITE_GET, &suite_set));
	sessions = genl_json_dump(genl_request(KSRTP_CMD_SESSION_GET,
					       &session_set));
	json_array_foreach(sessions, i, session) {
		name = output_string(json_object_get(session, "send"), "suite");
		json_array_foreach(suites, j, suite)
			if (name && !strcmp(name, output_string(suite, "name")))
				json_array_append(used, suite);
	}
	json_decref(sessions);
	json_decref(suites);
	most = longest(used, "rtp-tag-length", false) +
	       longest(genl_json_dump(genl_request(KSRTP_CMD_KEY_GET,
						   &key_set)),
		       "mki", true);
	if (most > GROWTH_LEAST)
		grows = most;
}

static bool offload_is_off(int fd, struct ifreq *request, uint32_t cmd)
{
	struct ethtool_value value = { .cmd = cmd };

	request->ifr_data = (char *)&value;
	return !ioctl(fd, SIOCETHTOOL, request) && !value.data;
}

/* A veth gets unsegmented packets from another stack, so GRO does not matter. */
static bool is_veth(int fd, struct ifreq *request)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	request->ifr_data = (char *)&info;
	return !ioctl(fd, SIOCETHTOOL, request) && !strcmp(info.driver, "veth");
}

static void check_link(int fd, const char *name)
{
	struct ifreq request;
	long long left;

	memset(&request, 0, sizeof(request));
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &request) ||
	    !(request.ifr_flags & IFF_UP) || request.ifr_flags & IFF_LOOPBACK ||
	    ioctl(fd, SIOCGIFMTU, &request))
		return;
	left = request.ifr_mtu - HEADERS - grows;
	if (left < PACKET)
		finding(FINDING_PROBLEM, "mtu",
			"%s: MTU %d leaves %lld bytes for an RTP packet\napplications count on %d, and the tag takes %lld\nraise the MTU, or make applications send less (FFmpeg: pkt_size)",
			name, request.ifr_mtu, left, PACKET, grows);
	else
		finding(FINDING_OK, "mtu",
			"%s: MTU %d leaves %lld bytes for an RTP packet", name,
			request.ifr_mtu, left);
	if (!is_veth(fd, &request) &&
	    offload_is_off(fd, &request, ETHTOOL_GGRO))
		finding(FINDING_NOTE, "offload",
			"%s: generic receive offload is off\neach packet goes through the stack alone, which costs more\nethtool -K %s gro on",
			name, name);
	if (offload_is_off(fd, &request, ETHTOOL_GGSO))
		finding(FINDING_NOTE, "offload",
			"%s: generic segmentation offload is off\nbatches that applications send are cut up before they reach ksrtp\nethtool -K %s gso on",
			name, name);
}

static void check_drops(void)
{
	json_t *stat = genl_json_do(genl_request(KSRTP_CMD_STAT_GET,
						 &stat_set));
	long long drops = output_number(json_object_get(stat, "send"),
					"drop-too-big");

	if (drops)
		finding(FINDING_NOTE, "mtu",
			"%lld packets did not fit the MTU when they were protected\napplications filled packets up to the MTU\nmake them leave %lld bytes (FFmpeg: pkt_size)",
			drops, grows);
	json_decref(stat);
}

void check_links(void)
{
	struct if_nameindex *links = if_nameindex(), *link;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	attempt("mtu", measure_growth);
	for (link = links; link && link->if_index; link++)
		check_link(fd, link->if_name);
	if (links)
		if_freenameindex(links);
	close(fd);
	attempt("mtu", check_drops);
}
