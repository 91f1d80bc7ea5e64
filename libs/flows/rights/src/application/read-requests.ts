import { Clock, DomainError } from '@entrepot/kernel';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { RecipientNotices } from '@entrepot/privacy';
import type { NoticeProgress } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { alarmOf } from '../domain/request-alarm.ts';
import type { AlarmLevel } from '../domain/request-alarm.ts';
import { PrivacyRequests } from './privacy-requests.ts';
import type { ListedRequest } from './privacy-requests.ts';

const listedMax = 100;

/** A request, and how near the end of its time is; undefined once it is answered. */
export interface UrgentRequest extends ListedRequest {
  readonly urgency: AlarmLevel | undefined;
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

  async list(): Promise<readonly UrgentRequest[]> {
    return (await this.requests.list(listedMax)).map((of) => this.urgent(of));
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
