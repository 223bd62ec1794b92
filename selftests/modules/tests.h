/* SPDX-License-Identifier: GPL-2.0 */
/* The suites of tests, and what they quota. */
#ifndef _KSRTP_TESTS_H
#define _KSRTP_TESTS_H

#include <linux/kernel.h>

#include "compat.h"

#include "kunit_shim.h"

extern struct kunit_suite ksrtp_wire_tests;
extern struct kunit_suite ksrtp_replay_tests;
extern struct kunit_suite ksrtp_bucket_tests;
extern struct kunit_suite ksrtp_flow_tests;
extern struct kunit_suite ksrtp_policy_tests;
extern struct kunit_suite ksrtp_kdf_tests;
extern struct kunit_suite ksrtp_transform_tests;
extern struct kunit_suite ksrtp_ekt_tests;
extern struct kunit_suite ksrtp_block_tests;

/* Names of a CTR(AES) and a GCM(AES) that complete later. */
#define LATER_CTR	"ksrtp-test-later-ctr"
#define LATER_GCM	"ksrtp-test-later-gcm"

int later_driver_prefer(void);
int later_driver_register(void);
void later_driver_unregister(void);

/* Bytes from hexadecimal digits; returns how many. */
static inline unsigned int ksrtp_unhex(struct kunit *test, const char *hex,
				       u8 *bytes, unsigned int room)
{
	unsigned int len = strlen(hex) / 2;

	KUNIT_ASSERT_TRUE(test, len <= room);
	KUNIT_ASSERT_EQ(test, hex2bin(bytes, hex, len), 0);
	return len;
}

#endif /* _KSRTP_TESTS_H */
