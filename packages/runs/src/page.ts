/** Cutting a page out of a list. */
import type { Page, PageRequest } from './service.js';

/** One more than asked for is read, to know whether more follow. */
export function pageOf<T>(
  page: PageRequest,
  read: (limit: number, offset: number) => readonly T[],
): Page<T> {
  const rows = read(page.limit + 1, page.offset);
  return { data: rows.slice(0, page.limit), hasMore: rows.length > page.limit };
}
