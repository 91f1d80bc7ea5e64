import { describe, expect, it } from '@jest/globals';
import type { ConservationVector, PoolTotals } from '@entrepot/inventory/model';
import type { Command } from '@entrepot/inventory/testing';
import type { CellId } from '@entrepot/kernel';
import fc from 'fast-check';
import { readChain } from '../src/conservation/vector-chain.ts';
import { verifyConservation } from '../src/conservation/verify-conservation.ts';
import {
  cells,
  chainOf,
  europe,
  france,
  homes,
  india,
  linesOf,
  publicKeyOf,
  readBack,
  ToldWorld,
} from './told-world.ts';

const pool = 'blr/A1';
const known = { skewMs: 2_000, homes };
const uuidOf = (kind: number, number: number) =>
  `${`${kind}`.padStart(8, '0')}-0000-5000-8000-${`${number}`.padStart(12, '0')}`;

type Step = {
  readonly kind: 'mint' | 'sell' | 'grant' | 'arrive' | 'tell';
  readonly cell: CellId;
  /** The peer is the next cell but so many. */
  readonly turn: number;
  readonly units: number;
};

const peerOf = ({ cell, turn }: Step): CellId =>
  cells[(cells.findIndex((of) => of === cell) + turn) % cells.length] ?? cell;

const commandOf = (world: ToldWorld, step: Step, number: number): Command[] => {
  const { kind, cell, units } = step;
  const of = { pool, home: india };
  const peer = peerOf(step);
  const order = `ord_${cell}_${`${number}`.padStart(26, '0')}`;
  const sale = { pool, reservation: uuidOf(2, number), order, quantity: units };
  const commands: Record<Step['kind'], unknown[]> = {
    mint: [{ ...of, kind: 'mint', document: uuidOf(1, number), quantity: units * 9, into: 'FREE' }],
    sell: [
      { ...sale, kind: 'reserve', group: order, holdSeconds: 60 },
      { ...sale, kind: 'confirm' },
    ],
    grant: [
      {
        ...{ kind: 'grant', pool, peer, level: world.grantedTo(peer, cell, pool) + units },
        ...{ ceiling: units, acked: 0 },
      },
    ],
    arrive: [{ ...of, kind: 'apply', peer, total: world.grantedTo(cell, peer, pool), epoch: 1 }],
    tell: [],
  };
  return commands[kind] as Command[];
};

const step = fc.record({
  kind: fc.constantFrom<Step['kind']>('mint', 'sell', 'sell', 'grant', 'arrive', 'tell', 'tell'),
  cell: fc.constantFrom(...cells),
  turn: fc.integer({ min: 1, max: cells.length - 1 }),
  units: fc.integer({ min: 1, max: 9 }),
});

function lived(steps: readonly Step[]): ToldWorld {
  const world = new ToldWorld();
  for (const [number, of] of steps.entries()) {
    if (of.kind === 'tell') world.tell(of.cell);
    else world.do(of.kind === 'mint' ? india : of.cell, ...commandOf(world, of, number));
  }
  return world;
}

const verify = (indian: readonly ConservationVector[], european: readonly ConservationVector[]) =>
  verifyConservation([readBack(india, indian), readBack(europe, european)], known);
const verifyAll = (world: ToldWorld) =>
  verifyConservation(
    cells.map((cell) => readBack(cell, world.chain(cell))),
    known,
  );
const codesOf = (report: ReturnType<typeof verifyConservation>) => [
  ...new Set(report.breaches.map(({ code }) => code)),
];

describe('The vectors of cells that keep to the rules', () => {
  it('prove themselves, whenever each of them was taken', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const report = verifyAll(lived(steps));
        expect(report.breaches).toEqual([]);
        const { cut } = report;
        if (cut !== undefined) expect(cut.placed + cut.inTransit).toBe(cut.exist);
      }),
    );
  });
});

/** India gave 40 of 100; Europe took in 30, and later 40; both told it every other minute. */
const india1: PoolTotals = {
  ...{ pool, home: india, balances: { SUPPLY: 100, FREE: 60, GRANTED: 40 } },
  channels: [{ peer: europe, granted: 40, applied: 0, acked: 30 }],
};
const europeWith = (units: number): PoolTotals => ({
  ...{ pool, home: india, balances: { APPLIED: units, FREE: units - 7, SOLD: 7 } },
  channels: [{ peer: india, granted: 0, applied: units, acked: 0 }],
});
const indian = (...tellings: PoolTotals[]) =>
  chainOf(
    india,
    tellings.map((of, index) => ({ at: 2 * index, pools: [of] })),
  );
