import { describe, expect, it } from '@jest/globals';
import { newCellId, OutcomeUnknownError, type CellId } from '@entrepot/kernel';
import type { Command } from '../domain/commands.ts';
import { poolIdOf } from '../domain/pool.ts';
import { Lane, type LaneAnswer } from './lane.ts';
import { reservationIdOf } from './reservation-ids.ts';
import { StockLedger, type LedgerAnswer } from './stock-ledger.ts';

const order = newCellId('order', 'in-1' as CellId);
const command = (name: string, changes: Partial<Command> = {}): Command => {
  const pool = poolIdOf('blr', name);
  const reservation = reservationIdOf(order, pool, 1);
  return { kind: 'confirm', pool, reservation, order, quantity: 1, ...changes } as Command;
};

/** Answers when told to; refuses whatever holds the pool `poison`. */
class LedgerOnCommand extends StockLedger {
  readonly calls: string[][] = [];
  readonly failures: Error[] = [];
  private open: (() => void) | undefined;
  private readonly gate: Promise<void>;

  constructor({ isOpen = true } = {}) {
    super();
    this.gate = isOpen ? Promise.resolve() : new Promise((resolve) => (this.open = resolve));
  }

  letGo(): void {
    this.open?.();
  }

  override async apply(commands: readonly Command[]): Promise<LedgerAnswer> {
    this.calls.push(commands.map(({ pool }) => pool));
    await this.gate;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (commands.some(({ pool }) => pool === 'blr/poison')) throw new Error('refused');
    const verdicts = commands.map((_, at) => ({
      outcome: 'CONFIRMED' as const,
      changed: true,
      free: at,
      total: 0,
    }));
    return { verdicts, positions: new Map() };
  }
}

const laneOver = (ledger: StockLedger, options = {}): Lane => {
  let events = 0;
  const count = () => (events += 1);
  return new Lane(ledger, count, { batchCommandsMax: 4, queueCommandsMax: 10, ...options });
};
const busy = { code: 'STOCK_BUSY', details: { retryAfterSeconds: 1 } };
const soon = (): number => performance.now() + 60_000;

