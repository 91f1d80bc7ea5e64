import { describe, expect, it } from '@jest/globals';
import { OutcomeUnknownError, type OrderId } from '@entrepot/kernel';
import type { Command } from '../domain/commands.ts';
import { poolIdOf } from '../domain/pool.ts';
import type { ReservationId } from '../domain/reservation.ts';
import { Lane } from './lane.ts';
import { StockLedger, type LedgerAnswer } from './stock-ledger.ts';

const command = (name: string): Command => ({
  kind: 'confirm',
  pool: poolIdOf('blr', name),
  reservation: name as ReservationId,
  order: name as OrderId,
  quantity: 1,
});

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
    const all = ['a', 'b', 'c', 'd', 'e', 'f'].map(command);
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

  it('turns callers away when it is full, and drops those it comes to too late', async () => {
    const ledger = new LedgerOnCommand({ isOpen: false });
    const lane = laneOver(ledger, { queueCommandsMax: 2 });
    const first = lane.submit([command('a')], soon());
    await Promise.resolve();
    const late = lane.submit([command('b')], performance.now() - 1);
    const fits = lane.submit([command('c')], soon());
    await expect(lane.submit([command('d')], soon())).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    ledger.letGo();
    await expect(late).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await Promise.all([first, fits]);
    expect(ledger.calls.flat()).toEqual(['blr/a', 'blr/c']);
  });

  it('asks again with the same commands when the outcome is unknown', async () => {
    const ledger = new LedgerOnCommand();
    ledger.failures.push(new OutcomeUnknownError('lost'), new OutcomeUnknownError('lost'));
    const { verdicts } = await laneOver(ledger).submit([command('a')], soon());
    expect(verdicts[0]?.outcome).toBe('CONFIRMED');
    expect(ledger.calls).toEqual([['blr/a'], ['blr/a'], ['blr/a']]);
  });

  it('says that nobody knows when the deadline passes first', async () => {
    const ledger = new LedgerOnCommand();
    ledger.failures.push(new OutcomeUnknownError('lost'));
    const answer = laneOver(ledger).submit([command('a')], performance.now() + 5);
    await expect(answer).rejects.toBeInstanceOf(OutcomeUnknownError);
  });
});
