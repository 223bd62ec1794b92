/* SPDX-License-Identifier: GPL-2.0 */
/* SRTP sessions in the kernel, by libksrtp. */
#ifndef KSRTPD_MEDIA_H
#define KSRTPD_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "endpoint.h"
#include "relay.h"
#include "settings.h"

struct complaint;
struct dtls;

int media_begin(const struct settings *settings, struct complaint *complaint);
void media_end(void);
int media_require(const struct port_range *range, struct complaint *complaint);
int media_add(const union endpoint *local, const union endpoint *remote,
	      struct dtls *dtls, const struct relays *relays, uint32_t *id,
	      struct complaint *complaint);
int media_relay(uint32_t id, const struct relays *relays,
		struct complaint *complaint);
int media_move(uint32_t id, const union endpoint *local,
	       const union endpoint *remote, struct complaint *complaint);
int media_call(const char *local, const char *remote, const char *old_local,
	       const char *old_remote, uint32_t *ids, struct complaint *complaint);
void media_del(uint32_t id);
int media_sweep(const struct settings *settings, const uint32_t *owners,
		struct complaint *complaint);
bool media_exists(uint32_t id, const union endpoint *local);

#endif
