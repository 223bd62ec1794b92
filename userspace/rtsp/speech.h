/* SPDX-License-Identifier: GPL-2.0 */
/* What is said to both sides of a dialogue, and to the log. */
#ifndef KSRTP_RTSP_SPEECH_H
#define KSRTP_RTSP_SPEECH_H

#include <stddef.h>

struct complaint;
struct dialogue;
struct message;

void speech_log(const struct dialogue *d, const char *format, ...);
void speech_complain(const struct dialogue *d, const char *what,
		     const struct complaint *complaint);
void speech_begin(struct dialogue *d);
void speech_to_client(struct dialogue *d);
void speech_to_server(struct dialogue *d);
void speech_respond(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const char *headers);
void speech_refuse(struct dialogue *d, const char *cseq, unsigned int status,
		   const char *reason);
void speech_give_up(struct dialogue *d, const char *cseq, unsigned int status,
		    const char *reason, const struct complaint *complaint);
void speech_put_body(struct dialogue *d, const char *body, size_t len);
void speech_put_headers(struct dialogue *d, const struct message *m,
			const char *transport);
void speech_pass_response(struct dialogue *d, const struct message *m,
			  const char *transport);
void speech_pass_request(struct dialogue *d, const struct message *m,
			 const char *url, const char *transport,
			 const char *keys);
void speech_fail_camera(struct dialogue *d, const struct complaint *complaint);
void speech_pass_answer(struct dialogue *d, const struct message *m);

#endif
