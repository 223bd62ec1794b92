// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "former.h"
#include "lib/complaint.h"

/* Packets were rewritten by this table of nftables before sessions had relays. */
#define TABLE "ksrtpd"

/* Three messages, each with an acknowledgement that is not longer. */
struct batch {
	char bytes[512];
	size_t len;
};

static struct nlmsghdr *put(struct batch *batch, uint16_t type, uint16_t flags,
			    uint8_t family, uint16_t res_id)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(batch->bytes + batch->len);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(res_id);
	return nlh;
}

static void end(struct batch *batch, const struct nlmsghdr *nlh)
{
	batch->len += MNL_ALIGN(nlh->nlmsg_len);
}

/* The table is deleted in a transaction, as all of nftables. */
static int delete_table(struct mnl_socket *sock)
{
	char answer[1024];
	struct batch batch = { .len = 0 };
	struct nlmsghdr *nlh;
	int n;

	end(&batch, put(&batch, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC,
			NFNL_SUBSYS_NFTABLES));
	nlh = put(&batch, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE,
		  NLM_F_ACK, NFPROTO_INET, 0);
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, TABLE);
	end(&batch, nlh);
	end(&batch, put(&batch, NFNL_MSG_BATCH_END, 0, AF_UNSPEC,
			NFNL_SUBSYS_NFTABLES));
	if (mnl_socket_sendto(sock, batch.bytes, batch.len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(sock, answer, sizeof(answer));
	if (n < 0)
		return -errno;
	return mnl_cb_run(answer, n, 0, 0, NULL, NULL) < 0 ? -errno : 0;
}

/* Delete the table that an earlier ksrtpd has rewritten packets by, if there is one. */
int former_forget(struct complaint *c)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_NETFILTER,
						   SOCK_CLOEXEC);
	int ret;

	/* a kernel without netfilter's netlink has no table */
	if (!sock)
		return 0;
	ret = mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) ? -errno :
							     delete_table(sock);
	mnl_socket_close(sock);
	/* no such table, or no nftables */
	if (!ret || ret == -ENOENT || ret == -EINVAL || ret == -EOPNOTSUPP)
		return 0;
	return complain(c, -ret, "nftables, table " TABLE ": %s",
			strerror(-ret));
}
