import type { ExplainedPool, ExplainedUnits, Transit } from './explain-units.ts';

const barWidth = 56;

/** The parts of a cell's bar, in the order of a unit's life. */
const parts = [
  { name: 'free', mark: '█', of: ['free'] },
  { name: 'held', mark: '▓', of: ['held'] },
  { name: 'sold', mark: '▒', of: ['sold'] },
  { name: 'shipped', mark: '░', of: ['shipped'] },
  { name: 'not for sale', mark: '╳', of: ['safety', 'quarantine', 'suspense'] },
] as const;
const transitMark = '»';

const rows = [
  ...(['free', 'held', 'sold', 'shipped', 'safety', 'quarantine', 'suspense'] as const),
] as const;

/** Lines that show where all units of an article are. `now` is in milliseconds since 1970. */
export function pictureOf({ sku, pools, unknown }: ExplainedUnits, now: number): string[] {
  const missing = unknown.map(
    ({ cell, why }) => `${cell} could not be asked: what it has is UNKNOWN. ${why}`,
  );
  if (pools.length > 0) return [...pools.flatMap((pool) => linesOf(pool, now)), ...missing];
  const asked = unknown.length > 0 ? 'No cell that could be asked' : 'No cell';
  return [`${asked} has books of ${sku}.`, ...missing];
}

function linesOf(pool: ExplainedPool, now: number): string[] {
  const { totals, transits, places } = pool;
  const onTheirWay = transits.reduce((sum, { most }) => sum + Math.max(0, most), 0);
  const here = rows.reduce((sum, row) => sum + totals[row], 0);
  const scale = barWidth / Math.max(1, here + onTheirWay);
  const nameWidth = Math.max(...places.map(({ cell }) => cell.length), 4);
  const bars = places.map(({ cell, pool: book }) => {
    const name = cell.padStart(nameWidth);
    if (book === undefined) return `  ${name}  ${'?'.repeat(barWidth)}  unknown`;
    const units = parts.map(({ of }) => of.reduce((sum, row) => sum + book.balances[row], 0));
    const total = units.reduce((sum, one) => sum + one, 0);
    const drawn = parts.map(({ mark }, at) => mark.repeat(lengthOf(units[at] ?? 0, scale)));
    return `  ${name}  ${drawn.join('').padEnd(barWidth)}  ${total}`;
  });
  const ways = transits.map(
    (transit) =>
      `  ${'»'.padStart(nameWidth)}  ` +
      `${transitMark.repeat(lengthOf(Math.max(0, transit.most), scale)).padEnd(barWidth)}  ` +
      transitLine(transit, now),
  );
  const legend = parts.map(({ mark, name }) => `${mark} ${name}`).join('   ');
  const home = pool.home === '' ? 'whose home is unknown' : `home ${pool.home}`;
  return [
    `${pool.pool} · ${home}`,
    '',
    ...bars,
    ...ways,
    '',
    `  ${' '.repeat(nameWidth)}  ${legend}   ${transitMark} on their way`,
    '',
    ...tableOf(pool),
    '',
    ...balanceOf(pool, here),
    ...pool.breaches.map((breach) => `  WRONG  ${breach}`),
    '',
  ];
}

/** What there is of is seen, however little. */
const lengthOf = (units: number, scale: number): number =>
  units === 0 ? 0 : Math.max(1, Math.floor(units * scale));

function transitLine(transit: Transit, now: number): string {
  const { donor, receiver, least, most } = transit;
  const units = least === most ? `${most}` : `${least} to ${most}`;
  const doubt = transit.isUnacknowledgedOnly ? ', or taken in: not acknowledged' : '';
  return `${units}  ${donor} to ${receiver}${ageOf(transit, now)}${doubt}`;
}

function ageOf({ since, isOlder }: Transit, now: number): string {
  if (since === undefined) return '';
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  return `, since ${isOlder ? 'before ' : ''}${timeOf(since)} (${seconds} s)`;
}

/** UTC, as all cells say it. */
export const timeOf = (at: number): string =>
  new Date(at).toISOString().replace('T', ' ').replace('Z', '');

function tableOf({ places, totals, breaches }: ExplainedPool): string[] {
  const cell = (value: number | string) => `${value}`.padStart(11);
  const line = (name: string, values: readonly (number | string)[], more = '') =>
    `  ${name.padEnd(14)}${values.map(cell).join('')}${more}`.trimEnd();
  const shown = [...rows, 'deficit' as const].filter(
    (row) => totals[row] > 0 || row === 'free' || row === 'held' || row === 'sold',
  );
  const isWhole = places.every(({ pool }) => pool !== undefined);
  const allOf = (units: number) => (isWhole ? units : `${units} + ?`);
  const orders = (which: 'holding' | 'bought') =>
    places.reduce((sum, { pool }) => sum + (pool?.orders[which] ?? 0), 0);
  const notes: Partial<Record<(typeof shown)[number], string>> = {
    held: ordersNote(orders('holding')),
    sold: ordersNote(orders('bought')),
    deficit: '   promised and not there',
    suspense: '   taken in by a repair, perhaps sold',
  };
  const agree = places.map(({ cell: name, pool }) => {
    if (pool === undefined) return '?';
    return breaches.some((breach) => breach.startsWith(`${name} `)) ? 'NO' : 'yes';
  });
  return [
    line('', [...places.map((place) => place.cell), 'all']),
    ...shown.map((row) =>
      line(
        row === 'deficit' ? 'owed' : row,
        [...places.map(({ pool }) => pool?.balances[row] ?? '?'), allOf(totals[row])],
        notes[row],
      ),
    ),
    line('books agree', agree),
    line(
      'movements',
      places.map(({ pool }) => pool?.movements ?? '?'),
    ),
  ];
}

const ordersNote = (orders: number): string =>
  orders === 0 ? '' : `   ${orders} ${orders === 1 ? 'order' : 'orders'}`;

function balanceOf({ places, totals, transits }: ExplainedPool, here: number): string[] {
  const unknown = places.filter(({ pool }) => pool === undefined).length;
  if (unknown > 0) {
    return ['  What exists cannot be added up while a cell is unknown.'];
  }
  if (transits.some(({ least, most }) => least !== most)) {
    return ['  Units crossed while the cells were read: ask again for an exact sum.'];
  }
  const { minted, deficit, writtenOff, transferred } = totals;
  const inTransit = transits.reduce((sum, { most }) => sum + most, 0);
  const exist = minted + deficit - writtenOff - transferred;
  const lessOf = [
    `${minted} came in`,
    ...(deficit > 0 ? [`+ ${deficit} owed`] : []),
    ...(writtenOff > 0 ? [`− ${writtenOff} written off`] : []),
    ...(transferred > 0 ? [`− ${transferred} to other warehouses`] : []),
  ].join(' ');
  const is = exist === here + inTransit;
  return [
    `  ${lessOf} ${is ? '=' : '≠'} ${here} here + ${inTransit} on their way` +
      (is ? '' : `   WRONG by ${here + inTransit - exist}`),
  ];
}
