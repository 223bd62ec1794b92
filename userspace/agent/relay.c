// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "lib/complaint.h"
#include "relay.h"
#include "ruleset.h"

/*
 * Two paths, of 128 payload types with and without marker bit, and few elements
 * beside: messages of about 120 bytes.
 */
#define BATCH_SIZE 98304

/* Longest key: an address and two ports, padded to 4 bytes each. */
#define KEY_MAX 24

static struct mnl_socket *sock;

struct batch {
	char bytes[BATCH_SIZE];
	size_t len;
	uint32_t seq;
};

/* A key or a value, with concatenated fields. */
struct bytes {
	unsigned char at[KEY_MAX];
	size_t len;
};

int relay_begin(struct complaint *c)
{
	sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return complain(c, errno, "netfilter: %s", strerror(errno));
	return 0;
}

void relay_end(void)
{
	if (sock)
		mnl_socket_close(sock);
	sock = NULL;
}

static struct nlmsghdr *message(struct batch *batch, uint16_t type,
				uint16_t flags, uint8_t family, uint16_t res_id)
{
	struct nlmsghdr *nlh =
		mnl_nlmsg_put_header(batch->bytes + batch->len);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++batch->seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(res_id);
	return nlh;
}

static void close_message(struct batch *batch, const struct nlmsghdr *nlh)
{
	batch->len += MNL_ALIGN(nlh->nlmsg_len);
}

static void append_port(struct bytes *bytes, uint16_t port)
{
	uint16_t raw = htons(port);

	memcpy(bytes->at + bytes->len, &raw, sizeof(raw));
	bytes->len += 4;
}

/* A port that is not part of a concatenation. */
static void set_port(struct bytes *bytes, uint16_t port)
{
	bytes->len = 0;
	append_port(bytes, port);
	bytes->len = sizeof(port);
}

static void append_address(struct bytes *bytes, const union endpoint *endpoint)
{
	size_t len;
	const void *address = endpoint_bytes(endpoint, &len);

	memcpy(bytes->at + bytes->len, address, len);
	bytes->len += len;
}

static void put_data(struct nlmsghdr *nlh, uint16_t attr,
		     const struct bytes *bytes)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);

	mnl_attr_put(nlh, NFTA_DATA_VALUE, bytes->len, bytes->at);
	mnl_attr_nest_end(nlh, nest);
}

static void element(struct batch *batch, bool add, const char *set,
		    const struct bytes *key, const struct bytes *value)
{
	struct nlattr *list, *one;
	struct nlmsghdr *nlh;

	nlh = message(batch, NFNL_SUBSYS_NFTABLES << 8 |
		      (add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM),
		      add ? NLM_F_CREATE : 0, NFPROTO_INET, 0);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, RULESET_TABLE);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	one = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	put_data(nlh, NFTA_SET_ELEM_KEY, key);
	if (add && value)
		put_data(nlh, NFTA_SET_ELEM_DATA, value);
	mnl_attr_nest_end(nlh, one);
	mnl_attr_nest_end(nlh, list);
	close_message(batch, nlh);
}

static void port_element(struct batch *batch, bool add, const char *set,
			 uint16_t from, uint16_t to)
{
	struct bytes key = { .at = { 0 } }, value = { .at = { 0 } };

	set_port(&key, from);
	set_port(&value, to);
	element(batch, add, set, &key, &value);
}

/* A part of a packet beside the public port tells the medium. */
static void part_element(struct batch *batch, bool add, const char *set,
			 const struct relay_path *p, const void *part,
			 size_t len)
{
	struct bytes key = { .at = { 0 } }, value = { .at = { 0 } };

	append_port(&key, p->public_port);
	memcpy(key.at + key.len, part, len);
	key.len += 4;
	set_port(&value, p->port);
	element(batch, add, set, &key, &value);
}

static void type_elements(struct batch *batch, bool add,
			  const struct relay_path *p)
{
	unsigned char type, marked;

	for (type = 0; type < 128; type++) {
		if (!relay_marks_type(&p->marks, type))
			continue;
		marked = type | 128;
		part_element(batch, add, "types", p, &type, sizeof(type));
		part_element(batch, add, "types", p, &marked, sizeof(marked));
	}
}

