// SPDX-License-Identifier: GPL-2.0
/* Runs test cases and says in KTAP how they went, in a kernel without KUnit. */

#include <linux/printk.h>

#include "kunit_shim.h"

#if !IS_ENABLED(CONFIG_KUNIT)

/* Failures of one case that are told; a loop may have thousands. */
#define KUNIT_SHIM_FAILURES_TOLD	8

struct kunit_shim_memory {
	struct list_head entry;
	u8 data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

/* Memory that is freed when the case is over. */
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	struct kunit_shim_memory *memory;

	memory = kmalloc(sizeof(*memory) + size, gfp);
	if (!memory)
		return NULL;
	list_add(&memory->entry, &test->memory);
	return memory->data;
}

void kunit_shim_fail(struct kunit *test, const char *file, int line,
		     const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	if (test->failures++ >= KUNIT_SHIM_FAILURES_TOLD)
		return;
	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_info("    # %s: %s:%d: %pV\n", test->name, kbasename(file), line,
		&vaf);
	va_end(args);
}

static int kunit_shim_thread(void *data)
{
	struct kunit *test = data;

	test->run_case(test);
	kthread_complete_and_exit(&test->done, 0);
	return 0;
}

/* Run one case, in a thread of its own that an assertion may end. */
static bool kunit_shim_run_case(const struct kunit_suite *suite,
				const struct kunit_case *c, unsigned int number)
{
	struct kunit test = { .name = c->name, .run_case = c->run_case };
	struct kunit_shim_memory *memory, *next;
	struct task_struct *thread;

	INIT_LIST_HEAD(&test.memory);
	init_completion(&test.done);
	if (suite->init && suite->init(&test)) {
		kunit_shim_fail(&test, __FILE__, __LINE__, "init failed");
	} else {
		thread = kthread_run(kunit_shim_thread, &test, "kunit");
		if (IS_ERR(thread))
			kunit_shim_fail(&test, __FILE__, __LINE__, "no thread");
		else
			wait_for_completion(&test.done);
		if (suite->exit)
			suite->exit(&test);
	}
	list_for_each_entry_safe(memory, next, &test.memory, entry)
		kfree(memory);
	if (test.failures > KUNIT_SHIM_FAILURES_TOLD)
		pr_info("    # %s: %u failures\n", c->name, test.failures);
	pr_info("    %sok %u %s%s%s\n", test.failures ? "not " : "", number,
		c->name, *test.skipped ? " # SKIP " : "", test.skipped);
	return !test.failures;
}

static bool kunit_shim_run_suite(const struct kunit_suite *suite)
{
	const struct kunit_case *c;
	unsigned int count = 0;
	bool suite_ok = true;

	for (c = suite->test_cases; c->run_case; c++)
		count++;
	pr_info("    KTAP version 1\n");
	pr_info("    # Subtest: %s\n", suite->name);
	pr_info("    1..%u\n", count);
	for (c = suite->test_cases; c->run_case; c++)
		suite_ok &= kunit_shim_run_case(suite, c,
						c - suite->test_cases + 1);
	return suite_ok;
}

/* Run all suites; returns 0, or -EINVAL if any case failed. */
int kunit_shim_run(struct kunit_suite *const *suites, unsigned int count)
{
	bool all_ok = true;
	unsigned int i;

	pr_info("KTAP version 1\n");
	pr_info("1..%u\n", count);
	for (i = 0; i < count; i++) {
		bool ok = kunit_shim_run_suite(suites[i]);

		pr_info("%sok %u %s\n", ok ? "" : "not ", i + 1,
			suites[i]->name);
		all_ok &= ok;
	}
	return all_ok ? 0 : -EINVAL;
}

#endif /* !CONFIG_KUNIT */
