import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FaultProxy } from '@entrepot/stack';
import type { RecordedChunk } from '@entrepot/stack';
import { testFolder } from '@entrepot/testing';

/** Answers every connection with its name when the client has said all it has to say. */
async function startNamed(name: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('end', () => socket.end(`${name}:${heard}`));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function dial(port: number): Socket {
  return connect({ host: '127.0.0.1', port, allowHalfOpen: true });
}

/** Says something and resolves to the whole answer; rejects when the connection breaks. */
async function ask(port: number, text: string): Promise<string> {
  const socket = dial(port);
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('a fault proxy', () => {
  let servers: Server[] = [];
  let proxy: FaultProxy;

  beforeEach(async () => {
    servers = [await startNamed('a'), await startNamed('b')];
    const targets = servers.map(portOf);
    proxy = await FaultProxy.start({ name: 'test', port: 0, targets: targets.slice(0, 1) });
  });
  afterEach(async () => {
    await proxy.close();
    for (const server of servers) server.close();
  });

  it('passes on every byte, the last ones after the other side has finished', async () => {
    const long = 'x'.repeat(1_000_000);
    const answer = await ask(proxy.port, long);
    expect(answer.length).toBe(long.length + 2);
  });

  it('breaks what is open and refuses what is new while cut', async () => {
    const open = dial(proxy.port);
    await once(open, 'connect');
    open.write('half');
    const broken = once(open, 'error');
    // The far side must have been reached, or the cut would meet a connection still being made.
    await ask(proxy.port, 'settled');
    proxy.cut();
    expect(((await broken) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
    await expect(ask(proxy.port, 'new')).rejects.toThrow();
    proxy.heal();
    expect(await ask(proxy.port, 'again')).toBe('a:again');
  });

  it('keeps the order of what it holds back', async () => {
    proxy.delay(30);
    const socket = dial(proxy.port);
    for (const word of ['one ', 'two ', 'three']) {
      socket.write(word);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.end();
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('a:one two three');
  });

  it('holds a long answer back once, not for each of its pieces', async () => {
    proxy.delay(100, ['received']);
    const startedAt = performance.now();
    const long = 'x'.repeat(3_000_000);
    expect((await ask(proxy.port, long)).length).toBe(long.length + 2);
    const took = performance.now() - startedAt;
    expect(took).toBeGreaterThanOrEqual(100);
    expect(took).toBeLessThan(3_000);
  });

  it('holds what is said one way until it is healed, and lets the other way pass', async () => {
    proxy.silence('received', 'hold');
    const asked = ask(proxy.port, 'held');
    const first = await Promise.race([asked, sleep(200, 'nothing')]);
    expect(first).toBe('nothing');
    proxy.heal();
    expect(await asked).toBe('a:held');
  });

  it('ends a connection on which something is said the way that is dropped', async () => {
    const heard = once(servers[0] as Server, 'connection').then(async ([socket]) => {
      const [chunk] = (await once(socket as Socket, 'data')) as [Buffer];
      return chunk.toString();
    });
    proxy.silence('received', 'drop');
    await expect(ask(proxy.port, 'heard')).rejects.toThrow();
    expect(await heard).toBe('heard');
    proxy.silence('sent', 'drop');
    await expect(ask(proxy.port, 'not heard')).rejects.toThrow();
    proxy.heal();
    expect(await ask(proxy.port, 'again')).toBe('a:again');
  });

  it('delivers what was said by whoever has gone since', async () => {
    proxy.delay(100);
    const heard = once(servers[0] as Server, 'connection').then(async ([socket]) => {
      const [chunk] = (await once(socket as Socket, 'data')) as [Buffer];
      return chunk.toString();
    });
    const socket = dial(proxy.port);
    await once(socket, 'connect');
    await new Promise<void>((resolve) => socket.write('last words', () => resolve()));
    // long enough for the words to reach the relay, and shorter than the delay
    await sleep(30);
    socket.destroy();
    expect(await heard).toBe('last words');
  });

  it('tells how each way is', () => {
    proxy.delay(20, ['sent']);
    proxy.silence('received', 'hold');
    const state = () => [
      proxy.delayOf('sent'),
      proxy.delayOf('received'),
      proxy.silenceOf('sent'),
      proxy.silenceOf('received'),
    ];
    expect(state()).toEqual([20, 0, undefined, 'hold']);
    proxy.heal();
    expect(state()).toEqual([0, 0, undefined, undefined]);
  });

  it('writes down both ways of each connection from its first byte on, until it is told to stop', async () => {
    const file = join(testFolder('link-record'), 'record');
    const open = dial(proxy.port);
    await once(open, 'connect');
    const broken = once(open, 'error');
    open.write('half ');
    await ask(proxy.port, 'unrecorded');
    proxy.record(file);
    await broken;
    expect(await ask(proxy.port, 'one')).toBe('a:one');
    expect(await ask(proxy.port, 'two')).toBe('a:two');
    proxy.record(undefined);
    await ask(proxy.port, 'three');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const chunks = lines.map((line) => JSON.parse(line) as RecordedChunk);
    const said = (connection: number, flow: RecordedChunk['flow']) =>
      chunks
        .filter((of) => of.connection === connection && of.flow === flow)
        .map(({ hex }) => Buffer.from(hex, 'hex').toString())
        .join('');
    expect([1, 2].map((n) => [said(n, 'sent'), said(n, 'received')])).toEqual([
      ['one', 'a:one'],
      ['two', 'a:two'],
    ]);
    expect(new Set(chunks.map(({ link, connection }) => `${link} ${connection}`)).size).toBe(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('takes several targets in turn and passes over one that is gone', async () => {
    const both = await FaultProxy.start({ name: 'origin', port: 0, targets: servers.map(portOf) });
    try {
      const answers = [await ask(both.port, '1'), await ask(both.port, '2')];
      expect(answers.toSorted()).toEqual(['a:1', 'b:2']);
      servers[0]?.close();
      await once(servers[0] as Server, 'close');
      expect(await ask(both.port, '3')).toBe('b:3');
      expect(await ask(both.port, '4')).toBe('b:4');
    } finally {
      await both.close();
    }
  });
});