static void source_elements(struct batch *batch, bool add,
			    const struct relay_path *p)
{
	unsigned int i;
	uint32_t raw;

	for (i = 0; i < p->marks.sources; i++) {
		raw = htonl(p->marks.source[i]);
		part_element(batch, add, "told", p, &raw, sizeof(raw));
	}
}

/* The name of a set for the family of a path. */
static const char *named(char *name, const char *set,
			 const struct relay_path *p)
{
	strcpy(name, set);
	return strcat(name, p->peer.any.sa_family == AF_INET ? "4" : "6");
}

/* Admit the peer to a bundle. What nothing tells is of the first medium. */
static void bundle(struct batch *batch, bool add, const struct relay_path *p)
{
	struct bytes key = { .at = { 0 } };
	char name[NFT_NAME_MAXLEN];

	append_address(&key, &p->peer);
	append_port(&key, endpoint_port(&p->peer));
	append_port(&key, p->public_port);
	element(batch, add, named(name, p->behind ? "bundles_behind" :
						    "bundles", p), &key, NULL);
	port_element(batch, add, "first", p->public_port, p->port);
}

/* To the application, of a medium that is known by our port for it. */
static void part_down(struct batch *batch, bool add, const struct relay_path *p)
{
	struct bytes key = { .at = { 0 } }, value = { .at = { 0 } };
	char name[NFT_NAME_MAXLEN];

	type_elements(batch, add, p);
	source_elements(batch, add, p);
	set_port(&key, p->port);
	append_address(&value, &p->application);
	element(batch, add, named(name, "part", p), &key, &value);
	port_element(batch, add, "part_rtp", p->port,
		     endpoint_port(&p->application));
	port_element(batch, add, "part_rtcp", p->port, p->application_rtcp);
	port_element(batch, add, "part_rtcp_source", p->port, p->rtcp_port);
}

/* Admit the peer's port to one of ours. */
static void admit(struct batch *batch, bool add, const struct relay_path *p,
		  uint16_t peer, uint16_t public)
{
	struct bytes key = { .at = { 0 } }, value = { .at = { 0 } };
	char name[NFT_NAME_MAXLEN];

	append_address(&key, &p->peer);
	append_port(&key, peer);
	append_port(&key, public);
	append_address(&value, &p->application);
	element(batch, add, named(name, p->behind ? "down_behind" : "down", p),
		&key, &value);
}

/* What looks like RTCP, to the application's port for RTP or RTCP. */
static void down_rtcp(struct batch *batch, bool add, const struct relay_path *p,
		      uint16_t public, bool rtcp)
{
	port_element(batch, add, "down_rtcp", public,
		     rtcp ? p->application_rtcp :
			    endpoint_port(&p->application));
	port_element(batch, add, "down_rtcp_source", public,
		     rtcp ? p->rtcp_port : p->port);
}

static void down(struct batch *batch, bool add, const struct relay_path *p)
{
	admit(batch, add, p, endpoint_port(&p->peer), p->public_port);
	port_element(batch, add, "down_rtp", p->public_port,
		     endpoint_port(&p->application));
	port_element(batch, add, "down_rtp_source", p->public_port, p->port);
	/* where RTCP has a port of its own, all at RTP's is RTP (RFC 5761) */
	down_rtcp(batch, add, p, p->public_port, !p->public_rtcp);
	if (!p->public_rtcp)
		return;
	admit(batch, add, p, p->peer_rtcp, p->public_rtcp);
	down_rtcp(batch, add, p, p->public_rtcp, true);
}

static void up(struct batch *batch, bool add, const struct relay_path *p,
	       uint16_t port)
{
	struct bytes key = { .at = { 0 } }, value = { .at = { 0 } };
	/* the SSRCs of a bundle's RTP are noted */
	bool noted = p->bundled && port == p->port, apart;
	char name[NFT_NAME_MAXLEN];

	if (p->behind) {
		append_address(&key, &p->application);
		append_port(&key, port);
	} else {
		set_port(&key, port);
	}
	append_address(&value, &p->peer);
	named(name, noted ? (p->behind ? "up_part_behind" : "up_part") :
			    (p->behind ? "up_behind" : "up"), p);
	element(batch, add, name, &key, &value);
	apart = p->public_rtcp && port == p->rtcp_port;
	port_element(batch, add, "up", port,
		     apart ? p->peer_rtcp : endpoint_port(&p->peer));
	port_element(batch, add, "up_source", port,
		     apart ? p->public_rtcp : p->public_port);
}

