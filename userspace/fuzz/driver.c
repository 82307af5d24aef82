// SPDX-License-Identifier: GPL-2.0
/*
 * A fuzzer where there is no libFuzzer: every seed, and RUNS times one of them that was
 * changed by chance, which is the same each time.
 *
 *	fuzz_NAME RUNS SEED...
 *
 * Seeds are files, of base64 where they are named so.  None may take longer than a second.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define DRIVER_MAX	16384
#define DRIVER_SEEDS	64
#define DRIVER_TOO_LONG	1.0	/* seconds of processor time, under sanitizers */

/* Not every fuzzer needs to begin with anything. */
int __attribute__((weak)) rp_fuzz_init(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static struct driver_seed {
	uint8_t data[DRIVER_MAX];
	size_t size;
} driver_seeds[DRIVER_SEEDS];

static uint64_t driver_state = 0x9e3779b97f4a7c15ULL;

static size_t driver_random(size_t below)
{
	driver_state ^= driver_state << 13;
	driver_state ^= driver_state >> 7;
	driver_state ^= driver_state << 17;
	return below ? driver_state % below : 0;
}

static size_t driver_decode(uint8_t *data, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, held = 0;
	const char *digit;
	size_t i, n = 0;

	for (i = 0; i < size; i++) {
		digit = data[i] ? strchr(digits, data[i]) : NULL;
		if (!digit)
			continue;
		held = held << 6 | (digit - digits);
		bits += 6;
		if (bits >= 8)
			data[n++] = held >> (bits -= 8);
	}
	return n;
}

static void driver_read(struct driver_seed *seed, const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		err(1, "%s", path);
	seed->size = fread(seed->data, 1, sizeof(seed->data), f);
	fclose(f);
	if (strstr(path, ".base64"))
		seed->size = driver_decode(seed->data, seed->size);
}

/* A piece of any of them over, or into, this one */
static size_t driver_splice(uint8_t *data, size_t size, size_t nseeds)
{
	const struct driver_seed *from = &driver_seeds[driver_random(nseeds)];
	size_t at = driver_random(size + 1), start = driver_random(from->size);
	size_t len = driver_random(from->size - start + 1);

	if (driver_random(2)) {
		if (len > DRIVER_MAX - size)
			len = DRIVER_MAX - size;
		memmove(data + at + len, data + at, size - at);
		size += len;
	} else if (len > size - at) {
		len = size - at;
	}
	memcpy(data + at, from->data + start, len);
	return size;
}

static size_t driver_change(uint8_t *data, size_t size, size_t nseeds)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff, '"', '{', '\n', '9', '-' };
	size_t at = driver_random(size);

	switch (size ? driver_random(6) : 5) {
	case 0:
		data[at] ^= 1 << driver_random(8);
		return size;
	case 1:
		data[at] = values[driver_random(sizeof(values))];
		return size;
	case 2:
		data[at] = driver_random(256);
		return size;
	case 3:
		memmove(data + at, data + at + 1, size - at - 1);
		return size - 1;
	case 4:
		return driver_random(8) ? size : at;
	default:
		return driver_splice(data, size, nseeds);
	}
}

/* Whose input it was is what remains when it is the last. */
static void driver_run(const uint8_t *data, size_t size, const char *what)
{
	clock_t begin = clock();
	uint8_t *copy = malloc(size ? size : 1);
	double took;

	memcpy(copy, data, size);	/* so that a sanitizer sees what is beyond */
	rp_fuzz_one(copy, size);
	free(copy);
	took = (double)(clock() - begin) / CLOCKS_PER_SEC;
	if (took > DRIVER_TOO_LONG)
		errx(1, "%s: %zu bytes took %.1f s", what, size, took);
}

int main(int argc, char **argv)
{
	static uint8_t data[DRIVER_MAX];
	const struct driver_seed *seed;
	size_t nseeds = 0, size, changes;
	long runs = argc > 1 ? atol(argv[1]) : 0, i;
	char what[32];

	for (i = 2; i < argc && nseeds < DRIVER_SEEDS; i++)
		driver_read(&driver_seeds[nseeds++], argv[i]);
	if (!nseeds || rp_fuzz_init(&argc, &argv))
		errx(1, "usage: RUNS SEED...");
	/* What is printed is of no interest, but for the words of a sanitizer. */
	if (!freopen("/dev/null", "w", stdout))
		err(1, "/dev/null");
	for (i = 0; i < (long)nseeds; i++)
		driver_run(driver_seeds[i].data, driver_seeds[i].size, argv[2 + i]);
	for (i = 0; i < runs; i++) {
		seed = &driver_seeds[driver_random(nseeds)];
		memcpy(data, seed->data, seed->size);
		size = seed->size;
		for (changes = 1 + driver_random(8); changes; changes--)
			size = driver_change(data, size, nseeds);
		snprintf(what, sizeof(what), "run %ld", i);
		driver_run(data, size, what);
	}
	return 0;
}
