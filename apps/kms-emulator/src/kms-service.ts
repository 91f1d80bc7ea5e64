import type { AuditFile } from './audit/audit-file.ts';
import { recordOfCall } from './audit/audit-record.ts';
import { KmsError } from './errors.ts';
import type { Faults } from './faults/faults.ts';
import { WrappingKeys } from './import/wrapping-keys.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Answer } from './operations/operation.ts';
import type { OperationName } from './operations/operation-names.ts';
import { operations } from './operations/operations.ts';
import type { Principal } from './principals.ts';
import type { RequestRates } from './rates/request-rates.ts';

export interface KmsServiceParts {
  readonly ring: KeyRing;
  readonly rates: RequestRates;
  readonly faults: Faults;
  /** Undefined when nothing is written down. */
  readonly audit: AuditFile | undefined;
}

/** One call of a known principal. */
export interface KmsRequest {
  readonly principal: Principal;
  readonly operation: OperationName;
  readonly input: unknown;
  readonly requestId: string;
}

/** One region's service: what happens to a call between its signature and its answer. */
export class KmsService {
  readonly ring: KeyRing;
  readonly faults: Faults;
  readonly audit: AuditFile | undefined;
  readonly #rates: RequestRates;
  readonly #wrappingKeys: WrappingKeys;

  constructor(parts: KmsServiceParts) {
    this.ring = parts.ring;
    this.faults = parts.faults;
    this.audit = parts.audit;
    this.#rates = parts.rates;
    this.#wrappingKeys = new WrappingKeys(() => parts.ring.clock.now());
  }

  /** Answers or refuses; either is written down before the caller hears of it. */
  async answer(request: KmsRequest): Promise<Answer> {
    const resources = new Set<string>();
    let answer: Answer;
    try {
      answer = await this.#perform(request, resources);
    } catch (error) {
      const errorCode = error instanceof KmsError ? error.type : 'KMSInternalException';
      await this.#record(request, resources, errorCode);
      throw error;
    }
    await this.#record(request, resources, undefined);
    return answer;
  }

  /** Moves the time by which keys and the audit age; returns the ids of the destroyed keys. */
  async advanceClock(ms: number): Promise<string[]> {
    const destroyedKeyIds = await this.ring.advanceClock(ms);
    await this.audit?.dropOld();
    return destroyedKeyIds;
  }

  async #perform(request: KmsRequest, resources: Set<string>): Promise<Answer> {
    const { principal, operation, input } = request;
    await this.faults.strike(operation);
    this.#rates.count(operation);
    await this.ring.bringUpToDate();
    const call = { ring: this.ring, wrappingKeys: this.#wrappingKeys, principal, resources };
    return operations[operation](call, input);
  }

  async #record(
    request: KmsRequest,
    resources: ReadonlySet<string>,
    errorCode: string | undefined,
  ): Promise<void> {
    const { awsRegion, clock } = this.ring;
    await this.audit?.append(
      recordOfCall({ ...request, resources, errorCode, at: clock.now(), awsRegion }),
    );
  }
}
