import { appendFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Transform } from 'node:stream';

import { linkFlows, LinkWay } from './link-way.ts';
import type { LinkFlow, LinkSilence } from './link-way.ts';

const connectTimeoutMs = 2_000;

export interface FaultProxyOptions {
  /** Of a crossing as in `crossings.ts`; else `<cell>.<what it leads to>`, `in-1.payments`. */
  readonly name: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Ports on loopback, used in turn; one that refuses is passed over. */
  readonly targets: readonly number[];
}

/** A part of what went through a connection of a link, as it was. */
export interface RecordedChunk {
  readonly link: string;
  readonly connection: number;
  readonly flow: LinkFlow;
  readonly hex: string;
}

/**
 * A TCP relay that can be cut: everything that crosses a border in the native stack goes through one,
 * so that a drill can part two cells without privileges. While cut, present connections are reset
 * and new ones refused, as on a link that is down with the far host known to be unreachable. Either way
 * can fall silent or be slow by itself.
 */
export class FaultProxy {
  private readonly sockets = new Set<Socket>();
  private isCutNow = false;
  private readonly ways: Readonly<Record<LinkFlow, LinkWay>> = {
    sent: new LinkWay(),
    received: new LinkWay(),
  };
  private turn = 0;
  private opened = 0;
  private file: string | undefined;

  private constructor(
    readonly name: string,
    private readonly server: Server,
    private readonly targets: readonly number[],
  ) {}

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(options.name, server, options.targets);
    server.on('connection', (socket) => void proxy.relay(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: options.port }, resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get isCut(): boolean {
    return this.isCutNow;
  }

  /** Milliseconds by which every byte is held back. */
  delayOf(flow: LinkFlow): number {
    return this.ways[flow].delayMs;
  }

  silenceOf(flow: LinkFlow): LinkSilence | undefined {
    return this.ways[flow].silence;
  }

  cut(): void {
    this.isCutNow = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  heal(): void {
    this.isCutNow = false;
    for (const way of Object.values(this.ways)) {
      way.delayMs = 0;
      way.heal();
    }
  }

  /** Holds back every byte that goes these ways by `delayMs`. */
  delay(delayMs: number, flows: readonly LinkFlow[] = linkFlows): void {
    for (const flow of flows) this.ways[flow].delayMs = delayMs;
  }

  /** Lets nothing through one way, while the other stays as it is. */
  silence(flow: LinkFlow, how: LinkSilence): void {
    this.ways[flow].fallSilent(how);
  }

  /**
   * Writes down what goes through each connection opened from now on, a line of JSON for each chunk, until it is told of
   * no file. Connections that are open are reset each time: each is recorded from its first byte, and none any longer.
   */
  record(file: string | undefined): void {
    this.file = file;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private async relay(near: Socket): Promise<void> {
    this.track(near);
    // Either side may vanish at any time; the close handlers below end the other one.
    near.on('error', () => near.destroy());
    if (this.isCutNow) {
      near.resetAndDestroy();
      return;
    }
    const far = await this.connectToTarget();
    if (far === undefined || this.isCut || near.destroyed) {
      far?.destroy();
      near.resetAndDestroy();
      return;
    }
    far.on('error', () => far.destroy());
    this.tap(near, far);
    const reset = () => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    this.join(near, far, this.ways.sent.line(reset));
    this.join(far, near, this.ways.received.line(reset));
  }

  private tap(near: Socket, far: Socket): void {
    const { file, name: link } = this;
    if (file === undefined) return;
    this.opened += 1;
    const of = { link, connection: this.opened };
    const write = (flow: RecordedChunk['flow']) => (chunk: Buffer) => {
      const recorded: RecordedChunk = { ...of, flow, hex: chunk.toString('hex') };
      appendFileSync(file, `${JSON.stringify(recorded)}\n`, { mode: 0o600 });
    };
    near.on('data', write('sent'));
    far.on('data', write('received'));
  }

  private join(from: Socket, to: Socket, line: Transform): void {
    from.pipe(line).pipe(to);
    // A side that ends in order is passed on by the pipe, after its last byte. One that breaks is not: what it has said
    // arrives, however long that takes, and then the other side breaks too.
    from.once('close', () => {
      if (from.readableEnded) return;
      line.once('end', () => to.destroySoon());
      line.end();
    });
  }

  private async connectToTarget(): Promise<Socket | undefined> {
    for (let tried = 0; tried < this.targets.length; tried += 1) {
      const port = this.targets[this.turn % this.targets.length];
      this.turn += 1;
      const socket = port === undefined ? undefined : await this.tryConnect(port);
      if (socket !== undefined) return socket;
    }
    return undefined;
  }

  private tryConnect(port: number): Promise<Socket | undefined> {
    return new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true });
      this.track(socket);
      const giveUp = () => {
        socket.destroy();
        resolve(undefined);
      };
      const timer = setTimeout(giveUp, connectTimeoutMs);
      socket.once('error', giveUp);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', giveUp);
        resolve(socket);
      });
      socket.once('close', () => clearTimeout(timer));
    });
  }
}
