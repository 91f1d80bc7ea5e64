import { PgPasskeyWitness } from '@entrepot/identity';
import { loadEraserConfig } from '@entrepot/platform-config';
import type { EraserConfig } from '@entrepot/platform-config';
import { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import { relyingPartyOf } from '@entrepot/platform-webauthn';
import { openEraser, openErasureJournal, requireKeyDriver } from '@entrepot/privacy';
import type { Eraser } from '@entrepot/privacy';
import { readMarkers } from './database-markers.ts';
import { databaseProbe } from './databases.ts';
import { KmsEndpoint } from './kms-endpoint.ts';
import { serveObservability } from './observability.ts';
import {
  clientName,
  openContext,
  refuseDemo,
  refuseWrongWiring,
  runProcess,
} from './process-context.ts';
import { quarantineProbe, refuseQuarantine } from './quarantine.ts';
import { Readiness } from './readiness.ts';
import type { RegionProfile } from './region-profile.ts';
import { endOnSignal } from './shutdown.ts';
import { UpkeepReport } from './upkeep-report.ts';
import { Upkeep } from './upkeep.ts';

const destroyKeysEveryMs = 2_000;
const retireEpochsEveryMs = 5_000;
const signCertificatesEveryMs = 2_000;
const tryEndedKeysEveryMs = 1_000;
const endCohortsEveryMs = 60_000;
const connectionsMax = 2;

/** Starts the eraser of a cell: the only process whose credentials can end a person's key. */
export const bootstrapEraser = (region: RegionProfile): Promise<void> =>
  runProcess(() => startEraser(region, loadEraserConfig()));

async function startEraser(region: RegionProfile, config: EraserConfig): Promise<void> {
  const context = openContext('eraser', region, config.process);
  const { log, directory, cell } = context;
  await refuseDemo(context, {
    files: [],
    secrets: {
      ENTREPOT_SHOP_DATABASE_URL: config.shop.url,
      ENTREPOT_VAULT_DATABASE_URL: config.vault.url,
      ENTREPOT_KMS_SECRET_ACCESS_KEY: config.kms.secretAccessKey,
    },
    kmsEndpoint: config.kms.endpoint,
  });
  const pool = { connectionsMax, applicationName: clientName(context) };
  const shop = new ShopDatabase({ ...config.shop, ...pool });
  const vault = new VaultDatabase({ ...config.vault, ...pool });
  const kms = new KmsEndpoint(config.kms, context);
  refuseWrongWiring({
    cell: cell.id,
    profile: config.process.profile,
    region,
    directory,
    databases: await readMarkers({ shop, vault }),
    egress: context.egress.list,
    endpoints: { ENTREPOT_KMS_ENDPOINT: config.kms.endpoint },
    kms: { endpoint: kms.url, verdict: await kms.judge() },
  });
  await refuseQuarantine({ shop, vault });
  await requireKeyDriver(vault, config.subjectKeys.driver);
  const { agents } = context.egress;
  const kmsAccess = { ...config.kms, awsRegion: region.awsRegion, agents };
  const { signingKeyArn, ...places } = config.journal;
  const opened = await openErasureJournal({
    ...{ cell: cell.id, places, kms: kmsAccess, signingKeyArn },
  });
  const { journal } = opened;
  const relyingParty = relyingPartyOf(cell.origin);
  const isProduction = config.process.profile === 'production';
  const eraser = openEraser({
    ...{ cell: cell.id, shop, vault, journal, log, kms: kmsAccess, relyingParty },
    passkeys: new PgPasskeyWitness(shop, { relyingParty, takesDemoPasskeys: !isProduction }),
    requiresEvidence: isProduction,
  });
  const readiness = new Readiness(cell.id, [
    databaseProbe('shop', shop),
    databaseProbe('vault', vault),
    quarantineProbe({ shop, vault }),
    kms.probe(),
  ]);
  const upkeep = new Upkeep(new UpkeepReport(log, context.metrics));
  keepErasing(upkeep, eraser);
  const observability = await serveObservability(context, readiness);
  log.info('process.ready', { port: observability.port, pid: process.pid });
  endOnSignal(
    [
      { name: 'readiness', run: () => readiness.drain() },
      { name: 'upkeep', run: () => upkeep.stop() },
      { name: 'eraser', run: () => eraser.close() },
      { name: 'journal', run: () => opened.close() },
      { name: 'kms', run: () => kms.close() },
      { name: 'shop', run: () => shop.close() },
      { name: 'vault', run: () => vault.close() },
      { name: 'observability', run: () => observability.close() },
    ],
    log,
  );
}

function keepErasing(upkeep: Upkeep, eraser: Eraser): void {
  upkeep.every(destroyKeysEveryMs, 'privacy.destroy_keys', () => eraser.destroyKeys.execute());
  upkeep.every(retireEpochsEveryMs, 'privacy.retire_epochs', () => eraser.retireEpochs.execute());
  upkeep.every(endCohortsEveryMs, 'privacy.end_cohorts', () => eraser.endCohorts.execute());
  upkeep.every(tryEndedKeysEveryMs, 'privacy.try_ended_keys', () => eraser.tryEndedKeys.execute());
  upkeep.every(signCertificatesEveryMs, 'privacy.sign_certificates', () =>
    eraser.signCertificates.execute(),
  );
}
