import type { OfficerQueueQuery } from '@entrepot/contracts/api/officer-queue';
import { Clock, DomainError } from '@entrepot/kernel';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { CursorCodec } from '@entrepot/platform-http';
import { deadlineOf, RecipientNotices } from '@entrepot/privacy';
import type { NoticeProgress } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { alarmOf } from '../domain/request-alarm.ts';
import type { AlarmLevel } from '../domain/request-alarm.ts';
import { PrivacyRequests } from './privacy-requests.ts';
import type { ListedRequest } from './privacy-requests.ts';

const cursors = new CursorCodec(
  z.strictObject({ isAnswered: z.boolean(), at: z.iso.datetime(), id: z.string().max(64) }),
);

const cursorAfter = ({ id, answeredAt, ...clock }: ListedRequest): string =>
  cursors.encode({
    ...{ isAnswered: answeredAt !== undefined, id },
    at: (answeredAt ?? deadlineOf(clock)).toISOString(),
  });

/** A request, and how near the end of its time is; undefined once it is answered. */
export interface UrgentRequest extends ListedRequest {
  readonly urgency: AlarmLevel | undefined;
}

export interface RequestPage {
  readonly requests: readonly UrgentRequest[];
  readonly nextCursor: string | null;
}

export interface RequestDetail {
  readonly request: UrgentRequest;
  /** Who was told of it outside, and what they signed. */
  readonly recipients: readonly NoticeProgress[];
}

/** The queue of copies, corrections and complaints, for officers. Erasures have a queue of their own. */
@Injectable()
export class ReadRequests {
  constructor(
    private readonly requests: PrivacyRequests,
    private readonly notices: RecipientNotices,
    private readonly clock: Clock,
  ) {}

  /** Throws VALIDATION_FAILED for what is no cursor of this list. */
  async page({ limit, cursor }: OfficerQueueQuery): Promise<RequestPage> {
    const place = cursor === undefined ? undefined : cursors.decode(cursor);
    const after = place && { ...place, at: new Date(place.at) };
    const found = await this.requests.page(after, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = found.length > limit && last !== undefined ? cursorAfter(last) : null;
    return { requests: page.map((of) => this.urgent(of)), nextCursor };
  }

  /** Throws NOT_FOUND. */
  async detail(id: PrivacyRequestId): Promise<RequestDetail> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    return { request: this.urgent(request), recipients: await this.notices.progressOf(id) };
  }

  private urgent(request: ListedRequest): UrgentRequest {
    const isOpen = request.answeredAt === undefined;
    return { ...request, urgency: isOpen ? alarmOf(request, this.clock.now()) : undefined };
  }
}
