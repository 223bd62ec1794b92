// SPDX-License-Identifier: GPL-2.0
/* Parts of a check that the kernel may refuse, without ending the other checks. */
#include <setjmp.h>
#include <stddef.h>

#include "doctor.h"
#include "util/fail.h"
#include "util/genl.h"

static jmp_buf back;
static const char *attempted;
static bool not_permitted;

static void refused(const char *text)
{
	if (genl_not_permitted())
		not_permitted = true;
	else
		finding(FINDING_PROBLEM, attempted,
			"this was not checked: %s\nthe kernel refused a request\ntry again; if it persists, see dmesg",
			text);
	longjmp(back, 1);
}

bool attempt(const char *check, void (*run)(void))
{
	attempted = check;
	if (setjmp(back)) {
		fail_instead = NULL;
		return false;
	}
	fail_instead = refused;
	run();
	fail_instead = NULL;
	return true;
}

void attempt_not_permitted(void)
{
	not_permitted = true;
}

void attempts_end(void)
{
	if (not_permitted)
		finding(FINDING_NOTE, "privilege",
			"sessions, rules and counters, or a part of them, were not checked\nthe kernel shows them only with CAP_NET_ADMIN\nrun it as root");
	not_permitted = false;
}
