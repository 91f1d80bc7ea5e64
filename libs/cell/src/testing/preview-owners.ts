import { AbsentSharedCache } from '@entrepot/platform-cache';
import { PersonalDataOwner } from '@entrepot/kernel';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { WorkerModule } from '../bootstrap-worker.ts';
import type { CellDatabases } from '../databases.ts';
import { Readiness } from '../readiness.ts';
import type { RegionProfile } from '../region-profile.ts';
import { configOf, contextOf } from './preview-api.ts';

/** The tables that a region's worker can erase a person from, as the owners it holds declare them. */
export async function previewErasedTables(region: RegionProfile): Promise<string[]> {
  const context = contextOf(region);
  const parts = {
    databases: {} as CellDatabases,
    cache: new AbsentSharedCache(),
    readiness: new Readiness(context.cell.id, []),
    config: {
      ...configOf(context),
      recipients: {
        mail: { url: 'http://127.0.0.1:9', certificateFile: '' },
        payments: { url: 'http://127.0.0.1:9', certificateFile: '' },
      },
      ...{
        erasure: { coolingOffHours: 0, evidence: 'noted' as const },
        canary: { isOn: false },
        demo: { peopleFile: undefined },
      },
    },
  };
  const app = await NestFactory.createApplicationContext(WorkerModule.forCell(context, parts), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  const modules = [...app.get(ModulesContainer).values()];
  const tokens = new Set(modules.flatMap(({ providers }) => [...providers.keys()]));
  await app.close();
  return [...tokens].filter(isOwner).flatMap((Owner) => new Owner().tables);
}

/** An owner's constructor only keeps what it is given, so it can be made with nothing. */
function isOwner(token: unknown): token is new () => PersonalDataOwner {
  return typeof token === 'function' && token.prototype instanceof PersonalDataOwner;
}
