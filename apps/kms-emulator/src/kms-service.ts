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
}

/** One call of a known principal. */
export interface KmsRequest {
  readonly principal: Principal;
  readonly operation: OperationName;
  readonly input: unknown;
}

/** One region's service: what happens to a call between its signature and its answer. */
export class KmsService {
  readonly ring: KeyRing;
  readonly faults: Faults;
  readonly #rates: RequestRates;
  readonly #wrappingKeys: WrappingKeys;

  constructor(parts: KmsServiceParts) {
    this.ring = parts.ring;
    this.faults = parts.faults;
    this.#rates = parts.rates;
    this.#wrappingKeys = new WrappingKeys(() => parts.ring.clock.now());
  }

  async answer(request: KmsRequest): Promise<Answer> {
    return this.#perform(request, new Set<string>());
  }

  async #perform(request: KmsRequest, resources: Set<string>): Promise<Answer> {
    const { principal, operation, input } = request;
    await this.faults.strike(operation);
    this.#rates.count(operation);
    await this.ring.bringUpToDate();
    const call = { ring: this.ring, wrappingKeys: this.#wrappingKeys, principal, resources };
    return operations[operation](call, input);
  }
}
