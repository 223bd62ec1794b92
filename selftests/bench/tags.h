/* SPDX-License-Identifier: GPL-2.0 */
/* Does the time to refuse a packet tell where its tag is wrong? */
#ifndef _KSRTP_BENCH_TAGS_H
#define _KSRTP_BENCH_TAGS_H

int bench_tags_init(void);
void bench_tags_exit(void);

#endif /* _KSRTP_BENCH_TAGS_H */
