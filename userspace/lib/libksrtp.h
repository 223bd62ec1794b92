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

#ifdef __cplusplus
}
#endif

#endif
