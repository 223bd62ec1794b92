// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/complaint.h"
#include "privilege.h"

static int failed(struct complaint *c, const char *what)
{
	return complain(c, errno, "%s: %s", what, strerror(errno));
}

/* Keys are in memory during a handshake: forbid core files and ptrace. */
int privilege_no_cores(struct complaint *c)
{
	struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none))
		return failed(c, "cores");
	return 0;
}

/* Sessions need CAP_NET_ADMIN; drop everything else. */
static int keep_net_admin(struct complaint *c)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{
			.effective = 1 << CAP_NET_ADMIN,
			.permitted = 1 << CAP_NET_ADMIN,
		},
	};

	if (syscall(SYS_capset, &header, data))
		return failed(c, "capabilities");
	return 0;
}

/* Become @user, if given, and keep CAP_NET_ADMIN only. */
int privilege_become(const char *user, struct complaint *c)
{
	const struct passwd *entry;

	if (user) {
		entry = getpwnam(user);
		/* errno may be 0 */
		if (!entry)
			return complain(c, ENOENT, "user: '%s' is unknown",
					user);
		if (prctl(PR_SET_KEEPCAPS, 1) ||
		    initgroups(user, entry->pw_gid) ||
		    setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) ||
		    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid))
			return failed(c, user);
	}
	return keep_net_admin(c);
}
