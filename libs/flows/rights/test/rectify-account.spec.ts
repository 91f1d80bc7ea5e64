import { describe, expect, it } from '@jest/globals';
import type { AccountChange, ChangeAccountUseCase } from '@entrepot/identity';
import { Clock, DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { PrivacyRequests } from '../src/application/privacy-requests.ts';
import type { NewPrivacyRequest, OpenRequest } from '../src/application/privacy-requests.ts';
import { RecipientNotices } from '../src/application/recipient-notices.ts';
import type { RectificationNotice } from '../src/application/recipient-notices.ts';
import { RectifyAccount } from '../src/application/rectify-account.ts';
import { RightsSettings } from '../src/application/rights-settings.ts';

const cell = 'in-1' as CellId;
const subject: SubjectId = newCellId('subject', cell);
const now = new Date('2026-01-31T10:00:00Z');

class Noted extends PrivacyRequests {
  readonly inserted: NewPrivacyRequest[] = [];
  readonly answered: PrivacyRequestId[] = [];

  override insert(request: NewPrivacyRequest): Promise<void> {
    this.inserted.push(request);
    return Promise.resolve();
  }

  override answer(id: PrivacyRequestId): Promise<void> {
    this.answered.push(id);
    return Promise.resolve();
  }

  override open(): Promise<readonly OpenRequest[]> {
    return Promise.resolve([]);
  }
}

class Told extends RecipientNotices {
  readonly notices: RectificationNotice[] = [];

  override rectified(notice: RectificationNotice): Promise<void> {
    this.notices.push(notice);
    return Promise.resolve();
  }
}

class StillClock extends Clock {
  override now(): Date {
    return now;
  }
}

const settings = new RightsSettings({
  ...{ cell, countries: [], timeZone: 'Asia/Kolkata', law: [], recipients: [] },
});

function partsWith(execute: (of: SubjectId, change: AccountChange) => Promise<unknown>) {
  const [requests, recipients] = [new Noted(), new Told()];
  const accounts = { execute } as unknown as ChangeAccountUseCase;
  const rectify = new RectifyAccount(requests, accounts, recipients, settings, new StillClock());
  return { requests, recipients, rectify };
}

describe('a correction', () => {
  it('is told to recipients by the names of what changed, never by its values', async () => {
    const { rectify, recipients, requests } = partsWith(() => Promise.resolve());
    const change = { fullName: 'Asha Rao', language: undefined };
    const { id, fields } = await rectify.execute(subject, change);
    expect(fields).toEqual(['fullName']);
    expect(recipients.notices).toEqual([{ requestId: id, subject, fields: ['fullName'] }]);
    expect(JSON.stringify(recipients.notices)).not.toContain('Asha');
    expect(requests.answered).toEqual([id]);
  });

  it('that fails stays open under its clock, and nobody is told', async () => {
    const failed = new DomainError('ACCOUNT_CHANGED', 'somebody was faster');
    const { rectify, recipients, requests } = partsWith(() => Promise.reject(failed));
    await expect(rectify.execute(subject, { fullName: 'Asha Rao' })).rejects.toThrow(failed);
    expect(requests.inserted).toMatchObject([
      { subject, kind: 'rectification', dueAt: new Date('2026-02-28T18:29:59.999Z') },
    ]);
    expect([requests.answered, recipients.notices]).toEqual([[], []]);
  });
});
