/* SPDX-License-Identifier: GPL-2.0 */
/* What restore has made, which goes again if the rest is refused. */
#ifndef KSRTP_RESTORED_H
#define KSRTP_RESTORED_H

#include <jansson.h>

void restored_begin(void);
void restored_session(const json_t *session);
void restored_rule(const json_t *rule);
void restored_device(json_int_t ifindex);
void restored_undo(void);
void restored_end(void);

#endif
