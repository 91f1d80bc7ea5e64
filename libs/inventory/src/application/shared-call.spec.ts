import { describe, expect, it } from '@jest/globals';
import { SharedCall } from './shared-call.ts';

/** Answers each call with its items when it is told to. */
class Counterpart {
  readonly calls: (readonly string[])[] = [];
  private readonly waiting: PromiseWithResolvers<readonly string[]>[] = [];

  readonly call = (items: readonly string[]): Promise<readonly string[]> => {
    this.calls.push(items);
    const answer = Promise.withResolvers<readonly string[]>();
    this.waiting.push(answer);
    return answer.promise;
  };

  answer(call: number): void {
    this.waiting[call]?.resolve(this.calls[call] ?? []);
  }

  fail(call: number): void {
    this.waiting[call]?.reject(new Error(`call ${call} failed`));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a call that is shared', () => {
  it('carries what came before it began, and leaves the rest to the next', async () => {
    const counterpart = new Counterpart();
    const shared = new SharedCall(counterpart.call);
    const early = [shared.with('a', 'b'), shared.with('c')];
    await turn();
    const late = [shared.with('d'), shared.with(), shared.with('e')];
    await turn();
    expect(counterpart.calls).toEqual([['a', 'b', 'c']]);
    counterpart.answer(0);
    expect(await Promise.all(early)).toEqual(early.map(() => ['a', 'b', 'c']));
    await turn();
    expect(counterpart.calls.slice(1)).toEqual([['d', 'e']]);
    counterpart.answer(1);
    expect(await Promise.all(late)).toEqual(late.map(() => ['d', 'e']));
  });

  it('fails for those whose items it carried, and for nobody else', async () => {
    const counterpart = new Counterpart();
    const shared = new SharedCall(counterpart.call);
    const first = shared.with('a');
    await turn();
    const second = shared.with('b');
    counterpart.fail(0);
    await expect(first).rejects.toThrow('call 0 failed');
    await turn();
    counterpart.answer(1);
    expect(await second).toEqual(['b']);
  });
});
