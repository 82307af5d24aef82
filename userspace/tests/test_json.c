// SPDX-License-Identifier: GPL-2.0
/* JSON as it is written: another's parser has to take it. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <kselftest_harness.h>

#include "lib/buf.h"
#include "words/json.h"

/* An object of one string, as it was written and as jansson would */
struct both {
	char *ours, *theirs;
};

static struct both write_both(const char *text)
{
	struct rp_buf b = { 0 };
	json_t *o = json_object(), *string = json_string(text);
	struct both both = { NULL, NULL };

	rp_json_open(&b, NULL, '{');
	rp_json_string(&b, "key", text);
	rp_json_close(&b, '}');
	both.ours = rp_json_text(&b);
	if (string) {
		json_object_set_new(o, "key", string);
		both.theirs = json_dumps(o, JSON_COMPACT);
	}
	json_decref(o);
	return both;
}

static void free_both(struct both *both)
{
	free(both->ours);
	free(both->theirs);
}

TEST(strings_are_those_of_jansson)
{
	static const char * const texts[] = {
		"plain", "a \"quoted\" \\ one", "\b\f\n\r\t", "\001\037\033[31m", "\177",
		"b\xc3\xbcro", "\xe2\x82\xac \xf0\x9f\x98\x80", "/sys",
	};
	struct both both;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		both = write_both(texts[i]);
		EXPECT_STREQ(both.theirs, both.ours);
		free_both(&both);
	}
}

/* Cut off, too long for what it says, a surrogate, beyond the last, and not at all */
TEST(bytes_that_are_no_utf8)
{
	static const struct {
		const char *text, *wanted;
	} bad[] = {
		{ "a\xc3", "{\"key\":\"a?\"}" },
		{ "\xc0\x80", "{\"key\":\"??\"}" },
		{ "\xe0\x80\x80", "{\"key\":\"???\"}" },
		{ "\xed\xa0\x80", "{\"key\":\"???\"}" },
		{ "\xf4\x90\x80\x80", "{\"key\":\"????\"}" },
		{ "\xff\xfe", "{\"key\":\"??\"}" },
		{ "\xe2\x82-", "{\"key\":\"?\?-\"}" },
	};
	struct both both;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		both = write_both(bad[i].text);
		EXPECT_EQ(NULL, both.theirs);
		EXPECT_STREQ(bad[i].wanted, both.ours);
		free_both(&both);
	}
}

TEST(any_bytes_are_an_object)
{
	struct both both;
	char text[12];
	json_t *o;
	int i, n;

	srand(1);
	for (i = 0; i < 100000; i++) {
		for (n = 0; n < (int)sizeof(text) - 1; n++)
			text[n] = (1 + rand() % 255) | (rand() % 3 ? 0 : 0x80);
		text[n] = '\0';
		both = write_both(text);
		o = json_loads(both.ours, 0, NULL);
		ASSERT_NE(NULL, o);
		json_decref(o);
		if (both.theirs)
			ASSERT_STREQ(both.theirs, both.ours);
		free_both(&both);
	}
}

TEST(values_and_commas)
{
	struct rp_buf b = { 0 };
	char *keys, *text;

	rp_json_string(&b, "a", "x");
	rp_json_number(&b, "b", -7);
	keys = rp_json_text(&b);
	rp_json_open(&b, NULL, '{');
	rp_json_add(&b, "");
	rp_json_add(&b, keys);
	rp_json_string(&b, "none", NULL);
	rp_json_string(&b, "empty", "");
	rp_json_open(&b, "list", '[');
	rp_json_item(&b, "one", 3);
	rp_json_open(&b, NULL, '{');
	rp_json_bool(&b, "yes", true);
	rp_json_close(&b, '}');
	rp_json_item(&b, "twofold", 3);
	rp_json_close(&b, ']');
	rp_json_open(&b, "nothing", '{');
	rp_json_nonzero(&b, "zero", 0);
	rp_json_close(&b, '}');
	rp_json_bool(&b, "no", false);
	rp_json_number(&b, "least", INT64_MIN);
	rp_json_close(&b, '}');
	text = rp_json_text(&b);
	EXPECT_STREQ("{\"a\":\"x\",\"b\":-7,\"list\":[\"one\",{\"yes\":true},\"two\"],\"nothing\":{},\"no\":false,\"least\":-9223372036854775808}",
		     text);
	free(keys);
	free(text);
}

TEST_HARNESS_MAIN
