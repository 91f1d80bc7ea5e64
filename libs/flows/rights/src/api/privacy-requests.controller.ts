import { officerQueueQuery } from '@entrepot/contracts/api/officer-queue';
import {
  privacyRequestDetailView,
  privacyRequestPage,
  privacyRequestParams,
} from '@entrepot/contracts/api/rights';
import type { PrivacyRequestDetailView, PrivacyRequestPage } from '@entrepot/contracts/api/rights';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ReadRequests } from '../application/read-requests.ts';
import { privacyRequestDetailViewOf, privacyRequestViewOf } from './privacy-request.view.ts';

class OfficerQueueQueryDto extends createZodDto(officerQueueQuery) {}
class PrivacyRequestParamsDto extends createZodDto(privacyRequestParams) {}
class PrivacyRequestPageDto extends createZodDto(privacyRequestPage) {}
class PrivacyRequestDetailDto extends createZodDto(privacyRequestDetailView) {}

/** Copies, corrections and complaints with their clocks. They name nobody, so that no purpose is asked. */
@Controller('admin/v1/privacy-requests')
export class PrivacyRequestsController {
  constructor(private readonly readRequests: ReadRequests) {}

  @Get()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PrivacyRequestPageDto })
  async list(@Query() query: OfficerQueueQueryDto): Promise<PrivacyRequestPage> {
    const { requests, nextCursor } = await this.readRequests.page(query);
    return { items: requests.map(privacyRequestViewOf), nextCursor };
  }

  @Get(':requestId')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PrivacyRequestDetailDto })
  async read(@Param() { requestId }: PrivacyRequestParamsDto): Promise<PrivacyRequestDetailView> {
    const id = requestId as PrivacyRequestId;
    return privacyRequestDetailViewOf(await this.readRequests.detail(id));
  }
}
