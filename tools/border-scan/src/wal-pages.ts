/** XLOG_BLCKSZ as PostgreSQL is built by default. */
export const walPageBytes = 8_192;
/** SizeOfXLogShortPHD and SizeOfXLogLongPHD (src/include/access/xlog_internal.h). */
const shortHeaderBytes = 24;
const longHeaderBytes = 40;
const infoOffset = 2;
const hasLongHeader = 0x0002;

/**
 * Moves together what lies between the page headers of PostgreSQL's log, whole pages from the start of
 * the buffer on: a value that goes over the end of a page is cut in two by the header of the next one.
 * Returns how many bytes are left.
 */
export function dropPageHeaders(pages: Buffer): number {
  let kept = 0;
  for (let page = 0; page < pages.length; page += walPageBytes) {
    const end = Math.min(page + walPageBytes, pages.length);
    const info = page + infoOffset + 2 <= end ? pages.readUInt16LE(page + infoOffset) : 0;
    const header = (info & hasLongHeader) === 0 ? shortHeaderBytes : longHeaderBytes;
    const start = Math.min(page + header, end);
    pages.copyWithin(kept, start, end);
    kept += end - start;
  }
  return kept;
}
