import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { AgentOptions } from 'node:https';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { inspectCellCall } from '@entrepot/platform-egress';
import { callJson } from './json-call.ts';
import type { CallRequest } from './json-call.ts';

/** The other cell did not answer in time, or something that is not that cell answered. */
export class PeerUnreachableError extends Error {
  override readonly name = 'PeerUnreachableError';
}

/** The other cell answered with a problem; whether it acted, its code says. */
export class PeerRefusedError extends Error {
  override readonly name = 'PeerRefusedError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`the other cell answered ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

export interface CellCall extends CallRequest {
  readonly cell: CellId;
  readonly path: `/cell/v1/${string}`;
}

/**
 * Calls another cell's /cell/v1. Throws `PeerUnreachableError` (it may or may not have acted),
 * `PeerRefusedError`, or `CrossingRefusedError` before anything is sent. The answer is input like any other: parse it.
 */
export abstract class CellClient {
  abstract call(call: CellCall): Promise<unknown>;
  abstract close(): void;
}

export interface TlsIdentity {
  readonly key: string;
  readonly certificate: string;
}

/** Speaks mutual TLS; takes from a cell exactly the certificate that the directory pins for it. */
export class MutualTlsCellClient extends CellClient {
  private readonly directory: CellDirectory;
  private readonly identity: TlsIdentity;
  private readonly makeAgent: (options: AgentOptions) => Agent;
  private readonly agents = new Map<CellId, Agent>();

  /** `makeAgent` is the process's way out, which refuses hosts and addresses that no cell has. */
  constructor(
    directory: CellDirectory,
    identity: TlsIdentity,
    makeAgent: (options: AgentOptions) => Agent = (options) => new Agent(options),
  ) {
    super();
    this.directory = directory;
    this.identity = identity;
    this.makeAgent = makeAgent;
  }

  async call(call: CellCall): Promise<unknown> {
    inspectCellCall({}, call.body);
    const { cellOrigin } = this.directory.get(call.cell);
    const answer = await callJson(new URL(cellOrigin), call, {
      agent: this.agentFor(call.cell),
    }).catch((cause: unknown) => {
      throw new PeerUnreachableError(`cell ${call.cell} did not answer`, { cause });
    });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new PeerRefusedError(answer.status, codeOf(answer.body));
  }

  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  private agentFor(cell: CellId): Agent {
    const known = this.agents.get(cell);
    if (known !== undefined) return known;
    const pinned = new X509Certificate(this.directory.get(cell).cellCertificatePem);
    const agent = this.makeAgent({
      keepAlive: true,
      maxSockets: 16,
      key: this.identity.key,
      cert: this.identity.certificate,
      ca: pinned.toString(),
      minVersion: 'TLSv1.3',
      // the certificate is pinned, so its name says nothing; anything but this one is refused
      checkServerIdentity: (_host, { raw }) =>
        pinned.raw.equals(raw) ? undefined : new Error('this is not the pinned certificate'),
    });
    this.agents.set(cell, agent);
    return agent;
  }
}

/** The code of a problem; a peer's text is not passed on. */
export function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('code' in body)) return 'UNKNOWN';
  return typeof body.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(body.code)
    ? body.code
    : 'UNKNOWN';
}
