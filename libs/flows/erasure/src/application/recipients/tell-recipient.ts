import { randomUUID } from 'node:crypto';
import { isIdOf } from '@entrepot/kernel';
import { RecipientNotices } from '@entrepot/privacy';
import type { RecipientNotice } from '@entrepot/privacy';
import { Log } from '@entrepot/platform-telemetry';
import { Injectable } from '@nestjs/common';
import {
  atWork,
  completed,
  dutyOf,
  givenUp,
  refusalOfAnswer,
  renewed,
  taken,
  unanswered,
  unknownThere,
} from '../../domain/recipient-duty.ts';
import { StepFailure } from '../step-failure.ts';
import { RecipientFaultError, RecipientSilentError } from './data-recipient.ts';
import type { DataRecipient, RecipientRequest } from './data-recipient.ts';
import { RecipientRegister } from './recipient-register.ts';
import { RequestSeal } from './request-seal.ts';

/** To send and to ask; and to begin anew before. */
const hopsMax = 3;

/**
 * Brings one notice as far as its processor lets it. Each hop is written over what was read before, and
 * every call may be made twice: a crash between the call and the note of it makes the same call again.
 */
@Injectable()
export class TellRecipient {
  constructor(
    private readonly register: RecipientRegister,
    private readonly seal: RequestSeal,
    private readonly notices: RecipientNotices,
    private readonly log: Log,
  ) {}

  /**
   * All notices of a request, each as far as it goes: one that fails does not keep the others from being told.
   * Throws the first StepFailure.
   */
  async all(requestId: string, at: Date): Promise<readonly RecipientNotice[]> {
    const told: RecipientNotice[] = [];
    const failures: StepFailure[] = [];
    for (const notice of await this.notices.of(requestId)) {
      try {
        told.push(await this.execute(notice, at));
      } catch (error) {
        if (!(error instanceof StepFailure)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first !== undefined) throw first;
    return told;
  }

  /** Answers the notice as it is now. Throws StepFailure where people have to look. */
  async execute(notice: RecipientNotice, at: Date): Promise<RecipientNotice> {
    let current = notice;
    for (let hop = 0; hop < hopsMax; hop += 1) {
      const next = await this.hop(current, at);
      if (next === undefined) return current;
      if (!(await this.notices.replace(current, next))) return this.overtaken(current);
      current = next;
      if (current.state === 'cancelled') {
        throw failure('ERASURE_RECIPIENT_CANCELLED', current.processor, 'gave the request up');
      }
    }
    return current;
  }

  /** The notice is no longer as it was asked about: what was said changes nothing, and the next run goes on from here. */
  private async overtaken(asked: RecipientNotice): Promise<RecipientNotice> {
    const { requestId, processor } = asked;
    const notices = await this.notices.of(requestId);
    const now = notices.find((notice) => notice.processor === processor);
    const code = refusalOfAnswer(asked, now);
    if (code !== undefined) {
      this.log.warn('privacy.recipient_answer_refused', {
        ...{ component: `recipient.${processor}`, code },
      });
    }
    return now ?? asked;
  }

  private async hop(notice: RecipientNotice, at: Date): Promise<RecipientNotice | undefined> {
    const duty = dutyOf(notice, at);
    if (duty === 'nothing' || duty === 'wait') return undefined;
    if (duty === 'renew') return renewed(notice, randomUUID(), at);
    const recipient = this.register.find(notice.processor);
    if (recipient === undefined) {
      throw failure('ERASURE_RECIPIENT_UNKNOWN', notice.processor, 'is on no list any more');
    }
    try {
      return await (duty === 'send'
        ? this.send(recipient, notice, at)
        : this.ask(recipient, notice, at));
    } catch (error) {
      if (error instanceof RecipientSilentError) return unanswered(notice, at);
      if (!(error instanceof RecipientFaultError)) throw error;
      throw failure(error.code, notice.processor, error.message);
    }
  }

  private async send(
    recipient: DataRecipient,
    notice: RecipientNotice,
    at: Date,
  ): Promise<RecipientNotice> {
    const { requestId, processor, reference, sealed, preparedAt } = notice;
    const identities = sealed && (await this.seal.openIdentities(requestId, processor, sealed));
    if (identities === undefined) {
      throw failure('ERASURE_RECIPIENT_FORGOTTEN', processor, 'cannot be told of whom any more');
    }
    await recipient.requestErasure({
      ...{ reference, type: typeOf(requestId), identities, submittedAt: preparedAt },
    });
    return taken(notice, at);
  }

  private async ask(
    recipient: DataRecipient,
    notice: RecipientNotice,
    at: Date,
  ): Promise<RecipientNotice> {
    const told = await recipient.statusOf(notice.reference);
    if (told === undefined) return unknownThere(notice, at);
    if (told.status === 'cancelled') return givenUp(notice);
    if (told.status === 'completed') return completed(notice, told.proof, at);
    return atWork(notice, told.status, at);
  }
}

/** Of a person's other requests processors are told of corrections only. */
const typeOf = (requestId: string): RecipientRequest['type'] =>
  isIdOf('privacyRequest', requestId) ? 'rectification' : 'erasure';

const failure = (code: string, processor: string, what: string): StepFailure =>
  new StepFailure(code, `${processor} ${what}`, { store: `recipient:${processor}` });
