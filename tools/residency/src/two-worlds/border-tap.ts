// Loaded into a border process before its own code, by whoever compares two worlds, and by nobody else: writes down
// what goes through each TLS connection that the process opens, before it is encrypted and after it is opened.
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TappedChunk } from './read-http.ts';

interface Written {
  readonly chunk: string | Buffer;
  readonly encoding: BufferEncoding;
}
type WriteGeneric = (
  this: Socket,
  isVector: boolean,
  data: unknown,
  encoding: BufferEncoding,
  done: unknown,
) => unknown;

type Push = (this: Socket, chunk: unknown, encoding?: BufferEncoding) => boolean;

/** Both `write` and `cork` end here (lib/net.js of Node 24). */
const prototype = Socket.prototype as unknown as {
  _writeGeneric: WriteGeneric;
  push: Push;
};
const write = prototype._writeGeneric;
if (typeof write !== 'function') throw new TypeError('this release of Node writes elsewhere');

const connections = new WeakMap<Socket, number>();
let opened = 0;
const file = process.env['BORDER_TAP_FILE'] ?? '';
const cell = process.env['ENTREPOT_CELL'] ?? '';

function record(socket: TLSSocket, flow: TappedChunk['flow'], bytes: Buffer): void {
  const connection = connections.get(socket) ?? (opened += 1);
  connections.set(socket, connection);
  const chunk: TappedChunk = { cell, connection, flow, hex: bytes.toString('hex') };
  appendFileSync(file, `${JSON.stringify(chunk)}\n`, { mode: 0o600 });
}

/** Those who are called are tapped at their callers. */
const isOfCaller = (socket: Socket): socket is TLSSocket =>
  socket instanceof TLSSocket && (socket as unknown as { server?: unknown }).server === undefined;

const bytesOf = (chunk: unknown, encoding: BufferEncoding): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk as Uint8Array);

prototype._writeGeneric = function tapped(isVector, data, encoding, done) {
  // while it connects a socket keeps the data and comes here once more
  if (isOfCaller(this) && !this.connecting) {
    const parts = isVector ? (data as Written[]) : [{ chunk: data, encoding }];
    record(this, 'sent', Buffer.concat(parts.map((part) => bytesOf(part.chunk, part.encoding))));
  }
  return write.call(this, isVector, data, encoding, done);
};

const push = prototype.push;
/** What a socket has read goes to its reader through here; null is its end. */
prototype.push = function tapped(chunk, encoding) {
  if (isOfCaller(this) && chunk !== null) {
    record(this, 'received', bytesOf(chunk, encoding ?? 'utf8'));
  }
  return push.call(this, chunk, encoding);
};
