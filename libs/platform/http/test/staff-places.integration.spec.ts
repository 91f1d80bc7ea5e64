import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '@entrepot/contracts/api/problem';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { twoCells } from './two-cells.ts';

describe('the places of staff', () => {
  let office: Surface;
  beforeAll(async () => {
    office = await openSurface(twoCells(), { staffPlaces: { atOnceMax: 2, waitingMax: 1 } });
    await office.app.listen(0, '127.0.0.1');
  });
  afterAll(() => office.app.close());

  const headers = { authorization: 'Bearer merchandiser' };
  const staffUrl = '/admin/v1/things';
  /** Enough for the server to see that a connection has begun or ended. */
  const seenLeavingMs = 100;
  const ask = () => office.app.inject({ method: 'GET', url: staffUrl, headers });
  async function untilAtWork(count: number): Promise<void> {
    while (office.staffThings.atWork !== count) await setImmediate();
  }

  it('are few: the next one waits, one more is refused, and shoppers are answered', async () => {
    const answers = [ask(), ask()];
    await untilAtWork(2);
    answers.push(ask());
    await setImmediate();
    const refused = await ask();
    expect(refused.statusCode).toBe(503);
    expect(problem.parse(refused.json()).code).toBe('UNAVAILABLE');
    expect(refused.headers['retry-after']).toBe('1');
    const shopper = await office.app.inject({ method: 'GET', url: '/v1/things' });
    expect(shopper.statusCode).toBe(200);
    expect(office.staffThings.atWork).toBe(2);
    office.staffThings.answerOne();
    await answers[0];
    await untilAtWork(2);
    office.staffThings.answerOne();
    office.staffThings.answerOne();
    const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode);
    expect(statuses).toEqual([200, 200, 200]);
  });

  const staffRequest = `GET ${staffUrl} HTTP/1.1\r\nhost: in-1\r\nauthorization: Bearer merchandiser\r\n\r\n`;
  /** Asks on a connection of its own, which can be cut. */
  function call(): Socket {
    const { port } = office.app.getHttpServer().address() as AddressInfo;
    const caller = connect(port, '127.0.0.1');
    caller.write(staffRequest);
    return caller;
  }

  it('are not for strangers, who are told so at once', async () => {
    const answers = [ask(), ask()];
    await untilAtWork(2);
    const stranger = () => office.app.inject({ method: 'GET', url: staffUrl });
    const told = await Promise.all([stranger(), stranger(), stranger()]);
    expect(told.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    office.staffThings.answerOne();
    office.staffThings.answerOne();
    await Promise.all(answers);
  });

  it('are held until the work has ended, also when the caller left', async () => {
    const callers = [call(), call()];
    await untilAtWork(2);
    const waiting = ask();
    for (const caller of callers) caller.destroy();
    await sleep(seenLeavingMs);
    expect(office.staffThings.atWork).toBe(2);
    office.staffThings.answerOne();
    office.staffThings.answerOne();
    await untilAtWork(1);
    office.staffThings.answerOne();
    expect((await waiting).statusCode).toBe(200);
  });

  it('are not for whoever left while waiting for one', async () => {
    const answers = [ask(), ask()];
    await untilAtWork(2);
    const caller = call();
    await sleep(seenLeavingMs);
    expect((await ask()).statusCode).toBe(503);
    caller.destroy();
    await sleep(seenLeavingMs);
    office.staffThings.answerOne();
    office.staffThings.answerOne();
    await Promise.all(answers);
    await setImmediate();
    expect(office.staffThings.atWork).toBe(0);
    const next = ask();
    await untilAtWork(1);
    office.staffThings.answerOne();
    expect((await next).statusCode).toBe(200);
  });
});
