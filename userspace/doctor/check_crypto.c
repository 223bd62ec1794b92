// SPDX-License-Identifier: GPL-2.0
/* Do suites use fast crypto drivers? */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "util/output.h"
#include "util/suites.h"

/*
 * Generic drivers are written in C. The ctr() template processes one block at a
 * time, while drivers of counter mode process many at once.
 */
static bool is_slow(const char *driver)
{
	static const char *const marks[] = {
		"ctr(", "aes-generic", "sha1-generic", "ghash-generic",
	};
	size_t i;

	for (i = 0; driver && i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(driver, marks[i]))
			return true;
	return false;
}

/* Does the processor have AES instructions, according to cpuinfo? */
static bool has_aes(void)
{
	FILE *in = fopen("/proc/cpuinfo", "re");
	char line[8192];
	bool has = false;

	while (in && !has && fgets(line, sizeof(line), in)) {
		if (strncmp(line, "flags", 5) && strncmp(line, "Features", 8))
			continue;
		line[strcspn(line, "\n")] = ' ';
		has = strstr(line, " aes ");
	}
	if (in)
		fclose(in);
	return has;
}

static void slow(const char *driver, const char *first, long long suites)
{
	const char *cipher = strstr(driver, "aria") ? "ARIA" :
			     strstr(driver, "seed") ? "SEED" : NULL;

	if (cipher)
		finding(FINDING_NOTE, "crypto",
			"%s is slow, and in use by %lld suites, such as %s\nthis kernel has no faster %s\nagree on a suite with AES, where the peer can do it",
			driver, suites, first, cipher);
	else if (has_aes())
		finding(FINDING_PROBLEM, "crypto",
			"%s is slow, and in use by %lld suites, such as %s\nthe processor has instructions for it, but their driver is not loaded\nmodprobe aesni_intel ghash_clmulni_intel sha1_ssse3 (arm64: aes_ce_blk ghash_ce sha1_ce); sessions take it with their next key",
			driver, suites, first);
	else
		finding(FINDING_PROBLEM, "crypto",
			"%s is slow, and in use by %lld suites, such as %s\nthe processor, as a virtual machine may show it, has no instructions for AES\nlet the machine show them (QEMU: -cpu host), or use another one for many calls",
			driver, suites, first);
}

/* Count the suites with a slow driver; the entry has the name of the first. */
static void note_driver(json_t *drivers, json_t *suite, const char *member)
{
	const char *driver = output_string(suite, member);
	json_t *entry;

	if (!is_slow(driver))
		return;
	entry = json_object_get(drivers, driver);
	if (!entry) {
		entry = json_object();
		json_object_set(entry, "suite", json_object_get(suite, "name"));
		json_object_set_new(drivers, driver, entry);
	}
	json_object_set_new(entry, "suites",
			    json_integer(output_number(entry, "suites") + 1));
}

static void check_drivers(void)
{
	json_t *list = suite_drivers(), *drivers = json_object();
	unsigned int missing = 0;
	const char *first = NULL, *name;
	json_t *suite, *entry;
	size_t i;

	json_array_foreach(list, i, suite) {
		if (!output_string(suite, "cipher-driver")) {
			if (!missing++)
				first = output_string(suite, "name");
			continue;
		}
		note_driver(drivers, suite, "cipher-driver");
		note_driver(drivers, suite, "auth-driver");
	}
	json_object_foreach(drivers, name, entry)
		slow(name, output_string(entry, "suite"),
		     output_number(entry, "suites"));
	if (!json_object_size(drivers))
		finding(FINDING_OK, "crypto", "all drivers are fast ones");
	if (missing)
		finding(FINDING_NOTE, "crypto",
			"%u suites are not available, such as %s\nthis kernel has no cipher for them\nnone is needed, unless a peer insists on them",
			missing, first);
	json_decref(drivers);
	json_decref(list);
}

void check_crypto(void)
{
	attempt("crypto", check_drivers);
}
