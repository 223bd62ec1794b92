/* SPDX-License-Identifier: GPL-2.0 */
/* What would be done with the sessions of a call. */
#ifndef KSRTP_SDP_PRINT_H
#define KSRTP_SDP_PRINT_H

#include "plan.h"

void sdp_print(const struct plan *plan);

#endif
