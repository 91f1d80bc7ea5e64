import { describe, expect, it } from '@jest/globals';
import type { CellBooks, OpenOrder } from '../src/cell-books.ts';
import { Chaos, FaultInjector } from '../src/chaos.ts';

class RecordingFaults extends FaultInjector {
  readonly log: string[] = [];

  async kill(service: string, signal: NodeJS.Signals): Promise<void> {
    this.log.push(`${signal} ${service}`);
  }

  async cutBorder(isCut: boolean): Promise<void> {
    this.log.push(isCut ? 'cut' : 'heal');
  }

  async breakProvider(kind: string | false): Promise<void> {
    this.log.push(kind === false ? 'provider mended' : `provider ${kind}`);
  }

  async untilWhole(): Promise<void> {
    this.log.push('whole');
  }
}

const booksOf = (cell: string, open: readonly OpenOrder[]): CellBooks =>
  ({ cell, openOrders: async () => open }) as unknown as CellBooks;
const reserving: OpenOrder = { status: 'placing', payment: null, hasStock: false };

describe('Chaos', () => {
  const begin = (firesPerKind: number) => {
    const faults = new RecordingFaults();
    const chaos = new Chaos({
      kinds: ['kill-worker', 'kill-api'],
      firesPerKind,
      apiProcesses: 2,
      books: [booksOf('in-1', [reserving]), booksOf('eu-1', [reserving])],
      faults,
    });
    return { chaos, faults };
  };

  it('strikes only where a checkout is under way, and notes at which step', async () => {
    const { chaos, faults } = begin(1);
    chaos.note('eu-1', 1);
    await chaos.run();
    expect(faults.log).toEqual([
      'SIGKILL eu-1 worker',
      'whole',
      'SIGKILL eu-1 api-1',
      'whole',
      'provider mended',
    ]);
    expect(chaos.matrix).toEqual({
      'kill-worker': { fired: 1, at: { reserve: 1 } },
      'kill-api': { fired: 1, at: { reserve: 1 } },
    });
  });

  it('takes turns between cells that both have checkouts', async () => {
    const { chaos, faults } = begin(1);
    chaos.note('eu-1', 1);
    chaos.note('in-1', 1);
    await chaos.run();
    expect(faults.log.filter((line) => line.startsWith('SIG'))).toEqual([
      'SIGKILL in-1 worker',
      'SIGKILL eu-1 api-1',
    ]);
  });

  it('holds orders back until their share of the faults was fired, and lets them go at the end', async () => {
    const { chaos } = begin(10);
    await chaos.admit(0, 100);
    let isAdmitted = false;
    const late = chaos.admit(99, 100).then(() => (isAdmitted = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isAdmitted).toBe(false);
    chaos.stop();
    await late;
    expect(isAdmitted).toBe(true);
  });
});