const european = (...tellings: PoolTotals[]) =>
  chainOf(
    europe,
    tellings.map((of, index) => ({ at: 2 * index + 1, pools: [of] })),
  );
const indians = indian(india1, india1, india1);
const europeans = european(europeWith(30), europeWith(40));

describe('A planted breach', () => {
  it('is none where nothing was planted', () => {
    const report = verify(indians, europeans);
    expect(report).toMatchObject({ breaches: [], proved: 2, unproved: 0 });
    expect(report.cut).toMatchObject({ exist: 100, placed: 100, inTransit: 0 });
  });

  const withBalances = (of: PoolTotals, change: PoolTotals['balances']): PoolTotals => ({
    ...of,
    balances: { ...of.balances, ...change },
  });

  it.each<[string, string, () => ReturnType<typeof verify>]>([
    [
      'a unit out of nothing in one cell',
      'POOL_NOT_CONSERVED',
      () => verify(indian(india1, withBalances(india1, { FREE: 61 })), europeans),
    ],
    [
      'a unit sold twice, and booked as one more that came from the peer',
      'TAKEN_MORE_THAN_GIVEN',
      () => verify(indians, european(europeWith(30), europeWith(41))),
    ],
    [
      'a donor that has forgotten what it gave',
      'TOTAL_FELL',
      () => {
        const forgot: PoolTotals = {
          ...withBalances(india1, { FREE: 65, GRANTED: 35 }),
          channels: [{ peer: europe, granted: 35, applied: 0, acked: 30 }],
        };
        return verify(indian(india1, forgot, forgot), europeans);
      },
    ],
    [
      'units minted away from the warehouse',
      'SPOKE_FOR_ANOTHERS_SHELF',
      () => verify(indians, european(withBalances(europeWith(30), { SUPPLY: 5, FREE: 28 }))),
    ],
    [
      'a balance below zero',
      'BALANCE_NEGATIVE',
      () => verify(indian(withBalances(india1, { FREE: -1, HELD: 61 })), europeans),
    ],
    [
      'sales while units are owed',
      'SELLS_WHILE_IT_OWES',
      () => verify(indian(withBalances(india1, { DEFICIT: 3, HELD: 3 })), europeans),
    ],
    [
      'channels that do not add up',
      'CHANNELS_DIFFER',
      () => verify(indian({ ...india1, channels: [] }), europeans),
    ],
    [
      'a warehouse that is said to be another cell’s',
      'HOME_IS_ANOTHER',
      () => verify(indians, european({ ...europeWith(30), home: europe })),
    ],
    [
      'units from a cell that there is not',
      'PEER_UNKNOWN',
      () => {
        const of = europeWith(30);
        const channels = of.channels.map((channel) => ({ ...channel, peer: france }));
        return verify(indians, european({ ...of, channels }));
      },
    ],
    [
      'a vector told twice',
      'VECTOR_DOUBLED',
      () => verify([...indians, ...indians.slice(-1)], europeans),
    ],
    [
      'vectors in another order',
      'VECTOR_OUT_OF_ORDER',
      () => verify(indians.toReversed(), europeans),
    ],
    ['a vector left out', 'VECTOR_MISSING', () => verify(indians.toSpliced(1, 1), europeans)],
    [
      'a past that was told anew',
      'VECTOR_NUMBER_TWICE',
      () =>
        verify(
          [...indians, ...indian(india1, withBalances(india1, { FREE: 59, HELD: 1 })).slice(1)],
          europeans,
        ),
    ],
    [
      'a vector that does not follow from the one before',
      'VECTOR_CHAIN_BROKEN',
      () =>
        verify(
          [
            indians[0],
            ...indian(withBalances(india1, { FREE: 59, HELD: 1 }), india1).slice(1),
          ].flatMap((of) => of ?? []),
          europeans,
        ),
    ],
    [
      'a clock or a journal that goes back',
      'VECTOR_GOES_BACK',
      () =>
        verify(
          chainOf(india, [
            { at: 9, pools: [india1] },
            { at: 2, pools: [india1] },
          ]),
          europeans,
        ),
    ],
  ])('turns it red: %s', (_, code, report) => {
    expect(codesOf(report())).toContain(code);
  });

  it('names the cell whose words they are', () => {
    const { breaches } = verify(indians, european(europeWith(30), europeWith(41)));
    expect(breaches).toEqual([
      {
        code: 'TAKEN_MORE_THAN_GIVEN',
        row: {
          pool,
          donor: india,
          receiver: europe,
          granted: 40,
          applied: 41,
          number: 2,
          donorNumber: 3,
        },
      },
    ]);
  });

  it('is found wherever one unit is added to what a cell took in', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const world = lived(steps);
        world.tell(europe);
        world.tell(india);
        const honest = world.chain(europe);
        const taken = (of: PoolTotals) =>
          of.channels.find(({ peer }) => peer === india)?.applied ?? 0;
        const [last] = honest.at(-1)?.pools ?? [];
        const units = last === undefined ? 0 : taken(last);
        fc.pre(units > 0 && units === world.grantedTo(europe, india, pool));
        const lie = honest.map((of, at) =>
          at < honest.length - 1 ? of : { ...of, pools: of.pools.map(withOneMore) },
        );
        const chains = [world.chain(india), lie, world.chain(france)];
        const report = verifyConservation(
          cells.map((cell, at) => readBack(cell, chains[at] ?? [])),
          known,
        );
        expect(codesOf(report)).toEqual(['TAKEN_MORE_THAN_GIVEN']);
      }),
    );
  });
});

