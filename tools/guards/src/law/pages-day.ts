/**
 * The day whose law the pages show, ISO date. It is written down and not today: pages that changed by
 * themselves would fail the tests of whoever comes next. Raise it when the pages are issued anew.
 */
export const pagesDay = '2026-11-28';
