import type { CellId, ErasureRequestId } from '@entrepot/kernel';
import type { ShopDatabase, VaultDatabase } from '@entrepot/platform-database';
import canonicalize from 'canonicalize';
import { AwsEvidenceSigner } from './adapters/aws-evidence-signer.ts';
import { AwsKeyService } from './adapters/aws-key-service.ts';
import type { AwsKeyServiceOptions } from './adapters/aws-key-service.ts';
import { PgEpochStore } from './adapters/pg-epoch-store.ts';
import { PgErasureEvidence } from './adapters/pg-erasure-evidence.ts';
import { isCoveredByEpoch } from './adapters/pg-epoch-cover.ts';
import { PgErasureStore } from './adapters/pg-erasure-store.ts';
import { PgRequestTraces } from './adapters/pg-request-traces.ts';
import { signingKeyOf } from './adapters/pg-signing-key.ts';
import { VaultRequestKeys } from './adapters/vault-request-keys.ts';
import { newestOf, operatorParts } from './application/erasure-evidence.ts';
import type { OperatorPart } from './application/erasure-evidence.ts';
import { KeyEpochs } from './application/key-epochs.ts';
import { tracePlace } from './application/request-traces.ts';
import { ShardKeys } from './application/shard-keys.ts';
import type { ErasureRequest } from './domain/erasure-request.ts';
import { evidenceMessage } from './domain/evidence-statement.ts';
import type { TraceDigests } from './domain/trace-digests.ts';

export interface ErasureVerificationParts {
  readonly cell: CellId;
  /** With the login of the worker, which opens what a request keeps. */
  readonly shop: ShopDatabase;
  readonly vault: VaultDatabase;
  /** The vault as its owner: no process may give evidence in an operator's name. */
  readonly vaultOfOwner: VaultDatabase;
  /** The worker's login, for the keys of requests. */
  readonly kms: AwsKeyServiceOptions;
  /** A person's login, which signs. */
  readonly operatorKms: AwsKeyServiceOptions;
}

/** A request that lacks evidence only an operator can give. */
export interface AwaitedEvidence {
  readonly request: ErasureRequest;
  readonly parts: readonly OperatorPart[];
}

export interface ErasureVerification {
  /**
   * Requests whose keys have ended and that are not yet certified, with what they lack; also those that failed for what
   * was found, which only a later look brings on.
   */
  awaited(): Promise<AwaitedEvidence[]>;
  /** Undefined where the person had typed nothing that could be looked for, or the request is closed. */
  tracesOf(request: ErasureRequestId): Promise<TraceDigests | undefined>;
  /** Whether a backup still opens the person by right: under `kms-epoch`, until the epochs of their key have ended. */
  opensUntilEpochEnds(request: ErasureRequest): Promise<boolean>;
  /** Signs the statement and keeps it. */
  give(of: {
    readonly requestId: ErasureRequestId;
    readonly part: OperatorPart;
    readonly tried: number;
    readonly found: number;
    readonly details: object;
  }): Promise<void>;
  close(): void;
}

const requestsPerPage = 500;

/** What an operator's tool needs to give evidence about erasures. */
export function openErasureVerification(parts: ErasureVerificationParts): ErasureVerification {
  const { cell, shop, vault, vaultOfOwner, kms, operatorKms } = parts;
  const requests = new PgErasureStore(shop);
  const traces = new PgRequestTraces(shop);
  const evidence = new PgErasureEvidence(vaultOfOwner);
  const epochStore = new PgEpochStore(vault);
  const service = new AwsKeyService(kms);
  const shardKeys = new ShardKeys(cell, { store: epochStore, service });
  const keys = new VaultRequestKeys(cell, {
    ...{ vault, epochs: new KeyEpochs(epochStore), shardKeys },
  });
  const signer = new AwsEvidenceSigner(operatorKms, signingKeyOf(vault));

  const missingOf = async (id: ErasureRequestId): Promise<OperatorPart[]> => {
    const given = await evidence.of(id);
    return operatorParts.filter((part) => newestOf(given, part)?.found !== 0);
  };
  return {
    awaited: async () => {
      const open: AwaitedEvidence[] = [];
      let after: ErasureRequestId | undefined;
      for (;;) {
        const page = await requests.openToEvidence({ after, rowsMax: requestsPerPage });
        for (const request of page) {
          const missing = await missingOf(request.id);
          if (missing.length > 0) open.push({ request, parts: missing });
        }
        after = page.at(-1)?.id;
        if (page.length < requestsPerPage) return open;
      }
    },
    tracesOf: async (id) => {
      const sealed = await traces.find(id);
      const opened = sealed && (await keys.open(id, tracePlace, sealed));
      return opened && (JSON.parse(opened.toString('utf8')) as TraceDigests);
    },
    opensUntilEpochEnds: ({ subject }) => isCoveredByEpoch(vault, subject),
    give: async ({ requestId, part, tried, found, details }) => {
      const at = new Date().toISOString();
      const text = canonicalize({ requestId, cell, part, at, tried, found, ...details });
      if (text === undefined) throw new TypeError('a statement has a canonical form');
      const seal = await signer.sign(evidenceMessage(text));
      await evidence.giveSigned({ requestId, part, tried, found, statement: text, seal });
    },
    close: () => {
      shardKeys.clear();
      service.close();
      signer.close();
    },
  };
}
