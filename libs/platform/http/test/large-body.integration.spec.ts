import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { twoCells } from './two-cells.ts';

const mebibyte = 1024 * 1024;
/** Between the first part of a request and the last. */
const pauseMs = 300;
const head = [
  ...['POST /v1/things HTTP/1.1', 'host: in-1.localhost', 'entrepot-residence: IN'],
  'content-type: application/json',
].join('\r\n');
const announced = (bytes: number): string => `${head}\r\ncontent-length: ${bytes}\r\n\r\n`;
const chunk = `${mebibyte.toString(16)}\r\n${'x'.repeat(mebibyte)}\r\n`;

let surface: Surface;
beforeAll(async () => {
  surface = await openSurface(twoCells());
  await surface.app.listen(0, '127.0.0.1');
});
afterAll(() => surface.app.close());

interface Heard {
  readonly status: string;
  /** Whether something was said before the last part was sent. */
  readonly isEarly: boolean;
  readonly afterMs: number;
}

async function heard(first: string, last = ''): Promise<Heard> {
  const { port } = surface.app.getHttpServer().address() as AddressInfo;
  const began = performance.now();
  const socket = connect(port, '127.0.0.1');
  const isOver = new Promise((resolve) => socket.on('close', resolve));
  let said = '';
  socket.on('data', (bytes) => (said += bytes.toString()));
  // what is cut off in the middle of writing ends with an error, and then with its end
  socket.on('error', () => undefined);
  socket.write(first);
  if (last !== '') await sleep(pauseMs);
  const isEarly = said !== '';
  socket.write(last);
  await isOver;
  return { status: said.slice(9, 12), isEarly, afterMs: performance.now() - began };
}

describe('a body that is too large', () => {
  it.each([
    ['announced', announced(3 * mebibyte) + 'x'.repeat(2 * mebibyte), 'x'.repeat(mebibyte)],
    ['not announced', `${head}\r\ntransfer-encoding: chunked\r\n\r\n${chunk}${chunk}`, '0\r\n\r\n'],
  ])('and %s is read to its end before it is refused', async (_, first, last) => {
    expect(await heard(first, last)).toMatchObject({ status: '413', isEarly: false });
  });

  it('and does not come is waited for two seconds, and its connection ends', async () => {
    const answer = await heard(announced(1024 * mebibyte));
    expect(answer.status).toBe('413');
    expect(answer.afterMs).toBeGreaterThan(1_900);
    expect(answer.afterMs).toBeLessThan(10_000);
  });

  it('is not read beyond four mebibytes', async () => {
    const part = 'x'.repeat(5 * mebibyte);
    expect(await heard(announced(6 * mebibyte) + part, 'x')).toMatchObject({ isEarly: true });
  });
});
