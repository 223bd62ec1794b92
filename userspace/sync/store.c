// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

/* EVAL, the script, the number of keys, and these keys */
#define FIXED 8

struct link store_commands, store_changes;

/* Names of a group are in one slot of a cluster. */
const char *store_name(const struct group *group, const char *what, char *name)
{
	snprintf(name, STORE_NAME, "%s:{%u}:%s", group->settings->prefix,
		 group->id, what);
	return name;
}

struct waiting {
	link_done *done;
	void *data;
	uint32_t replicas;
	redisReply *reply;
};

/* As many replicas as are wanted have what the script has written; or too few. */
static void replicated(struct link *link, const redisReply *reply, void *data)
{
	struct waiting *waiting = data;
	bool enough = reply && reply->type == REDIS_REPLY_INTEGER &&
		      reply->integer >= waiting->replicas;

	waiting->done(link, enough ? waiting->reply : NULL, waiting->data);
	if (waiting->reply) {
		free(waiting->reply->str);
		free(waiting->reply);
	}
	free(waiting);
}

/* Scripts answer with text, which is kept until replicas have followed. */
static void written(struct link *link, const redisReply *reply, void *data)
{
	struct waiting *waiting = data;

	(void)link;
	if (!reply || reply->type != REDIS_REPLY_STRING)
		return;
	waiting->reply = calloc(1, sizeof(*waiting->reply));
	if (!waiting->reply)
		return;
	waiting->reply->type = REDIS_REPLY_STRING;
	waiting->reply->len = reply->len;
	waiting->reply->str = strdup(reply->str);
}

/**
 * store_script() - have the store carry out a script
 * @group: whose keys it works on: lease, want, records, changes, count
 * @done: gets the answer, when as many replicas as configured have followed;
 *        NULL if that is not known
 * @data: passed to @done
 * @script: the script
 * @argc: number of arguments
 * @argv: arguments
 * @lengths: their lengths
 */
void store_script(const struct group *group, link_done *done, void *data,
		  const char *script, unsigned int argc,
		  const char *const *argv, const size_t *lengths)
{
	static const char *const keys[] = {
		"lease", "want", "records", "changes", "count",
	};
	unsigned int i, n = 0, all = argc + FIXED;
	const char **words = calloc(all, sizeof(*words));
	size_t *sizes = calloc(all, sizeof(*sizes));
	char names[sizeof(keys) / sizeof(*keys)][STORE_NAME], number[16];
	struct waiting *waiting = NULL;

	if (group->settings->replicas)
		waiting = calloc(1, sizeof(*waiting));
	if (!words || !sizes || (group->settings->replicas && !waiting)) {
		free(words);
		free(sizes);
		free(waiting);
		done(&store_commands, NULL, data);
		return;
	}
	words[n++] = "EVAL";
	words[n++] = script;
	words[n++] = "5";
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		words[n++] = store_name(group, keys[i], names[i]);
	for (i = 0; i < n; i++)
		sizes[i] = strlen(words[i]);
	memcpy(words + n, argv, argc * sizeof(*words));
	memcpy(sizes + n, lengths, argc * sizeof(*sizes));
	if (waiting) {
		*waiting = (struct waiting){
			.done = done, .data = data,
			.replicas = group->settings->replicas,
		};
		link_command(&store_commands, written, waiting, n + argc,
			     words, sizes);
		snprintf(number, sizeof(number), "%u", waiting->replicas);
		link_words(&store_commands, replicated, waiting, "WAIT",
			   number, "100", NULL);
	} else {
		link_command(&store_commands, done, data, n + argc, words,
			     sizes);
	}
	free(words);
	free(sizes);
}
