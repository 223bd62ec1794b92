// SPDX-License-Identifier: GPL-2.0
/* Independent lines of a batch: -f. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "util/fail.h"
#include "util/genl.h"

bool force;

static unsigned int failed;

/* The object of a line exists already, which is as good as created. */
static void forgive(void)
{
	if (genl_found_it_there())
		_exit(0);
}

/* Run a line in a child process, since a command that fails ends its process. */
void force_line(void (*run)(char *line), char *line)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		fail(KSRTP_REFUSED, "fork: %s", strerror(errno));
	if (!pid) {
		fail_undo = forgive;
		run(line);
		fail_undo = NULL;
		if (fflush(stdout) || ferror(stdout))
			fail(KSRTP_REFUSED, "writing: %s", strerror(errno));
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		failed++;
}

/* All lines were tried: report the result. */
void force_end(void)
{
	if (failed)
		fail(KSRTP_REFUSED, "%u of the commands failed; the others have been carried out",
		     failed);
}
