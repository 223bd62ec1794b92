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

#include <seccomp.h>

#include "lib/complaint.h"
#include "sandbox.h"

static int failed(struct complaint *c, const char *what)
{
	return complain(c, errno, "%s: %s", what, strerror(errno));
}

/* Keys are in memory during a handshake: forbid core files and ptrace. */
int sandbox_no_cores(struct complaint *c)
{
	struct rlimit none = { 0, 0 };

	if (prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none))
		return failed(c, "cores");
	return 0;
}

/* Sessions and nftables need CAP_NET_ADMIN; drop everything else. */
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
int sandbox_become(const char *user, struct complaint *c)
{
	const struct passwd *entry;

	if (user) {
		errno = ENOENT;
		entry = getpwnam(user);
		if (!entry)
			return failed(c, user);
		if (prctl(PR_SET_KEEPCAPS, 1) ||
		    initgroups(user, entry->pw_gid) ||
		    setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) ||
		    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid))
			return failed(c, user);
	}
	return keep_net_admin(c);
}

/* System calls of the loop, the libraries and the state files. */
static const char *const calls[] = {
	"accept4", "bind", "brk", "clock_gettime", "clock_nanosleep", "close",
	"connect", "dup", "epoll_create1", "epoll_ctl", "epoll_pwait",
	"epoll_wait", "exit", "exit_group", "fcntl", "fstat", "futex",
	"getdents64", "getpid", "getrandom", "getsockname", "getsockopt",
	"gettid", "gettimeofday", "lseek", "madvise", "mmap", "mprotect",
	"mremap", "munmap", "newfstatat", "open", "openat", "poll", "pread64",
	"read", "recvfrom", "recvmsg", "rename", "renameat", "renameat2",
	"restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask",
	"rt_sigreturn", "sched_yield", "sendmsg", "sendto", "set_robust_list",
	"setsockopt", "shutdown", "socket", "time", "umask", "unlink",
	"unlinkat", "write", "writev",
};

/* Allow these system calls only. Others kill the process. */
int sandbox_enter(struct complaint *c)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int number, ret = filter ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !ret && i < sizeof(calls) / sizeof(*calls); i++) {
		number = seccomp_syscall_resolve_name(calls[i]);
		/* not on this architecture */
		if (number == __NR_SCMP_ERROR)
			continue;
		ret = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		if (ret == -EDOM)
			ret = 0;
	}
	if (!ret)
		ret = seccomp_load(filter);
	seccomp_release(filter);
	return ret ? complain(c, -ret, "seccomp: %s", strerror(-ret)) : 0;
}
