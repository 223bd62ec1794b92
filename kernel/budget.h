/* SPDX-License-Identifier: GPL-2.0 */
/* Budgets: bounds on work that packets ask for before they prove authentic. */
#ifndef _KSRTP_BUDGET_H
#define _KSRTP_BUDGET_H

#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/types.h>

/**
 * struct ksrtp_budget - how much may still be spent
 * @left: what is left; each unit counts for HZ, so that a jiffy earns whole ones
 * @most: what can be saved, in units
 * @rate: what is earned in a second, in units
 * @then: when it was counted, in jiffies
 *
 * The caller holds whatever lock guards it.
 */
struct ksrtp_budget {
	u32 left;
	u32 most;
	u32 rate;
	u32 then;
};

/**
 * ksrtp_budget_init() - begin with all that can be saved
 * @budget: what to set up
 * @most: what can be saved, in units
 * @rate: what is earned in a second, in units
 * @now: jiffies
 *
 * Context: any.
 */
static inline void ksrtp_budget_init(struct ksrtp_budget *budget, u32 most,
				     u32 rate, u32 now)
{
	budget->left = most * HZ;
	budget->most = most;
	budget->rate = rate;
	budget->then = now;
}

static inline void ksrtp_budget_earn(struct ksrtp_budget *budget, u64 amount)
{
	budget->left = min_t(u64, budget->left + amount,
			     (u64)budget->most * HZ);
}

/**
 * ksrtp_budget_take() - spend a unit
 * @budget: where from
 * @reserve: how many units have to be left
 * @now: jiffies
 *
 * Context: any.
 * Return: false if there is too little.
 */
static inline bool ksrtp_budget_take(struct ksrtp_budget *budget, u32 reserve,
				     u32 now)
{
	ksrtp_budget_earn(budget, (u64)(now - budget->then) * budget->rate);
	budget->then = now;
	if (budget->left < (u64)(reserve + 1) * HZ)
		return false;
	budget->left -= HZ;
	return true;
}

/**
 * ksrtp_budget_return() - give back a unit that was spent well
 * @budget: where to
 *
 * Context: any.
 */
static inline void ksrtp_budget_return(struct ksrtp_budget *budget)
{
	ksrtp_budget_earn(budget, HZ);
}

#endif /* _KSRTP_BUDGET_H */
