/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_SDP_COMMAND_H
#define KSRTP_SDP_COMMAND_H

#include "args.h"

void sdp_command(struct args *args);

#endif
