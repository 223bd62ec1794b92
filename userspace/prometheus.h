/* SPDX-License-Identifier: GPL-2.0 */
/* Counters in Prometheus' text format. */
#ifndef KSRTP_PROMETHEUS_H
#define KSRTP_PROMETHEUS_H

#include <jansson.h>

void prometheus_print(const json_t *stat);

#endif
