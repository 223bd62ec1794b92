// SPDX-License-Identifier: GPL-2.0
/* Events of the kernel, received by a handle of their own. */
#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "channel.h"
#include "libksrtp.h"

/* Make the handle receive events; it cannot do anything else afterwards. */
int ksrtp_listen(struct ksrtp *handle)
{
	int ret;

	if (!handle)
		return -ENOMEM;
	*handle->error = '\0';
	if (!handle->family_id)
		return channel_fail(handle, -ENOTCONN,
				    "the handle is not open");
	ret = channel_join(handle);
	handle->listens = !ret;
	return ret;
}

/* File descriptor to poll for reading. */
int ksrtp_fd(const struct ksrtp *handle)
{
	return handle && handle->sock ? mnl_socket_get_fd(handle->sock) : -EBADF;
}

static void read_session(struct ksrtp_event *event, const struct nlattr *attr)
{
	if (mnl_attr_get_type(attr) == KSRTP_A_SESSION_ID)
		event->session = mnl_attr_get_u32(attr);
}

static void read_stream(struct ksrtp_event *event, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case KSRTP_A_STREAM_SESSION_ID:
		event->session = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_STREAM_DIRECTION:
		event->direction = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_STREAM_SSRC:
		event->ssrc = mnl_attr_get_u32(attr);
		break;
	}
}

static void read_alert(struct ksrtp_event *event, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case KSRTP_A_ALERT_TYPE:
		event->alert = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_SESSION_ID:
		event->session = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_DIRECTION:
		event->direction = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_SSRC:
		event->ssrc = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_MKI:
		event->mki_len = mnl_attr_get_payload_len(attr);
		if (event->mki_len > sizeof(event->mki))
			event->mki_len = sizeof(event->mki);
		memcpy(event->mki, mnl_attr_get_payload(attr), event->mki_len);
		break;
	case KSRTP_A_ALERT_RTCP:
		event->rtcp = 1;
		break;
	case KSRTP_A_ALERT_COUNT:
		event->count = mnl_attr_get_u64(attr);
		break;
	case KSRTP_A_ALERT_REQUIRE_ID:
		event->require = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_IFINDEX:
		event->ifindex = mnl_attr_get_u32(attr);
		break;
	case KSRTP_A_ALERT_LEASE_ID:
		event->lease = mnl_attr_get_u32(attr);
		break;
	}
}

static void read_attach(struct ksrtp_event *event, const struct nlattr *attr)
{
	if (mnl_attr_get_type(attr) == KSRTP_A_ATTACH_IFINDEX)
		event->ifindex = mnl_attr_get_u32(attr);
}

static void read_lease(struct ksrtp_event *event, const struct nlattr *attr)
{
	if (mnl_attr_get_type(attr) == KSRTP_A_LEASE_ID)
		event->lease = mnl_attr_get_u32(attr);
}

static void read_event(struct ksrtp_event *event, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *attrs;
	unsigned int len;

	event->what = genl->cmd;
	attrs = channel_attrs(nlh, &len);
	mnl_attr_for_each_payload(attrs, len) {
		switch (genl->cmd) {
		case KSRTP_CMD_ALERT_NTF:
			read_alert(event, attr);
			break;
		case KSRTP_CMD_STREAM_NEW_NTF:
		case KSRTP_CMD_STREAM_DEL_NTF:
		case KSRTP_CMD_STREAM_REPORT_NTF:
			read_stream(event, attr);
			break;
		case KSRTP_CMD_ATTACH_NEW_NTF:
		case KSRTP_CMD_ATTACH_DEL_NTF:
			read_attach(event, attr);
			break;
		case KSRTP_CMD_LEASE_NTF:
			read_lease(event, attr);
			break;
		default:
			read_session(event, attr);
		}
	}
}

/*
 * Wait for an event. Returns -ENOBUFS if events were lost, so the state of
 * sessions may have changed; -ENODEV, from then on, if the module was unloaded.
 */
int ksrtp_event_read(struct ksrtp *handle, struct ksrtp_event *event,
		     size_t size)
{
	struct ksrtp_event read = { 0 };
	const struct nlmsghdr *nlh;
	int n;

	if (!handle)
		return -ENOMEM;
	*handle->error = '\0';
	if (!handle->listens)
		return channel_fail(handle, -EINVAL, "the handle does not listen");
	do {
		if (handle->gone)
			return channel_gone(handle);
		n = channel_receive(handle);
		if (n < 0)
			return n;
		nlh = (const struct nlmsghdr *)handle->reply;
		handle->gone = mnl_nlmsg_ok(nlh, n) &&
			       channel_is_farewell(handle, nlh);
	} while (!mnl_nlmsg_ok(nlh, n) || nlh->nlmsg_type != handle->family_id);
	read_event(&read, nlh);
	memset(event, 0, size);
	memcpy(event, &read, size < sizeof(read) ? size : sizeof(read));
	return 0;
}
