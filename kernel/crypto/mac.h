/* SPDX-License-Identifier: GPL-2.0 */
/* Message authentication code, and what else follows an encrypted payload. */
#ifndef _KSRTP_MAC_H
#define _KSRTP_MAC_H

#include "transform.h"

int ksrtp_mac_setup(struct ksrtp_session_keys *keys,
		    const struct ksrtp_suite *suite,
		    const struct ksrtp_derived *derived);
void ksrtp_mac_teardown(struct ksrtp_session_keys *keys);
const char *ksrtp_mac_driver(const struct ksrtp_session_keys *keys);
int ksrtp_mac_seal(struct ksrtp_work *work);
int ksrtp_mac_open(struct ksrtp_work *work);

#endif /* _KSRTP_MAC_H */
