import { randomBytes, randomUUID } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DomainError, newCellId, type SessionId, type StaffId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import {
  AccessGuard,
  BorderClient,
  createHttpApp,
  HomeCellGuard,
  TokenVerifier,
} from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { IdempotencyRegister } from '@entrepot/platform-idempotency';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { InventoryModule, type InventoryOptions } from '../src/index.ts';
import { europe, india } from './cells-under-test.ts';

const warehouses = { [india]: ['blr', 'del'], [europe]: ['rtm'] };
export const directory = {
  cells: Object.entries(warehouses).map(([id, ids]) => ({
    id,
    warehouses: ids.map((id) => ({ id })),
  })),
} as unknown as InventoryOptions['directory'];
const noCells = { cellFor: () => undefined, find: () => undefined } as unknown as CellDirectory;

/** A token is the role of its holder, a dot and their id; what a real one is worth is identity's business. */
class RoleTokens extends TokenVerifier {
  async verify(token: string): Promise<Principal> {
    const [role = '', staffId = ''] = token.split('.');
    if (staffId === '') throw new DomainError('UNAUTHENTICATED', 'unknown');
    return {
      kind: 'staff',
      sessionId: 'ses_in-1_one' as SessionId,
      staffId: staffId as StaffId,
      roles: [role],
      isRestricted: false,
    };
  }
}

/** No order is placed here, so nobody is asked for units. */
class NoBorder extends BorderClient {
  call(): Promise<never> {
    return Promise.reject(new TypeError('the warehouse asks no other cell'));
  }

  close(): void {
    // holds nothing open
  }
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

export interface Sent {
  readonly key?: string | null;
  readonly body?: unknown;
  readonly role?: string;
  /** Who calls; somebody else than the usual one. */
  readonly by?: StaffId;
  readonly method?: 'GET' | 'POST' | 'PUT';
}

/** The warehouse's endpoints of India over a database that somebody else owns. */
export async function openWarehouse(database: ShopDatabase) {
  const fingerprintKey = randomBytes(32);
  const log = new Log({ level: 'error', bound: {} });
  const metrics = new Metrics({ cell: india, process: 'api' });
  const outside = [
    { provide: ShopDatabase, useValue: database },
    { provide: TokenVerifier, useClass: RoleTokens },
    { provide: BorderClient, useClass: NoBorder },
    { provide: Log, useValue: log },
    { provide: Metrics, useValue: metrics },
    {
      provide: IdempotencyRegister,
      useValue: new IdempotencyRegister({ key: () => fingerprintKey }),
    },
  ];

  @Global()
  @Module({ providers: outside, exports: outside.map(({ provide }) => provide) })
  class Outside {}

  @Module({
    imports: [Outside, InventoryModule.forCell({ cell: india, directory })],
    providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
  })
  class Surface {}

  const app = await createHttpApp({
    module: Surface,
    home: new HomeCellGuard(india, noCells),
    log,
    metrics,
    corsOrigins: [],
    explorers: true,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const staffId = newCellId('staff', india);

  /** Calls `/admin/v1/stock/<path>`; a key of its own unless one is named, none for null. */
  async function call<Body = Record<string, unknown>>(
    path: string,
    { key = randomUUID(), body, role = 'warehouse', by = staffId, method }: Sent = {},
  ): Promise<Answer<Body>> {
    const answer = await app.inject({
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      url: `/admin/v1/stock/${path}`,
      headers: {
        authorization: `Bearer ${role}.${by}`,
        ...(key !== null && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { payload: body as object }),
    });
    return { status: answer.statusCode, body: answer.json<Body>() };
  }
  return { app, call, staffId };
}

export type Warehouse = Awaited<ReturnType<typeof openWarehouse>>;
