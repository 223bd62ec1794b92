/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KSRTP_DOCTOR_H
#define KSRTP_DOCTOR_H

#include "args.h"

void doctor_command(struct args *args);

#endif
