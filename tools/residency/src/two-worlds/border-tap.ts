// Loaded into a border process before its own code, by whoever compares two worlds, and by nobody else: writes down
// what the process puts into each TLS connection, as it is before it is encrypted.
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

/** Both `write` and `cork` end here (lib/net.js of Node 24). */
const prototype = Socket.prototype as unknown as { _writeGeneric: WriteGeneric };
const write = prototype._writeGeneric;
if (typeof write !== 'function') throw new TypeError('this release of Node writes elsewhere');

const connections = new WeakMap<Socket, number>();
let opened = 0;
const file = process.env['BORDER_TAP_FILE'] ?? '';
const cell = process.env['ENTREPOT_CELL'] ?? '';

function record(socket: TLSSocket, bytes: Buffer): void {
  const connection = connections.get(socket) ?? (opened += 1);
  connections.set(socket, connection);
  const isAnswerer = (socket as unknown as { server?: unknown }).server !== undefined;
  const side = isAnswerer ? 'answerer' : 'caller';
  const chunk: TappedChunk = { cell, connection, side, hex: bytes.toString('hex') };
  appendFileSync(file, `${JSON.stringify(chunk)}\n`, { mode: 0o600 });
}

const bytesOf = (chunk: unknown, encoding: BufferEncoding): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk as Uint8Array);

prototype._writeGeneric = function tapped(isVector, data, encoding, done) {
  // while it connects a socket keeps the data and comes here once more
  if (this instanceof TLSSocket && !this.connecting) {
    const parts = isVector ? (data as Written[]) : [{ chunk: data, encoding }];
    record(this, Buffer.concat(parts.map((part) => bytesOf(part.chunk, part.encoding))));
  }
  return write.call(this, isVector, data, encoding, done);
};
