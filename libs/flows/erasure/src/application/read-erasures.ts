import type { OfficerQueueQuery } from '@entrepot/contracts/api/officer-queue';
import { DomainError } from '@entrepot/kernel';
import type { ErasureRequestId, SubjectId } from '@entrepot/kernel';
import { CursorCodec } from '@entrepot/platform-http';
import { ErasureEvidence, ErasureStore } from '@entrepot/privacy';
import type {
  ErasureEventRecord,
  ErasureRequest,
  ErasureStep,
  GivenEvidence,
} from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';

const listedMax = 100;

const cursors = new CursorCodec(
  z.strictObject({ requestedAt: z.iso.datetime(), id: z.string().max(64) }),
);

export interface ErasurePage {
  readonly requests: readonly ErasureRequest[];
  readonly nextCursor: string | null;
}

/** A request with everything that is known of its way. */
export interface ErasureDetail {
  readonly request: ErasureRequest;
  readonly steps: readonly ErasureStep[];
  readonly events: readonly ErasureEventRecord[];
}

/** And who tried to read the person since. */
export interface EvidencedErasure extends ErasureDetail {
  readonly evidence: readonly GivenEvidence[];
}

@Injectable()
export class ReadErasures {
  constructor(
    private readonly requests: ErasureStore,
    private readonly evidence: ErasureEvidence,
  ) {}

  /** About one person. */
  listOf(subject: SubjectId): Promise<ErasureRequest[]> {
    return this.requests.listOf(subject, listedMax);
  }

  /** Newest first. Throws VALIDATION_FAILED for what is no cursor of this list. */
  async page({ limit, cursor }: OfficerQueueQuery): Promise<ErasurePage> {
    const place = cursor === undefined ? undefined : cursors.decode(cursor);
    const after = place && { ...place, requestedAt: new Date(place.requestedAt) };
    const found = await this.requests.page(after, limit + 1);
    const requests = found.slice(0, limit);
    const last = found.length > limit ? requests.at(-1) : undefined;
    const nextCursor =
      last === undefined
        ? null
        : cursors.encode({ requestedAt: last.requestedAt.toISOString(), id: last.id });
    return { requests, nextCursor };
  }

  /** Throws NOT_FOUND. */
  async detail(id: ErasureRequestId): Promise<EvidencedErasure> {
    const request = await this.requests.find(id);
    if (request === undefined) throw new DomainError('NOT_FOUND', 'there is no such request');
    const steps = await this.requests.stepsOf(id);
    const [events, evidence] = [await this.requests.eventsOf(id), await this.evidence.of(id)];
    return { request, steps, events, evidence };
  }
}