static void behind(struct batch *batch, bool add, const struct relay_path *p,
		   uint16_t port)
{
	struct bytes key = { .at = { 0 } };
	char name[NFT_NAME_MAXLEN];

	append_address(&key, &p->application);
	append_port(&key, port);
	element(batch, add, named(name, "behind", p), &key, NULL);
}

/* Add or delete all elements of a path. */
static void path_elements(struct batch *batch, bool add,
			  const struct relay_path *p)
{
	if (p->leads)
		bundle(batch, add, p);
	if (!p->application.any.sa_family)
		return;
	if (p->bundled)
		part_down(batch, add, p);
	else
		down(batch, add, p);
	up(batch, add, p, p->port);
	if (p->rtcp_port != p->port)
		up(batch, add, p, p->rtcp_port);
	if (!p->behind)
		return;
	if (!p->bundled)
		behind(batch, add, p, p->public_port);
	if (p->public_rtcp)
		behind(batch, add, p, p->public_rtcp);
	behind(batch, add, p, p->port);
	if (p->rtcp_port != p->port)
		behind(batch, add, p, p->rtcp_port);
}

static void begin(struct batch *batch)
{
	batch->len = 0;
	batch->seq = 0;
	close_message(batch, message(batch, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC,
				     NFNL_SUBSYS_NFTABLES));
}

/* Returns the first error of a batch. The kernel has processed it already. */
static int read_errors(void)
{
	char bytes[8192];
	const struct nlmsghdr *nlh;
	const struct nlmsgerr *error;
	int n, ret = 0;

	while ((n = recv(mnl_socket_get_fd(sock), bytes, sizeof(bytes),
			 MSG_DONTWAIT)) > 0)
		for (nlh = (const struct nlmsghdr *)bytes; mnl_nlmsg_ok(nlh, n);
		     nlh = mnl_nlmsg_next(nlh, &n)) {
			error = mnl_nlmsg_get_payload(nlh);
			if (nlh->nlmsg_type == NLMSG_ERROR && error->error &&
			    !ret)
				ret = error->error;
		}
	return ret;
}

static int commit(struct batch *batch)
{
	close_message(batch, message(batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC,
				     NFNL_SUBSYS_NFTABLES));
	if (mnl_socket_sendto(sock, batch->bytes, batch->len) < 0)
		return -errno;
	return read_errors();
}

/* Delete each element for itself, as far as it is there. */
static void purge(const struct relay_path *path)
{
	static struct batch all, one;
	struct nlmsghdr *nlh = (struct nlmsghdr *)all.bytes;
	int left;

	all.len = 0;
	path_elements(&all, false, path);
	for (left = all.len; mnl_nlmsg_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		begin(&one);
		memcpy(one.bytes + one.len, nlh, nlh->nlmsg_len);
		close_message(&one, nlh);
		commit(&one);
	}
}

static int replace(const struct relay_path *old, const struct relay_path *path)
{
	static struct batch batch;

	begin(&batch);
	if (old)
		path_elements(&batch, false, old);
	if (path)
		path_elements(&batch, true, path);
	return commit(&batch);
}

/*
 * Replace @old by @path in one transaction. Either may be NULL. Elements may be
 * missing, or left over from a process that was killed.
 */
int relay_change(const struct relay_path *old, const struct relay_path *path,
		 struct complaint *c)
{
	int ret = replace(old, path);

	if (ret == -ENOENT || ret == -EEXIST) {
		if (old)
			purge(old);
		if (path)
			purge(path);
		ret = path ? replace(NULL, path) : 0;
	}
	if (ret)
		return complain(c, -ret, "nftables, table %s: %s",
				RULESET_TABLE, strerror(-ret));
	return 0;
}
