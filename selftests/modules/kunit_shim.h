/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit, or, where the kernel comes without it, as those of distributions do,
 * as much of KUnit's interface as our tests use.
 */
#ifndef _KSRTP_KUNIT_SHIM_H
#define _KSRTP_KUNIT_SHIM_H

#include <linux/err.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#if IS_ENABLED(CONFIG_KUNIT)

#include <kunit/test.h>

/* KUnit finds the suites in the module by itself. */
static inline int kunit_shim_run_suites(void)
{
	return 0;
}

#else /* !CONFIG_KUNIT */

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/list.h>

/**
 * struct kunit - a test case that runs
 * @priv: of the test's own use
 * @name: name of the case
 * @failures: how many expectations did not hold
 * @skipped: why it was skipped, or empty
 * @memory: what kunit_kmalloc() gave it
 * @done: the case's thread is done
 * @run_case: the case
 */
struct kunit {
	void *priv;
	const char *name;
	unsigned int failures;
	char skipped[64];
	struct list_head memory;
	struct completion done;
	void (*run_case)(struct kunit *test);
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(test)	{ .run_case = test, .name = #test }

int kunit_shim_run(struct kunit_suite *const *suites, unsigned int count);
void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp);
__printf(4, 5)
void kunit_shim_fail(struct kunit *test, const char *file, int line,
		     const char *fmt, ...);

static inline void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kmalloc(test, size, gfp | __GFP_ZERO);
}

#define kunit_info(test, fmt, ...)					\
	pr_info("    # %s: " fmt, (test)->name, ##__VA_ARGS__)

#define kunit_skip(test, fmt, ...) do {					\
	struct kunit *__test = (test);					\
									\
	snprintf(__test->skipped, sizeof(__test->skipped), fmt,		\
		 ##__VA_ARGS__);					\
	kthread_complete_and_exit(&__test->done, 0);			\
} while (0)

#define kunit_test_suites(suites...)					\
	static struct kunit_suite *const kunit_shim_suites[] = { suites }; \
	static int kunit_shim_run_suites(void)				\
	{								\
		return kunit_shim_run(kunit_shim_suites,		\
				      ARRAY_SIZE(kunit_shim_suites));	\
	}								\
	static_assert(true)

/* @ok holds, or tell so; with @fatal, the case and its thread end here. */
#define KUNIT_SHIM_CHECK(test, fatal, ok, fmt, ...) do {		\
	struct kunit *__test = (test);					\
									\
	if (!(ok)) {							\
		kunit_shim_fail(__test, __FILE__, __LINE__, fmt,	\
				##__VA_ARGS__);				\
		if (fatal)						\
			kthread_complete_and_exit(&__test->done, 0);	\
	}								\
} while (0)

#define KUNIT_SHIM_COMPARE(test, fatal, left, op, right, fmt, ...) do {	\
	typeof(left) __left = (left);					\
	typeof(right) __right = (right);				\
									\
	KUNIT_SHIM_CHECK(test, fatal, __left op __right,		\
			 "expected %s, but they are %lld and %lld" fmt,	\
			 #left " " #op " " #right,			\
			 (long long)__left, (long long)__right,		\
			 ##__VA_ARGS__);				\
} while (0)

#define KUNIT_SHIM_MEMEQ(test, fatal, left, right, size, fmt, ...) do {	\
	const void *__left = (left);					\
	const void *__right = (right);					\
	int __size = (size);						\
									\
	KUNIT_SHIM_CHECK(test, fatal, !memcmp(__left, __right, __size),	\
			 "expected %s to hold %*phN, but it holds %*phN" \
			 fmt, #left, min(__size, 64), __right,		\
			 min(__size, 64), __left, ##__VA_ARGS__);	\
} while (0)

#define KUNIT_EXPECT_TRUE(test, condition)				\
	KUNIT_SHIM_CHECK(test, false, condition, "expected %s", #condition)
#define KUNIT_EXPECT_TRUE_MSG(test, condition, fmt, ...)		\
	KUNIT_SHIM_CHECK(test, false, condition,			\
			 "expected %s: " fmt, #condition, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE(test, condition)				\
	KUNIT_EXPECT_TRUE(test, !(condition))
#define KUNIT_EXPECT_FALSE_MSG(test, condition, fmt, ...)		\
	KUNIT_EXPECT_TRUE_MSG(test, !(condition), fmt, ##__VA_ARGS__)
#define KUNIT_ASSERT_TRUE(test, condition)				\
	KUNIT_SHIM_CHECK(test, true, condition, "expected %s", #condition)

#define KUNIT_EXPECT_EQ(test, left, right)				\
	KUNIT_SHIM_COMPARE(test, false, left, ==, right, "")
#define KUNIT_EXPECT_EQ_MSG(test, left, right, fmt, ...)		\
	KUNIT_SHIM_COMPARE(test, false, left, ==, right, ": " fmt,	\
			   ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ(test, left, right)				\
	KUNIT_SHIM_COMPARE(test, true, left, ==, right, "")
#define KUNIT_ASSERT_EQ_MSG(test, left, right, fmt, ...)		\
	KUNIT_SHIM_COMPARE(test, true, left, ==, right, ": " fmt,	\
			   ##__VA_ARGS__)
#define KUNIT_EXPECT_NE(test, left, right)				\
	KUNIT_SHIM_COMPARE(test, false, left, !=, right, "")
#define KUNIT_EXPECT_NE_MSG(test, left, right, fmt, ...)		\
	KUNIT_SHIM_COMPARE(test, false, left, !=, right, ": " fmt,	\
			   ##__VA_ARGS__)
#define KUNIT_EXPECT_GT(test, left, right)				\
	KUNIT_SHIM_COMPARE(test, false, left, >, right, "")

#define KUNIT_EXPECT_PTR_EQ(test, left, right)				\
	KUNIT_EXPECT_TRUE(test, (left) == (right))
#define KUNIT_EXPECT_STREQ(test, left, right)				\
	KUNIT_EXPECT_TRUE(test, !strcmp(left, right))
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ptr)				\
	KUNIT_ASSERT_TRUE(test, !IS_ERR_OR_NULL(ptr))

#define KUNIT_EXPECT_MEMEQ(test, left, right, size)			\
	KUNIT_SHIM_MEMEQ(test, false, left, right, size, "")
#define KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, fmt, ...)	\
	KUNIT_SHIM_MEMEQ(test, false, left, right, size, ": " fmt,	\
			 ##__VA_ARGS__)

#endif /* !CONFIG_KUNIT */

/* Not in KUnit before 6.2. */
#ifndef KUNIT_EXPECT_MEMEQ
#define KUNIT_EXPECT_MEMEQ(test, left, right, size)			\
	KUNIT_EXPECT_EQ(test, memcmp(left, right, size), 0)
#define KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, fmt, ...)	\
	KUNIT_EXPECT_EQ_MSG(test, memcmp(left, right, size), 0, fmt,	\
			    ##__VA_ARGS__)
#endif

#endif /* _KSRTP_KUNIT_SHIM_H */
