// SPDX-License-Identifier: GPL-2.0
/* Unit tests of ksrtp, as a module: all suites, and when to run them. */

#include <linux/module.h>

#include "crypto/keys.h"
#include "flow.h"
#include "tests.h"

kunit_test_suites(&ksrtp_wire_tests, &ksrtp_replay_tests,
		  &ksrtp_bucket_tests, &ksrtp_flow_tests,
		  &ksrtp_policy_tests, &ksrtp_kdf_tests,
		  &ksrtp_transform_tests, &ksrtp_ekt_tests,
		  &ksrtp_block_tests);

static int __init ksrtp_kunit_init(void)
{
	int err;

	ksrtp_flow_init();
	err = ksrtp_keys_init();
	if (err)
		return err;
	err = later_driver_register();
	if (err)
		goto out_keys;
	err = kunit_shim_run_suites();
	if (!err)
		return 0;

	/* the last keys must be gone before their driver goes */
	ksrtp_keys_exit();
	later_driver_unregister();
	return err;
out_keys:
	ksrtp_keys_exit();
	return err;
}

static void __exit ksrtp_kunit_exit(void)
{
	ksrtp_keys_exit();
	later_driver_unregister();
}

module_init(ksrtp_kunit_init);
module_exit(ksrtp_kunit_exit);
MODULE_DESCRIPTION("Unit tests of ksrtp");
MODULE_LICENSE("GPL");
