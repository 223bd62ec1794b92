// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include <seccomp.h>

#include "lib/complaint.h"
#include "sandbox.h"

/* System calls of the loop, the libraries and the state files. */
static const char *const calls[] = {
	"accept4", "bind", "brk", "clock_gettime", "clock_nanosleep", "close",
	"connect", "dup", "epoll_create1", "epoll_ctl", "epoll_pwait",
	"epoll_wait", "exit", "exit_group", "fcntl", "fstat", "futex",
	"getdents64", "getpid", "getrandom", "getsockname", "getsockopt",
	"gettid", "gettimeofday", "ioctl", "lseek", "madvise", "mmap", "mprotect",
	"mremap", "munmap", "newfstatat", "open", "openat", "poll", "pread64",
	"read", "recvfrom", "recvmmsg", "recvmsg", "restart_syscall", "rseq",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_yield",
	"sendmsg", "sendto", "set_robust_list", "setsockopt", "shutdown",
	"socket", "time", "umask", "unlink", "unlinkat", "write", "writev",
};

/* Allow these system calls only. Others kill the process. */
int sandbox_enter(struct complaint *c)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int number, ret = 0;
	size_t i;

	if (!filter)
		return complain(c, EPERM, "seccomp: not allowed, or no memory");
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
