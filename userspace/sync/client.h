/* SPDX-License-Identifier: GPL-2.0 */
/* A client of the control socket. */
#ifndef KSRTP_SYNC_CLIENT_H
#define KSRTP_SYNC_CLIENT_H

#include <jansson.h>

struct args;
struct complaint;

const char *client_socket(struct args *args);
json_t *client_ask(const char *path, const json_t *request,
		   struct complaint *complaint);

#endif
