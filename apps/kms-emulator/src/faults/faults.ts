import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { KmsError } from '../errors.ts';
import type { StateLag } from '../keys/state-lag.ts';
import type { OperationName } from '../operations/operation-names.ts';
import { rateExceeded } from '../rates/request-rates.ts';
import type { FaultPlan } from './fault-plan.ts';

/** The faults in force, on the machine's real clock. They are gone with the process. */
export class Faults {
  readonly #stateLag: StateLag;
  #plan: FaultPlan = {};
  #availableAtMs = 0;
  #failures = 0;
  #drawn = 0;

  constructor(stateLag: StateLag) {
    this.#stateLag = stateLag;
  }

  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#drawn = 0;
    this.#failures = 0;
    this.#availableAtMs = performance.now() + (plan.unavailable?.seconds ?? 0) * 1000;
    this.#stateLag.set((plan.staleState?.seconds ?? 0) * 1000);
  }

  clear(): void {
    this.set({});
  }

  /** Lets the call wait or fail as the plan says. */
  async strike(operation: OperationName): Promise<void> {
    const { latency, throttle } = this.#plan;
    if (latency?.operations.includes(operation) === true) await wait(latency.milliseconds);
    if (performance.now() < this.#availableAtMs) throw this.#failure();
    if (throttle?.operations.includes(operation) !== true) return;
    if (fraction(throttle.seed, this.#drawn++) < throttle.share) throw rateExceeded();
  }

  /** A service in trouble answers one or the other: here in turn, so that callers meet both. */
  #failure(): KmsError {
    return this.#failures++ % 2 === 0
      ? new KmsError('KMSInternalException', 'The service is unavailable')
      : new KmsError('DependencyTimeoutException', 'The system timed out');
  }
}

/** The n-th number of a sequence that a seed determines, evenly spread over [0, 1). */
function fraction(seed: number, at: number): number {
  const digest = createHash('sha256').update(`${seed}:${at}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
