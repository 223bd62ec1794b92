/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SRTP sessions of the kernel, for programs: see libksrtp(3).
 *
 * Functions that return int return 0 or a negative errno. A handle, and a
 * description of a session, may be used by one thread at a time.
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

/* Version of this header, and as 0xMMmmpp to compare; set when it is built. */
#define LIBKSRTP_VERSION	"@VERSION@"
#define LIBKSRTP_VERSION_NUMBER	@NUMBER@

const char *ksrtp_version(void);

struct ksrtp;
struct ksrtp_mikey;
struct ksrtp_session;
struct ksrtp_request;

int ksrtp_open(struct ksrtp **handle);
void ksrtp_close(struct ksrtp *handle);
const char *ksrtp_error(const struct ksrtp *handle);

/* Descriptions of sessions */
struct ksrtp_session *ksrtp_session_new(void);
void ksrtp_session_free(struct ksrtp_session *session);
const char *ksrtp_session_error(const struct ksrtp_session *session);
int ksrtp_session_set(struct ksrtp_session *session,
		      enum ksrtp_session_attr attr, uint32_t value);
int ksrtp_session_set_local(struct ksrtp_session *session,
			    const struct sockaddr *address, socklen_t len);
int ksrtp_session_set_remote(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len);
int ksrtp_session_move(struct ksrtp_session *session, enum ksrtp_flow_attr attr,
		       uint32_t value);
int ksrtp_session_move_local(struct ksrtp_session *session,
			     const struct sockaddr *address, socklen_t len);
int ksrtp_session_move_remote(struct ksrtp_session *session,
			      const struct sockaddr *address, socklen_t len);
int ksrtp_session_relay(struct ksrtp_session *session,
			const struct sockaddr *local, socklen_t local_len,
			const struct sockaddr *remote, socklen_t remote_len);
int ksrtp_session_relay_rtcp(struct ksrtp_session *session,
			     unsigned int local_port, unsigned int remote_port);
int ksrtp_session_relay_type(struct ksrtp_session *session, unsigned int type);
int ksrtp_session_relay_ssrc(struct ksrtp_session *session, uint32_t ssrc);
int ksrtp_session_no_relay(struct ksrtp_session *session);
int ksrtp_direction_set(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_direction_attr attr, uint64_t value);
int ksrtp_direction_set_bytes(struct ksrtp_session *session,
			      enum ksrtp_direction_id direction,
			      enum ksrtp_direction_attr attr,
			      const void *bytes, size_t len);

/* Keys of a description, in different formats */
#define KSRTP_SDES_FEC	1	/* the keys of the line's FEC_KEY */

int ksrtp_direction_key(struct ksrtp_session *session,
			enum ksrtp_direction_id direction,
			enum ksrtp_suite_id suite, const char *text);
int ksrtp_direction_keyring(struct ksrtp_session *session,
			    enum ksrtp_direction_id direction,
			    enum ksrtp_suite_id suite, const char *name);
int ksrtp_direction_sealed(struct ksrtp_session *session,
			   enum ksrtp_direction_id direction,
			   enum ksrtp_suite_id suite, const void *sealed,
			   size_t len);
int ksrtp_direction_sdes(struct ksrtp_session *session,
			 enum ksrtp_direction_id direction, const char *line,
			 unsigned int flags);
int ksrtp_session_dtls(struct ksrtp_session *session, int is_client,
		       unsigned int profile, const void *material, size_t len);
int ksrtp_session_zrtp(struct ksrtp_session *session, int is_initiator,
		       const char *cipher, const char *auth_tag,
		       const void *material, size_t len);

/* MIKEY messages */
enum ksrtp_mikey_option {
	KSRTP_MIKEY_CLOCK = 1,	/* allowed clock skew in seconds; 0: no clock */
	KSRTP_MIKEY_RAW_TGK,	/* 1: use a TGK as TEK */
	KSRTP_MIKEY_GROUP,	/* of Diffie-Hellman: Oakley 5 (default), 2, 1 */
};

#define KSRTP_MIKEY_SALT	1	/* separate salt */
#define KSRTP_MIKEY_VERIFY	2	/* request a verification */
#define KSRTP_MIKEY_TAG_AS_KEY	4	/* tag length as GStreamer reads it */
#define KSRTP_MIKEY_DH		8	/* Diffie-Hellman: DH-SIGN or DHHMAC */
#define KSRTP_MIKEY_RSA_R	16	/* the peer chooses the keys */

#define KSRTP_MIKEY_TEXT_MAX	21848	/* characters of the longest message */

/* A crypto session: one SSRC, 0 if it is unknown. */
struct ksrtp_mikey_cs {
	uint32_t ssrc, roc;
};

struct ksrtp_mikey *ksrtp_mikey_new(void);
void ksrtp_mikey_free(struct ksrtp_mikey *mikey);
const char *ksrtp_mikey_error(const struct ksrtp_mikey *mikey);
int ksrtp_mikey_psk(struct ksrtp_mikey *mikey, const void *key, size_t len);
int ksrtp_mikey_own(struct ksrtp_mikey *mikey, const char *key,
		    const char *cert);
