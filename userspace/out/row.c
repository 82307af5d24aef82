// SPDX-License-Identifier: GPL-2.0
/* Rows in columns, with words behind or below them. */
#include "lib/wrap.h"
#include "out/row.h"

static size_t rp_row_width(const struct rp_row *row, unsigned int i)
{
	return !i && row->first ? row->first : row->columns[i].width;
}

/* How many columns of the terminal those in front of the @n-th take */
static size_t rp_row_sum(const struct rp_row *row, unsigned int n)
{
	size_t sum = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		if (row->shown & 1U << i)
			sum += rp_row_width(row, i) + 1;
	return sum;
}

void rp_row_init(struct rp_row *row, FILE *out, const struct rp_row_column *columns,
		 unsigned int count, size_t first, size_t room)
{
	size_t width = rp_wrap_width(out);
	unsigned int i, rank;

	*row = (struct rp_row) {
		.out = out, .columns = columns, .count = count, .first = first,
		.shown = (1U << count) - 1,
	};
	if (!width || rp_row_sum(row, count) + room <= width)
		return;
	row->below = true;
	for (rank = count; rank && rp_row_sum(row, count) > width; rank--)
		for (i = 0; i < count; i++)
			if (columns[i].rank == rank)
				row->shown &= ~(1U << i);
}

void rp_row_print(const struct rp_row *row, const char *const *texts, const char *words)
{
	unsigned int i, last = row->count;
	bool end;
	int width;

	while (last && !(row->shown & 1U << (last - 1)))
		last--;
	rp_wrap_hang(row->out, rp_row_sum(row, row->below ? last - 1 : row->count));
	for (i = 0; i < last; i++) {
		if (!(row->shown & 1U << i))
			continue;
		end = row->below && i == last - 1;
		width = end && !row->columns[i].right ? 0 : rp_row_width(row, i);
		fprintf(row->out, row->columns[i].right ? "%*s" : "%-*s", width, texts[i]);
		if (!end)
			fputc(' ', row->out);
	}
	if (!row->below)
		fprintf(row->out, "%s", words);
	fputc('\n', row->out);
	rp_wrap_hang(row->out, 0);
	if (row->below && words)
		fprintf(row->out, "    %s\n", words);
}

void rp_row_header(const struct rp_row *row, const char *words)
{
	const char *titles[RP_ROW_COLUMNS_MAX];
	unsigned int i;

	for (i = 0; i < row->count; i++)
		titles[i] = row->columns[i].title;
	rp_row_print(row, titles, row->below ? NULL : words);
}
