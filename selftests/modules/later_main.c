// SPDX-License-Identifier: GPL-2.0
/*
 * While loaded, AES-CTR and AES-GCM complete later, for all that begin to use
 * them: what a host with crypto hardware does to ksrtp.
 */

#include <linux/module.h>

#include "later_driver.c"

module_param_named(hold, later_hold, bool, 0644);
MODULE_PARM_DESC(hold, "let nothing complete for now");
module_param_named(held, later_held.counter, int, 0444);
MODULE_PARM_DESC(held, "what is about to complete");

static int __init later_init(void)
{
	int err;

	err = later_driver_prefer();
	if (err)
		return err;
	return later_driver_register();
}

static void __exit later_exit(void)
{
	later_driver_unregister();
}

module_init(later_init);
module_exit(later_exit);

MODULE_DESCRIPTION("Crypto drivers that complete later, preferred");
MODULE_AUTHOR("The ksrtp authors");
MODULE_LICENSE("GPL");
