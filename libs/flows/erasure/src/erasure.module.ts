import { Module } from '@nestjs/common';
import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { CellId } from '@entrepot/kernel';
import { ErasureRequestsController } from './api/erasure-requests.controller.ts';
import { ApproveErasure } from './application/approve-erasure.ts';
import { ErasureSettings } from './application/erasure-settings.ts';
import { PersonalDataOwners } from './application/personal-data-owners.ts';
import { PurgeRestored } from './application/purge-restored.ts';
import { ReadErasures } from './application/read-erasures.ts';
import { RequestErasure } from './application/request-erasure.ts';
import { RunErasures } from './application/run-erasures.ts';

export interface ErasureOptions {
  readonly cell: CellId;
  /** The module of identity, where it is not global. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
}

/**
 * Forgetting a person. Needs privacy and identity; finds every PersonalDataOwner of the process by
 * itself.
 */
@Module({})
export class ErasureModule {
  /** For API processes: asking and approving. */
  static forApi({ cell, imports = [] }: ErasureOptions): DynamicModule {
    return {
      module: ErasureModule,
      imports: [DiscoveryModule, ...imports],
      controllers: [ErasureRequestsController],
      providers: [
        { provide: ErasureSettings, useValue: new ErasureSettings(cell) },
        ApproveErasure,
        PersonalDataOwners,
        ReadErasures,
        RequestErasure,
      ],
    };
  }

  /** For workers: carrying it out. */
  static forWorker(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ErasureModule,
      imports: [DiscoveryModule, ...imports],
      providers: [PersonalDataOwners, PurgeRestored, RunErasures],
      exports: [PersonalDataOwners, PurgeRestored, RunErasures],
    };
  }
}
