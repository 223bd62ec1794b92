// SPDX-License-Identifier: GPL-2.0
/*
 * scan PAGES FILE: look for byte strings in this machine's memory, so many pages.
 *
 * FILE has lines of a name and a string's complement in hex: were the strings
 * themselves there, or here, they would be found at every turn. Prints how often
 * each is found, with its name. Memory is mapped and not read, since KASAN would
 * complain of all that is free.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NEEDLES_MAX	512
#define NEEDLE_MAX	128
#define PAGE		4096

static struct needle {
	char name[96];
	unsigned char complement[NEEDLE_MAX];
	size_t len;
	unsigned long found;
} needles[NEEDLES_MAX];
static size_t needles_n;
/* What two bytes a string may begin with. */
static bool begins[1 << 16];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void read_needles(const char *path)
{
	char hex[2 * NEEDLE_MAX + 1];
	struct needle *needle;
	FILE *in = fopen(path, "re");
	unsigned int byte;

	if (!in)
		die(path);
	while (needles_n < NEEDLES_MAX) {
		needle = &needles[needles_n];
		if (fscanf(in, "%95s %256s", needle->name, hex) != 2)
			break;
		needle->len = strlen(hex) / 2;
		for (size_t i = 0; i < needle->len; i++) {
			sscanf(hex + 2 * i, "%2x", &byte);
			needle->complement[i] = byte;
		}
		begins[(unsigned char)~needle->complement[0] << 8 |
		       (unsigned char)~needle->complement[1]] = true;
		needles_n++;
	}
	fclose(in);
}

static bool is_at(const struct needle *needle, const unsigned char *at)
{
	for (size_t i = 0; i < needle->len; i++)
		if ((at[i] ^ needle->complement[i]) != 0xff)
			return false;
	return true;
}

static void look(const unsigned char *memory, size_t len)
{
	for (size_t i = 0; i + NEEDLE_MAX < len; i++) {
		if (!begins[memory[i] << 8 | memory[i + 1]])
			continue;
		for (size_t n = 0; n < needles_n; n++)
			needles[n].found += is_at(&needles[n], memory + i);
	}
}

int main(int argc, char **argv)
{
	unsigned long pages = 0;
	unsigned char *memory;
	size_t len, i;
	int fd;

	if (argc != 3)
		return 1;
	len = strtoul(argv[1], NULL, 10) * PAGE;
	read_needles(argv[2]);
	fd = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("/dev/mem");
	memory = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	look(memory, len);
	for (i = 0; i < len; i += PAGE)
		pages += memory[i] || memory[i + 1];
	printf("pages %lu\n", pages);
	for (i = 0; i < needles_n; i++)
		printf("%s %lu\n", needles[i].name, needles[i].found);
	return 0;
}
