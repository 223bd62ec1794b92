/* SPDX-License-Identifier: GPL-2.0 */
/* What the doctor looks at; each check adds its findings. */
#ifndef KSRTP_CHECKS_H
#define KSRTP_CHECKS_H

#include <stdbool.h>

/* Without a module in the kernel, others have nothing to ask. */
bool check_module(void);
void check_kernel(void);
void check_crypto(void);
void check_sessions(void);
void check_ports(void);
void check_links(void);
void check_rules(void);
void check_routes(void);
void check_buffers(void);
void check_boot(void);

#endif
