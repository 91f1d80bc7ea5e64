import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DomainError } from '@entrepot/kernel';
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
import type { BandStreamLimits } from '../src/api/band-streams.ts';
import { InventoryModule } from '../src/index.ts';
import { india } from './cells-under-test.ts';
import { directory } from './warehouse-surface.ts';

const noCells = { cellFor: () => undefined, find: () => undefined } as unknown as CellDirectory;

class NoTokens extends TokenVerifier {
  verify(): Promise<Principal> {
    return Promise.reject(new DomainError('UNAUTHENTICATED', 'unknown'));
  }
}

/** Looking at goods asks nobody beyond the border. */
class NoBorder extends BorderClient {
  call(): Promise<never> {
    return Promise.reject(new TypeError('no other cell is asked'));
  }

  close(): void {
    // holds nothing open
  }
}

/** One API process of India that listens, over a database that somebody else owns. */
export async function openShopWindow(database: ShopDatabase, streams?: BandStreamLimits) {
  const metrics = new Metrics({ cell: india, process: 'api' });
  const log = new Log({ level: 'error', bound: {} });
  const outside = [
    { provide: ShopDatabase, useValue: database },
    { provide: TokenVerifier, useClass: NoTokens },
    { provide: BorderClient, useClass: NoBorder },
    { provide: Log, useValue: log },
    { provide: Metrics, useValue: metrics },
    { provide: IdempotencyRegister, useValue: new IdempotencyRegister() },
  ];

  @Global()
  @Module({ providers: outside, exports: outside.map(({ provide }) => provide) })
  class Outside {}

  const inventory = InventoryModule.forCell({
    cell: india,
    directory,
    ...(streams !== undefined && { streams }),
  });

  @Module({
    imports: [Outside, inventory],
    providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
  })
  class Surface {}

  const app = await createHttpApp({
    module: Surface,
    home: new HomeCellGuard(india, noCells),
    log,
    metrics,
    corsOrigins: ['https://shop.example'],
    explorers: true,
  });
  await app.listen(0, '127.0.0.1');
  return { app, metrics, origin: await app.getUrl() };
}

export type ShopWindow = Awaited<ReturnType<typeof openShopWindow>>;
