// SPDX-License-Identifier: GPL-2.0
/* Calls, given by the session descriptions of both sides. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agreed_mikey.h"
#include "complaint.h"
#include "description.h"
#include "libksrtp.h"
#include "plan.h"

static void call_free(struct call *call)
{
	if (call)
		explicit_bzero(call, sizeof(*call));
	free(call);
}

static int copy(struct sdp *sdp, const char *text, const char *name,
		struct complaint *c)
{
	size_t len = strlen(text);

	sdp->file = name;
	if (len >= sizeof(sdp->text))
		return complain(c, EMSGSIZE, "%s: longer than %d bytes", name,
				SDP_SIZE - 1);
	memcpy(sdp->text, text, len + 1);
	return 0;
}

static int call_new(struct call **call, const struct ksrtp *handle,
		    const char *local, const char *remote,
		    const char *local_name, const char *remote_name,
		    struct complaint *c)
{
	int ret;

	*call = calloc(1, sizeof(**call));
	if (!*call)
		return complain(c, ENOMEM, "%s", strerror(ENOMEM));
	(*call)->translations = &handle->translations;
	(*call)->mikey = handle->mikey;
	ret = copy(&(*call)->local, local, local_name, c);
	if (!ret)
		ret = copy(&(*call)->remote, remote, remote_name, c);
	if (!ret)
		ret = call_read(*call, c);
	return ret;
}

static int tell(struct ksrtp *handle, int error,
		const struct complaint *complaint)
{
	if (error)
		complaint_tell(complaint, handle->error, sizeof(handle->error));
	return error;
}

/* A call passed to a function, and the plan for its sessions. */
struct job {
	struct ksrtp *handle;	/* NULL: the error was reported already */
	struct call *call;
	struct plan plan;
	struct complaint complaint;
};

static int begin(struct job *job, struct ksrtp *handle, const char *local,
		 const char *remote, unsigned int flags)
{
	int ret;

	if (flags & ~KSRTP_CALL_OWNED)
		return channel_fail(handle, -EINVAL, "flags");
	ret = channel_ready(handle);
	if (ret)
		return ret;
	job->handle = handle;
	job->plan.owned = flags & KSRTP_CALL_OWNED;
	job->plan.settings = handle->settings;
	return call_new(&job->call, handle, local, remote, "local", "remote",
			&job->complaint);
}

static int end(struct job *job, int error)
{
	call_free(job->call);
	return job->handle ? tell(job->handle, error, &job->complaint) : error;
}

/* Do settings for calls contain keys, which they must not? */
static bool has_keys(const struct ksrtp_session *settings)
{
	unsigned int direction;

	for (direction = KSRTP_DIRECTION_SEND;
	     direction <= KSRTP_DIRECTION_MAX; direction++)
		if (settings->directions[direction][KSRTP_A_DIRECTION_SUITE]
			    .given ||
		    settings->directions[direction]
			    [KSRTP_A_DIRECTION_MASTER_KEY].given ||
		    settings->directions[direction]
			    [KSRTP_A_DIRECTION_KEY_SERIAL].given)
			return true;
	return false;
}

/* Set what sessions of calls have in addition to SDP. */
int ksrtp_call_settings(struct ksrtp *handle,
			const struct ksrtp_session *settings)
{
	if (!handle)
		return -ENOMEM;
	if (settings && settings->broken)
		return channel_refuse(handle, settings->broken, "%s",
				      settings->error);
	if (settings && has_keys(settings))
		return channel_refuse(handle, -EINVAL,
				      "settings: keys of a call come from SDP");
	ksrtp_session_free(handle->settings);
	handle->settings = NULL;
	if (!settings)
		return 0;
	handle->settings = ksrtp_session_new();
	if (!handle->settings)
		return channel_fail(handle, -ENOMEM, "settings");
	*handle->settings = *settings;
	return 0;
}

static int add_address(struct ksrtp *handle, struct translation *translation,
		       const char *name, const char *text)
{
	struct complaint complaint = { 0 };

	if (!handle)
		return -ENOMEM;
	if (!text) {
		translation->n = 0;
		return 0;
	}
	complaint_enter(&complaint, "%s", name);
	return tell(handle, translation_add(translation, text, &complaint),
		    &complaint);
}

/* Set the address of our packets, where SDP has another one. */
int ksrtp_call_local_address(struct ksrtp *handle, const char *text)
{
	return add_address(handle, handle ? &handle->translations.local : NULL,
			   "local address", text);
}

/* Set the address of the peer's packets, where SDP has another one. */
int ksrtp_call_remote_address(struct ksrtp *handle, const char *text)
{
	return add_address(handle, handle ? &handle->translations.remote : NULL,
			   "remote address", text);
}

/* Create the sessions of a call. */
int ksrtp_call_add(struct ksrtp *handle, const char *local, const char *remote,
		   unsigned int flags)
{
	struct job job = { 0 };
	int ret = begin(&job, handle, local, remote, flags);

	if (!ret)
		ret = agreed_mikey_check_new(job.call, NULL, &job.complaint);
	if (!ret) {
		plan_add_call(&job.plan, job.call);
		ret = plan_carry_out(&job.plan, handle, &job.complaint);
	}
	if (!ret)
		agreed_mikey_note(job.call, handle->mikey);
	return end(&job, ret);
}

/* A new offer was answered: change, create and delete sessions as needed. */
int ksrtp_call_change(struct ksrtp *handle, const char *local,
		      const char *remote, const char *old_local,
		      const char *old_remote, unsigned int flags)
{
	struct job job = { 0 };
	struct call *old = NULL;
	int ret = begin(&job, handle, local, remote, flags);

	if (!ret)
		ret = call_new(&old, handle, old_local, old_remote,
			       "old local", "old remote", &job.complaint);
	if (!ret)
		ret = agreed_mikey_check_new(job.call, old, &job.complaint);
	if (!ret)
		ret = plan_change_call(&job.plan, handle, job.call, old,
				       &job.complaint);
	if (!ret)
		ret = plan_carry_out(&job.plan, handle, &job.complaint);
	if (!ret)
		agreed_mikey_note(job.call, handle->mikey);
	call_free(old);
	return end(&job, ret);
}

/* The call is over. */
int ksrtp_call_del(struct ksrtp *handle, const char *local, const char *remote)
{
	struct job job = { 0 };
	int ret = begin(&job, handle, local, remote, 0);

	if (!ret)
		ret = plan_del_call(&job.plan, handle, job.call,
				    &job.complaint);
	if (!ret)
		ret = plan_carry_out(&job.plan, handle, &job.complaint);
	return end(&job, ret);
}

/* Get the sessions of a call by media section, and the number of sections. */
int ksrtp_call_sessions(struct ksrtp *handle, const char *local,
			const char *remote, uint32_t *ids, size_t *n)
{
	uint32_t found[SDP_MEDIA_MAX] = { 0 };
	struct job job = { 0 };
	size_t room = *n;
	int ret = begin(&job, handle, local, remote, 0);

	if (!ret)
		ret = plan_ids(&job.plan, handle, job.call, found,
			       &job.complaint);
	if (!ret) {
		*n = job.call->n;
		memcpy(ids, found, (room < *n ? room : *n) * sizeof(*ids));
	}
	return end(&job, ret);
}
