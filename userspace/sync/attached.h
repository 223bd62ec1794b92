/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that are attached on this host ("ksrtp attach"), which are its own. */
#ifndef KSRTP_SYNC_ATTACHED_H
#define KSRTP_SYNC_ATTACHED_H

#include "group.h"

bool attached_read(struct tally *tally);

#endif
