import type { ErasureRequestId } from '@entrepot/kernel';
import type { Log } from '@entrepot/platform-telemetry';
import type { ErasureRequest } from '../domain/erasure-request.ts';
import type { ErasureEvidence, KeyTrialEvidence, TriedLogin } from './erasure-evidence.ts';
import type { ErasureStore } from './erasure-store.ts';
import type { KeyTrial } from './key-trial.ts';

/** A changed state of a key may be shown late and then early again: so many in a row count. */
export const attemptsInARow = 5;
const requestsPerRunMax = 100;

/**
 * Tries, with the login of this process, the key of everybody whose erasure waits for it, and writes down that it was
 * refused. A key that opens is no evidence: the request waits, and says in the end who never answered.
 */
export class TryEndedKeys {
  readonly #login: TriedLogin;
  readonly #requests: Pick<ErasureStore, 'toVerify'>;
  readonly #evidence: ErasureEvidence;
  readonly #keys: KeyTrial;
  readonly #log: Log;
  #last: ErasureRequestId | undefined;

  constructor(parts: {
    readonly login: TriedLogin;
    readonly requests: Pick<ErasureStore, 'toVerify'>;
    readonly evidence: ErasureEvidence;
    readonly keys: KeyTrial;
    readonly log: Log;
  }) {
    this.#login = parts.login;
    this.#requests = parts.requests;
    this.#evidence = parts.evidence;
    this.#keys = parts.keys;
    this.#log = parts.log;
  }

  /** Answers how many it gave evidence of. Goes round some at a time: those that wait for an operator stay for days. */
  async execute(): Promise<number> {
    const waiting = await this.#next();
    const ids = waiting.map(({ id }) => id);
    const untried = new Set<ErasureRequestId>(await this.#evidence.withoutTrial(ids, this.#login));
    let given = 0;
    for (const request of waiting) {
      if (untried.has(request.id) && (await this.#give(request))) given += 1;
    }
    return given;
  }

  async #next(): Promise<readonly ErasureRequest[]> {
    const page = { after: this.#last, rowsMax: requestsPerRunMax };
    const found = await this.#requests.toVerify(page);
    this.#last = found.length < requestsPerRunMax ? undefined : found.at(-1)?.id;
    return found;
  }

  async #give(request: ErasureRequest): Promise<boolean> {
    try {
      const outcome = await outcomeOf(this.#keys, request);
      if (outcome === undefined || !isProof(this.#login, outcome)) {
        this.#log.warn('privacy.key_trial_proves_nothing', { component: this.#login });
        return false;
      }
      await this.#evidence.giveTrial({
        ...{ requestId: request.id, part: 'key-trial', login: this.#login, outcome },
        tried: attemptsInARow,
      });
      return true;
    } catch (error) {
      // one that cannot be asked about must not keep the others waiting
      this.#log.failure('privacy.key_trial_failed', error, { component: this.#login });
      return false;
    }
  }
}

/** What each of several attempts in a row came to; undefined where one opened the key. */
export async function outcomeOf(
  keys: KeyTrial,
  { subject }: ErasureRequest,
): Promise<KeyTrialEvidence['outcome'] | undefined> {
  let last: KeyTrialEvidence['outcome'] | undefined;
  for (let attempt = 0; attempt < attemptsInARow; attempt += 1) {
    const outcome = await keys.attempt(subject);
    if (outcome === 'opened') return undefined;
    last = outcome;
  }
  return last;
}

/** A login that opens keys of people every day and is refused altogether says nothing about this one. */
export const isProof = (login: TriedLogin, outcome: KeyTrialEvidence['outcome']): boolean =>
  login === 'eraser' || outcome !== 'login-refused';