/** A lie whose own books agree. */
function withOneMore(of: PoolTotals): PoolTotals {
  const { APPLIED = 0, SOLD = 0 } = of.balances;
  return {
    ...of,
    balances: { ...of.balances, APPLIED: APPLIED + 1, SOLD: SOLD + 1 },
    channels: of.channels.map((channel) =>
      channel.peer === india ? { ...channel, applied: channel.applied + 1 } : channel,
    ),
  };
}

describe('A file of vectors', () => {
  const read = (lines: readonly string[]) =>
    readChain(india, lines, [publicKeyOf(india)]).breaches.map(({ code }) => code);

  it('is read as it was signed', () => {
    expect(readBack(india, indians).vectors).toEqual(indians);
  });

  it('is refused line by line: changed, signed by another, of another cell, of no form', () => {
    const [first = '', ...rest] = linesOf(indians);
    const changed = first.replace('FREE\\":60', 'FREE\\":61');
    expect(changed).not.toBe(first);
    expect(read([changed, ...rest])).toEqual(['VECTOR_SIGNATURE_INVALID']);
    expect(read(linesOf(indians.slice(0, 1), europe))).toEqual(['VECTOR_SIGNATURE_INVALID']);
    expect(readChain(india, linesOf(europeans), [publicKeyOf(europe)]).breaches[0]?.code).toBe(
      'VECTOR_OF_ANOTHER_CELL',
    );
    expect(read(['{}'])).toEqual(['VECTOR_MALFORMED']);
    expect(read(['no JSON'])).toEqual(['VECTOR_MALFORMED']);
  });
});

describe('What cannot be proved yet', () => {
  it('is counted, and is no breach', () => {
    const early = indian(india1);
    expect(verify(early, europeans)).toMatchObject({ breaches: [], proved: 0, unproved: 2 });
  });

  it('is what has only an incomplete vector of the donor to be held against', () => {
    const incomplete = indians.map((of) => ({ ...of, isComplete: false }));
    const report = verifyConservation(
      [{ cell: india, vectors: incomplete, breaches: [] }, readBack(europe, europeans)],
      known,
    );
    expect(report).toMatchObject({ breaches: [], proved: 0, unproved: 2 });
  });

  it('is what a donor says while it recovers: its books may be behind', () => {
    const behind: PoolTotals = {
      ...{ pool, home: india, balances: { SUPPLY: 100, FREE: 65, GRANTED: 35 } },
      channels: [{ peer: europe, granted: 35, applied: 0, acked: 30 }],
    };
    const told = [
      { at: 2, pools: [behind] },
      { at: 4, pools: [behind] },
    ];
    const recovering = chainOf(india, told, 'RECOVERING');
    expect(verify(recovering, europeans)).toMatchObject({ breaches: [], proved: 0, unproved: 2 });
    expect(codesOf(verify(chainOf(india, told), europeans))).toEqual(['TAKEN_MORE_THAN_GIVEN']);
  });

  it('is what a pool is that the donor has not told since its chain begins', () => {
    const blank = chainOf(india, [
      { at: 0, pools: [] },
      { at: 9, pools: [] },
    ]).map((vector) => ({ ...vector, slice: { after: 'blr/B', through: null } }));
    const chain = readBack(india, blank).vectors;
    const report = verifyConservation(
      [{ cell: india, vectors: chain, breaches: [] }, readBack(europe, europeans)],
      known,
    );
    expect(report).toMatchObject({ breaches: [], proved: 0, unproved: 2, cut: undefined });
  });
});
