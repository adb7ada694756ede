/* Rows from a buffer, and what all feeders of rows need. */
#include "mrt_rows.h"

int
mrt_rows_put(const struct mrt_rows *rows, int i, float real)
{
	static const unsigned char bytes[] = { 1, 1, 2, 4 }; /* of enum mrt_type */
	unsigned char *to = (unsigned char *)rows->row + (size_t)i * bytes[rows->type & 3];

	return mrt_quantize(rows->type, to, &real, 1, rows->scale, rows->zero);
}

int
mrt_rows_check(const struct mrt_rows *rows)
{
	if (!rows || !rows->row || !rows->push || rows->rows < 1 || rows->row_count < 1 ||
		rows->channels < 1 || rows->row_count % rows->channels)
		return MRT_ARGUMENT;
	return mrt_rows_put(rows, 0, 0); /* scale, zero point and type */
}

int
mrt_rows_push(const struct mrt_rows *rows)
{
	return rows->push(rows->user, rows->row, 1) ? MRT_REFUSED : MRT_OK;
}

int
mrt_rows_buffer(const struct mrt_rows *rows, const float *numbers, size_t count)
{
	int status = mrt_rows_check(rows), all = MRT_OK;

	if (status != MRT_OK)
		return status;
	if (!numbers || count != (size_t)rows->rows * (size_t)rows->row_count)
		return MRT_ARGUMENT;
	for (int r = 0; r < rows->rows; r++, numbers += rows->row_count) {
		if (mrt_quantize(rows->type, rows->row, numbers, (size_t)rows->row_count,
			    rows->scale, rows->zero) != MRT_OK)
			all = MRT_NAN;
		status = mrt_rows_push(rows);
		if (status != MRT_OK)
			return status;
	}
	return all;
}

void
mrt_reader_init(struct mrt_reader *reader, mrt_read *read, void *user)
{
	reader->read = read;
	reader->user = user;
	reader->at = reader->count = 0;
}

int
mrt_reader_byte(struct mrt_reader *reader)
{
	if (reader->at == reader->count) {
		long came = reader->read(reader->user, reader->buffer, MRT_READER_BYTES);

		if (came < 0 || came > MRT_READER_BYTES)
			return -MRT_READ;
		if (!came)
			return -MRT_END;
		reader->at = 0;
		reader->count = (int)came;
	}
	return reader->buffer[reader->at++];
}

long
mrt_memory_read(void *memory, void *to, size_t bytes)
{
	struct mrt_memory *m = memory;
	unsigned char *out = to;
	long came = 0;

	for (; bytes && m->left; bytes--, m->left--, came++)
		*out++ = *m->at++;
	return came;
}