describe('a lane', () => {
  it('gathers what arrives during a call into the next one, in order, up to the cap', async () => {
    const ledger = new LedgerOnCommand({ isOpen: false });
    const lane = laneOver(ledger);
    const first = lane.submit([command('a')], soon());
    await Promise.resolve();
    const rest = ['b', 'c', 'd', 'e', 'f'].map((name) => lane.submit([command(name)], soon()));
    ledger.letGo();
    await Promise.all([first, ...rest]);
    expect(ledger.calls).toEqual([['blr/a'], ['blr/b', 'blr/c', 'blr/d', 'blr/e'], ['blr/f']]);
  });

  it('keeps a submission together even beyond the cap', async () => {
    const ledger = new LedgerOnCommand();
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => command(name));
    const { verdicts } = await laneOver(ledger).submit(all, soon());
    expect(verdicts).toHaveLength(6);
    expect(ledger.calls).toHaveLength(1);
  });

  it('fails the submission at fault and no other', async () => {
    const lane = laneOver(new LedgerOnCommand());
    const names = ['a', 'b', 'poison', 'c'];
    const all = names.map((name) => lane.submit([command(name)], soon()));
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it.each<[string, Partial<Command>]>([
    ['quantity', { quantity: 0 }],
    ['quantity', { quantity: -1 }],
    ['quantity', { quantity: 1.5 }],
    ['quantity', { quantity: Number.MAX_SAFE_INTEGER + 1 }],
    ['pool', { pool: 'nowhere' as never }],
    ['order', { order: 'ord_unknown' as never }],
    ['reservation', { reservation: 'no uuid' as never }],
  ])('refuses a malformed %s before it waits beside others (%j)', async (field, changes) => {
    const ledger = new LedgerOnCommand();
    const lane = laneOver(ledger);
    const malformed = lane.submit([command('a'), command('b', changes)], soon());
    await expect(malformed).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      fieldProblems: [{ path: `commands/1/${field}`, code: 'MALFORMED' }],
    });
    expect(ledger.calls).toEqual([]);
  });

  it('finds the one at fault among hundreds without asking for each', async () => {
    const ledger = new LedgerOnCommand();
    const lane = laneOver(ledger, { batchCommandsMax: 500, queueCommandsMax: 1_000 });
    const names = Array.from({ length: 400 }, (_, at) => (at === 237 ? 'poison' : `sku-${at}`));
    const all = names.map((name) => lane.submit([command(name)], soon()));
    const settled = await Promise.allSettled(all);
    expect(settled.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([237]);
    expect(ledger.calls.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(400)) + 1);
  });

  it('keeps the order of thousands that wait', async () => {
    const ledger = new LedgerOnCommand({ isOpen: false });
    const lane = laneOver(ledger, { batchCommandsMax: 7, queueCommandsMax: 5_000 });
    const names = Array.from({ length: 3_000 }, (_, at) => `sku-${at}`);
    const all: Promise<LaneAnswer>[] = names.map((name) => lane.submit([command(name)], soon()));
    expect(lane.depth).toBe(3_000);
    ledger.letGo();
    await Promise.all(all);
    expect(ledger.calls.flat()).toEqual(names.map((name) => `blr/${name}`));
    expect(lane.depth).toBe(0);
  });

  it('turns callers away when it is full, and drops those it comes to too late', async () => {
    const ledger = new LedgerOnCommand({ isOpen: false });
    const lane = laneOver(ledger, { queueCommandsMax: 2 });
    const first = lane.submit([command('a')], soon());
    await Promise.resolve();
    const late = lane.submit([command('b')], performance.now() - 1);
    const fits = lane.submit([command('c')], soon());
    await expect(lane.submit([command('d')], soon())).rejects.toMatchObject(busy);
    ledger.letGo();
    await expect(late).rejects.toMatchObject(busy);
    await Promise.all([first, fits]);
    expect(ledger.calls.flat()).toEqual(['blr/a', 'blr/c']);
  });

  it('asks again with the same commands when the outcome is unknown', async () => {
    const ledger = new LedgerOnCommand();
    ledger.failures.push(new OutcomeUnknownError('lost'), new OutcomeUnknownError('lost'));
    const lane = laneOver(ledger);
    const { verdicts, isRepeated } = await lane.submit([command('a')], soon());
    expect(verdicts[0]?.outcome).toBe('CONFIRMED');
    expect(isRepeated).toBe(true);
    expect(ledger.calls).toEqual([['blr/a'], ['blr/a'], ['blr/a']]);
    expect((await lane.submit([command('b')], soon())).isRepeated).toBe(false);
  });

  it('tells those that wait behind an unknown outcome in time that nothing was done', async () => {
    const ledger = new LedgerOnCommand();
    ledger.failures.push(...Array.from({ length: 4 }, () => new OutcomeUnknownError('lost')));
    const lane = laneOver(ledger);
    const first = lane.submit([command('a')], soon());
    await Promise.resolve();
    const startedAt = performance.now();
    await expect(lane.submit([command('b')], startedAt + 50)).rejects.toMatchObject(busy);
    await expect(lane.submit([command('c')], soon())).resolves.toBeDefined();
    await first;
    expect(ledger.calls.flat()).toEqual([...Array.from({ length: 5 }, () => 'blr/a'), 'blr/c']);
  });

  it('says that nobody knows when the deadline passes first', async () => {
    const ledger = new LedgerOnCommand();
    ledger.failures.push(new OutcomeUnknownError('lost'));
    const answer = laneOver(ledger).submit([command('a')], performance.now() + 5);
    await expect(answer).rejects.toBeInstanceOf(OutcomeUnknownError);
  });
});