int ksrtp_mikey_trust(struct ksrtp_mikey *mikey, const char *certs);
int ksrtp_mikey_peer(struct ksrtp_mikey *mikey, const char *cert);
int ksrtp_mikey_ids(struct ksrtp_mikey *mikey, const char *own,
		    const char *peer);
int ksrtp_mikey_set(struct ksrtp_mikey *mikey, enum ksrtp_mikey_option option,
		    uint32_t value);
int ksrtp_mikey_offer(struct ksrtp_mikey *mikey,
		      const struct ksrtp_session *session,
		      enum ksrtp_direction_id direction,
		      const struct ksrtp_mikey_cs *cs, size_t n,
		      unsigned int flags, char *text, size_t size);
int ksrtp_mikey_answer(struct ksrtp_mikey *mikey, const char *offer, char *text,
		       size_t size);
int ksrtp_mikey_refuse(struct ksrtp_mikey *mikey, const char *offer, char *text,
		       size_t size);
int ksrtp_mikey_verify(struct ksrtp_mikey *mikey, const char *offer,
		       const char *answer);
int ksrtp_mikey_header(struct ksrtp_mikey *mikey, const char *text,
		       const char *uri, char *header, size_t size);
int ksrtp_direction_mikey(struct ksrtp_session *session,
			  enum ksrtp_direction_id direction,
			  struct ksrtp_mikey *mikey, const char *text,
			  unsigned int cs);
int ksrtp_direction_exchange(struct ksrtp_session *session,
			     enum ksrtp_direction_id direction,
			     struct ksrtp_mikey *mikey, const char *offer,
			     const char *answer, unsigned int cs);

/* Sessions of the kernel */
int ksrtp_session_add(struct ksrtp *handle,
		      const struct ksrtp_session *session, uint32_t *id);
int ksrtp_session_change(struct ksrtp *handle,
			 const struct ksrtp_session *session);
int ksrtp_session_del(struct ksrtp *handle, uint32_t id);
int ksrtp_session_counters(struct ksrtp *handle, uint32_t id,
			   enum ksrtp_direction_id direction,
			   uint64_t *counters, size_t n);

/* Keys that leave the kernel sealed, for other hosts with the same seal key */
#define KSRTP_SEAL_NOW		1	/* keys are sealed with this one */

int ksrtp_seal_add(struct ksrtp *handle, uint32_t id, const void *key,
		   size_t len, unsigned int flags);
int ksrtp_seal_del(struct ksrtp *handle, uint32_t id);
int ksrtp_session_sealed(struct ksrtp *handle, uint32_t id,
			 enum ksrtp_direction_id direction, void *sealed,
			 size_t *len);

/* Sessions of a call, by the SDP of both sides */
#define KSRTP_CALL_OWNED	1	/* new sessions are tied to the handle */

int ksrtp_call_add(struct ksrtp *handle, const char *local, const char *remote,
		   unsigned int flags);
int ksrtp_call_change(struct ksrtp *handle, const char *local,
		      const char *remote, const char *old_local,
		      const char *old_remote, unsigned int flags);
int ksrtp_call_del(struct ksrtp *handle, const char *local, const char *remote);
int ksrtp_call_sessions(struct ksrtp *handle, const char *local,
			const char *remote, uint32_t *ids, size_t *n);
int ksrtp_call_local_address(struct ksrtp *handle, const char *text);
int ksrtp_call_remote_address(struct ksrtp *handle, const char *text);
int ksrtp_call_mikey(struct ksrtp *handle, struct ksrtp_mikey *mikey);
int ksrtp_call_settings(struct ksrtp *handle,
			const struct ksrtp_session *settings);

/* Any other request, and the kernel's answers; members are private. */
struct ksrtp_reply {
	const void *attrs, *set;
	size_t len;
};

typedef void (*ksrtp_reply_fn)(const struct ksrtp_reply *reply, void *data);

struct ksrtp_request *ksrtp_request_new(enum ksrtp_cmd cmd);
void ksrtp_request_free(struct ksrtp_request *request);
int ksrtp_request_set(struct ksrtp_request *request, unsigned int attr,
		      uint64_t number);
int ksrtp_request_set_bytes(struct ksrtp_request *request, unsigned int attr,
			    const void *bytes, size_t len);
int ksrtp_do(struct ksrtp *handle, const struct ksrtp_request *request,
	     ksrtp_reply_fn fn, void *data);
int ksrtp_dump(struct ksrtp *handle, const struct ksrtp_request *request,
	       ksrtp_reply_fn fn, void *data);
int ksrtp_reply_number(const struct ksrtp_reply *reply, unsigned int attr,
		       uint64_t *number);
int ksrtp_reply_bytes(const struct ksrtp_reply *reply, unsigned int attr,
		      const void **bytes, size_t *len);
int ksrtp_reply_nested(const struct ksrtp_reply *reply, unsigned int attr,
		       struct ksrtp_reply *inner);

/* Events */

/* An event; members that do not apply are 0. New members are added at the end. */
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
	uint32_t ifindex;	/* of an attached device */
	uint32_t lease;		/* id of a lease group */
};

int ksrtp_listen(struct ksrtp *handle);
int ksrtp_fd(const struct ksrtp *handle);
int ksrtp_event_read(struct ksrtp *handle, struct ksrtp_event *event,
		     size_t size);

#ifdef __cplusplus
}
#endif

#endif
