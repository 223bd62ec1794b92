// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "flow.h"
#include "lib/libksrtp.h"
#include "orphan.h"

struct found {
	unsigned int mark;		/* attribute of what is looked for */
	bool is_it;
	uint64_t id;
};

static void take(const struct ksrtp_reply *reply, void *data)
{
	struct found *found = data;
	uint64_t value;

	found->is_it = !ksrtp_reply_number(reply, found->mark, &value) &&
		       !ksrtp_reply_number(reply, KSRTP_A_SESSION_ID,
					   &found->id);
}

/* A session may have become that of somebody else. */
static void delete_it(struct ksrtp *handle, struct ksrtp_request *request,
		      unsigned int mark)
{
	struct found found = { .mark = mark };

	if (!ksrtp_do(handle, request, take, &found) && found.is_it)
		ksrtp_session_del(handle, found.id);
	ksrtp_request_free(request);
}

/**
 * orphan_delete() - delete a session if it is an orphan
 * @handle: the kernel
 * @id: its id
 */
void orphan_delete(struct ksrtp *handle, uint32_t id)
{
	struct ksrtp_request *request =
		ksrtp_request_new(KSRTP_CMD_SESSION_GET);

	ksrtp_request_set(request, KSRTP_A_SESSION_ID, id);
	delete_it(handle, request, KSRTP_A_SESSION_ORPHANED);
}

static void put_end(struct ksrtp_request *request, uint16_t family,
		    unsigned int address_attr, const unsigned char *address,
		    unsigned int port_attr, uint16_t port)
{
	static const unsigned char any[16];
	size_t len = family == AF_INET ? 4 : 16;

	if (memcmp(address, any, len))
		ksrtp_request_set_bytes(request, address_attr, address, len);
	if (port)
		ksrtp_request_set(request, port_attr, port);
}

/**
 * orphan_delete_flow() - delete the session of a flow if it is an orphan
 * @handle: the kernel
 * @name: the flow, or none
 * @owned: also if it has an owner, which is this relay
 */
void orphan_delete_flow(struct ksrtp *handle, const struct flow_name *name,
			bool owned)
{
	struct ksrtp_request *request;

	if (!name->family)
		return;
	request = ksrtp_request_new(KSRTP_CMD_SESSION_GET);
	ksrtp_request_set(request, KSRTP_A_SESSION_FAMILY, name->family);
	put_end(request, name->family, KSRTP_A_SESSION_LOCAL_ADDRESS,
		name->local, KSRTP_A_SESSION_LOCAL_PORT, name->local_port);
	put_end(request, name->family, KSRTP_A_SESSION_REMOTE_ADDRESS,
		name->remote, KSRTP_A_SESSION_REMOTE_PORT, name->remote_port);
	delete_it(handle, request, owned ? KSRTP_A_SESSION_OWNED :
					   KSRTP_A_SESSION_ORPHANED);
}
