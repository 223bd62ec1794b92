// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "terminal.h"

#define WIDTH_DEFAULT 80
#define LINES_DEFAULT 24

bool terminal_is(void)
{
	return isatty(STDOUT_FILENO);
}

static bool has_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return terminal_is() && !(no && *no) &&
	       !(term && !strcmp(term, "dumb"));
}

/* Number of columns; 0 without a terminal. */
unsigned int terminal_columns(void)
{
	struct winsize size;

	if (!terminal_is())
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_DEFAULT;
	return size.ws_col;
}

/* Number of lines; 0 without a terminal. */
unsigned int terminal_lines(void)
{
	struct winsize size;

	if (!terminal_is())
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return LINES_DEFAULT;
	return size.ws_row;
}

/* Move to the top of the terminal, if it can do that. */
void terminal_clear(void)
{
	const char *term = getenv("TERM");

	if (terminal_is() && term && strcmp(term, "dumb"))
		fputs("\033[H\033[2J", stdout);
}

void terminal_paint(enum colour colour, const char *text)
{
	if (has_colours())
		printf("\033[%dm%s\033[0m", colour, text);
	else
		fputs(text, stdout);
}

/*
 * Print words and end the line. On a terminal, wrap long lines and indent the
 * next ones like the first.
 */
void terminal_wrap(const char *text, unsigned int indent)
{
	unsigned int column = indent;
	size_t len;

	if (!terminal_is()) {
		puts(text);
		return;
	}
	while (*text) {
		len = strcspn(text, " ");
		if (column > indent && column + 1 + len > terminal_columns()) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", (int)len, text);
		column += len;
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}
