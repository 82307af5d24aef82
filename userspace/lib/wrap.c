// SPDX-License-Identifier: GPL-2.0
/* Lines that fit a terminal: what is longer goes on below. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/util.h"
#include "lib/wrap.h"

#define RP_WRAP_HANG	4
#define RP_WRAP_ROOM	24	/* for less than that no line goes on so far to the right */
#define RP_WRAP_LEAST	20	/* on what is narrower nothing fits anyway */
#define RP_WRAP_TAB	8
#define RP_WRAP_BRACKET	40	/* longer than that is what is taken apart */
#define RP_WRAP_ON	" \\"	/* behind a command that goes on */

static struct rp_wrap {
	FILE *to, *out;
	size_t width, hang;
	struct rp_buf line, lines;	/* what has no end yet, and what is to be written */
} rp_wraps[2];

/* How many columns the byte takes after so many; @escape: in a color, which takes none */
static size_t rp_wrap_columns(char c, size_t column, bool *escape)
{
	if (*escape || c == '\033') {
		*escape = c != 'm';
		return 0;
	}
	if (c == '\t')
		return RP_WRAP_TAB - column % RP_WRAP_TAB;
	return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t rp_wrap_seen(const char *text, size_t len)
{
	bool escape = false;
	size_t i, seen = 0;

	for (i = 0; i < len; i++)
		seen += rp_wrap_columns(text[i], seen, &escape);
	return seen;
}

static bool rp_wrap_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t rp_wrap_blanks(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && rp_wrap_is_blank(text[n]))
		n++;
	return n;
}

/* "[-o DIR]", "[4.000 us from fib_flush]": what of the text is not taken apart */
static size_t rp_wrap_bracket(const char *text, size_t len)
{
	const char *end = memchr(text, ']', len < RP_WRAP_BRACKET ? len : RP_WRAP_BRACKET);

	return *text == '[' && end ? end - text : 0;
}

/* How much of the text goes into @room columns: whole words, but one at least */
static size_t rp_wrap_words(const char *text, size_t len, size_t room, bool command)
{
	size_t i, best = 0, seen = 0, whole = rp_wrap_blanks(text, len);
	bool escape = false, quoted = false;

	for (i = 0; i < len && (seen <= room || !best); i++) {
		if (command && text[i] == '\'')
			quoted = !quoted;
		if (i + rp_wrap_bracket(text + i, len - i) > whole)
			whole = i + rp_wrap_bracket(text + i, len - i);
		if (i && i >= whole && !quoted && (seen <= room || !best) &&
		    rp_wrap_is_blank(text[i]) && !rp_wrap_is_blank(text[i - 1]))
			best = i;
		seen += rp_wrap_columns(text[i], seen, &escape);
	}
	return seen <= room || !best ? len : best;
}

/* "FILE: error: what to type": how much stands before the last part, 0: it fits no line */
static size_t rp_wrap_colon(const char *text, size_t len, size_t width, size_t hang)
{
	size_t i;

	for (i = width / 4; i + 2 < len; i++)
		if (text[i] == ':' && text[i + 1] == ' ' &&
		    rp_wrap_seen(text + i + 2, len - i - 2) <= width - hang)
			return i + 1;
	return 0;
}

void rp_wrap_line(struct rp_buf *b, const char *line, size_t len, size_t width, size_t hang,
		  bool message)
{
	size_t indent = rp_wrap_blanks(line, len), room = width, n, colon, word, at;
	bool command = indent < len && line[indent] == '#';
	size_t on = command ? strlen(RP_WRAP_ON) : 0;

	if (width < RP_WRAP_LEAST || rp_wrap_seen(line, len) <= width) {
		rp_buf_put(b, line, len);
		return;
	}
	if (!hang || hang + RP_WRAP_ROOM > width)
		hang = rp_wrap_seen(line, indent) + RP_WRAP_HANG;
	if (hang + RP_WRAP_ROOM / 2 > width)
		hang = 0;
	colon = message ? rp_wrap_colon(line, len, width, hang) : 0;
	for (;;) {
		n = rp_wrap_seen(line, len) <= room ? len :
			rp_wrap_words(line, len, room - on, command);
		if (colon && colon < n)
			n = colon;
		colon -= colon ? n : 0;
		rp_buf_put(b, line, n);
		while (b->len && b->data[b->len - 1] == ' ')
			b->len--;
		line += n;
		len -= n;
		n = rp_wrap_blanks(line, len);
		line += n;
		len -= n;
		colon -= colon > n ? n : colon;
		if (!len)
			return;
		rp_buf_text(b, command ? RP_WRAP_ON "\n" : "\n");
		/* One word that is long, as an address of IPv6, is rather moved than cut. */
		word = rp_wrap_seen(line, rp_wrap_words(line, len, 0, command)) + on;
		at = word > width ? 0 : hang + word > width ? width - word : hang;
		rp_buf_spaces(b, at);
		room = width - at;
	}
}

static ssize_t rp_wrap_write(void *cookie, const char *text, size_t size)
{
	struct rp_wrap *w = cookie;
	const char *line, *end;

	rp_buf_put(&w->line, text, size);
	line = w->line.data;
	while ((end = memchr(line, '\n', w->line.data + w->line.len - line))) {
		rp_wrap_line(&w->lines, line, end - line, w->width, w->hang, w->to == stderr);
		rp_buf_char(&w->lines, '\n');
		line = end + 1;
	}
	w->line.len -= line - w->line.data;
	memmove(w->line.data, line, w->line.len);
	if (w->lines.len && (fwrite(w->lines.data, 1, w->lines.len, w->to) != w->lines.len ||
			     fflush(w->to)))
		size = 0;
	w->lines.len = 0;
	return size;
}

static struct rp_wrap *rp_wrap_of(FILE *out)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_wraps); i++)
		if (rp_wraps[i].out && rp_wraps[i].out == out)
			return &rp_wraps[i];
	return NULL;
}

FILE *rp_wrap(FILE *to)
{
	static const cookie_io_functions_t functions = { .write = rp_wrap_write };
	struct rp_wrap *w = &rp_wraps[to == stderr];
	struct winsize size = { .ws_col = 0 };
	int fd = fileno(to), error = errno;
	bool terminal = isatty(fd) && !ioctl(fd, TIOCGWINSZ, &size) && size.ws_col;

	/* Whoever says what went wrong may still go by it. */
	errno = error;
	if (!terminal)
		return to;
	if (!w->out) {
		w->out = fopencookie(w, "w", functions);
		if (!w->out)
			return to;
		/* Nothing waits here: the other of the two may be next. */
		setvbuf(w->out, NULL, _IONBF, 0);
	}
	w->to = to;
	w->width = size.ws_col;
	w->hang = 0;
	return w->out;
}

size_t rp_wrap_width(FILE *out)
{
	struct rp_wrap *w = rp_wrap_of(out);

	return w ? w->width : 0;
}

void rp_wrap_hang(FILE *out, size_t column)
{
	struct rp_wrap *w = rp_wrap_of(out);

	if (w)
		w->hang = column;
}
