/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SRTP sessions of the kernel, for programs: see libksrtp(3).
 *
 * Functions that return int return 0 or a negative errno. A handle, and a
 * session being described, is for one thread at a time.
 */
#ifndef LIBKSRTP_H
#define LIBKSRTP_H

#include <linux/ksrtp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ksrtp;
struct ksrtp_session;

int ksrtp_open(struct ksrtp **handle);
void ksrtp_close(struct ksrtp *handle);
const char *ksrtp_error(const struct ksrtp *handle);

struct ksrtp_session *ksrtp_session_new(void);
void ksrtp_session_free(struct ksrtp_session *session);
int ksrtp_session_set(struct ksrtp_session *session,
		      enum ksrtp_session_attr attr, uint32_t value);
int ksrtp_session_set_local(struct ksrtp_session *session,
			    const struct sockaddr *address, socklen_t len);
int ksrtp_session_set_remote(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len);
int ksrtp_direction_set(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_direction_attr attr, uint64_t value);
int ksrtp_direction_set_bytes(struct ksrtp_session *session,
			      enum ksrtp_direction_id direction,
			      enum ksrtp_direction_attr attr,
			      const void *bytes, size_t len);

int ksrtp_session_add(struct ksrtp *handle,
		      const struct ksrtp_session *session, uint32_t *id);
int ksrtp_session_change(struct ksrtp *handle,
			 const struct ksrtp_session *session);
int ksrtp_session_del(struct ksrtp *handle, uint32_t id);
int ksrtp_session_counters(struct ksrtp *handle, uint32_t id,
			   enum ksrtp_direction_id direction,
			   uint64_t *counters, size_t n);

/* What an event tells; what it does not is 0. New members come at the end. */
struct ksrtp_event {
	uint32_t what;		/* enum ksrtp_cmd: KSRTP_CMD_*_NTF */
	uint32_t session;
	uint32_t direction;	/* enum ksrtp_direction_id */
	uint32_t ssrc;
	uint32_t alert;		/* enum ksrtp_alert */
	uint32_t rtcp;		/* 1: it is the lifetime for RTCP */
	uint64_t count;
	uint32_t require;
	uint32_t mki_len;
	unsigned char mki[KSRTP_MKI_MAX];
};

int ksrtp_listen(struct ksrtp *handle);
int ksrtp_fd(const struct ksrtp *handle);
int ksrtp_event_read(struct ksrtp *handle, struct ksrtp_event *event,
		     size_t size);

#ifdef __cplusplus
}
#endif

#endif
