import type { CellId } from '@entrepot/kernel';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import type { Log } from '@entrepot/platform-telemetry';
import type { RelyingParty } from '@entrepot/platform-webauthn';
import { AwsEvidenceSigner } from './adapters/aws-evidence-signer.ts';
import { AwsKeyDestroyer } from './adapters/aws-key-destroyer.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { PgCertificateDesk } from './adapters/pg-certificate-desk.ts';
import { PgCohortEnds } from './adapters/pg-cohort-ends.ts';
import { PgErasureApprovals } from './adapters/pg-erasure-approvals.ts';
import { PgErasureLedger } from './adapters/pg-erasure-ledger.ts';
import { PgSignedApprovals } from './adapters/pg-signed-approvals.ts';
import { PgVaultStore } from './adapters/pg-vault-store.ts';
import { PgEpochEnds } from './adapters/pg-epoch-ends.ts';
import { signingKeyOf } from './adapters/pg-signing-key.ts';
import { DestroyKeys } from './application/destroy-keys.ts';
import { EndCohorts } from './application/end-cohorts.ts';
import type { ErasureJournal } from './application/erasure-journal.ts';
import type { OfficerPasskeys } from './application/signed-approvals.ts';
import { NoteEpochs } from './application/note-epochs.ts';
import { ProveApprovals } from './application/prove-approvals.ts';
import { RetireEpochs } from './application/retire-epochs.ts';
import type { SubjectKeyDriverName } from './application/subject-key-driver.ts';
import { keepToDriver } from './application/subject-key-settings.ts';
import { PgErasureEvidence } from './adapters/pg-erasure-evidence.ts';
import { PgErasureStore } from './adapters/pg-erasure-store.ts';
import { TryEndedKeys } from './application/try-ended-keys.ts';
import { openKeyTrial } from './open-key-trial.ts';
import { SignCertificates } from './application/sign-certificates.ts';

export interface EraserParts {
  readonly cell: CellId;
  /** With a login that reads approvals and writes nothing. */
  readonly shop: ShopDatabase;
  /** With the login of the eraser. */
  readonly vault: VaultDatabase;
  /** With the credentials of the eraser. */
  readonly kms: AwsKeyServiceOptions;
  /** Where each fact is written down before the vault has it. */
  readonly journal: ErasureJournal;
  /** The register of the officers' passkeys, read with the same login. */
  readonly passkeys: OfficerPasskeys;
  /** For whom the officers' passkeys are made. */
  readonly relyingParty: RelyingParty;
  readonly log: Log;
  /** Whether a certificate is signed only with a scan and a restored backup, whatever the worker was told. */
  readonly requiresEvidence: boolean;
}

export interface Eraser {
  readonly destroyKeys: DestroyKeys;
  readonly retireEpochs: RetireEpochs;
  readonly endCohorts: EndCohorts;
  readonly signCertificates: SignCertificates;
  readonly tryEndedKeys: TryEndedKeys;
  close(): void;
}

/** Throws `KeyDriverMismatchError` when the vault's keys are kept by another driver. */
export const requireKeyDriver = (
  vault: VaultDatabase,
  driver: SubjectKeyDriverName,
): Promise<void> => keepToDriver(new PgVaultStore(vault), driver);

/** Puts the eraser together, for the process that is nothing else. */
export function openEraser(parts: EraserParts): Eraser {
  const { cell, shop, vault, kms, journal, log, passkeys, relyingParty, requiresEvidence } = parts;
  const keys = new AwsKeyDestroyer(kms);
  const ends = new PgEpochEnds(vault);
  const destroyKeys = new DestroyKeys({
    ledger: new PgErasureLedger(vault),
    approvals: new PgErasureApprovals(shop),
    proofs: new ProveApprovals({
      ...{ signatures: new PgSignedApprovals(shop), passkeys, relyingParty },
    }),
    epochs: new NoteEpochs({ ends, journal }),
    keys,
    journal,
    log,
  });
  const endCohorts = new EndCohorts({ ends: new PgCohortEnds(vault), keys });
  const retireEpochs = new RetireEpochs({ ends, keys, journal });
  const signer = new AwsEvidenceSigner(kms, signingKeyOf(vault));
  const evidence = new PgErasureEvidence(vault);
  const desk = new PgCertificateDesk(shop, vault, evidence);
  const signCertificates = new SignCertificates({ desk, signer, log, requiresEvidence });
  const trial = openKeyTrial({ cell, vault, kms });
  const tryEndedKeys = new TryEndedKeys({
    ...{ login: 'eraser', requests: new PgErasureStore(shop), keys: trial.keys, log },
    evidence,
  });
  const close = () => {
    keys.close();
    signer.close();
    trial.close();
  };
  return { destroyKeys, retireEpochs, endCohorts, signCertificates, tryEndedKeys, close };
}
