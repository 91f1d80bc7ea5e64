import {
  privacyRequestDetailView,
  privacyRequestListView,
  privacyRequestParams,
} from '@entrepot/contracts/api/rights';
import type {
  PrivacyRequestDetailView,
  PrivacyRequestListView,
} from '@entrepot/contracts/api/rights';
import type { PrivacyRequestId } from '@entrepot/kernel';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import { Controller, Get, Param } from '@nestjs/common';
import { ReadRequests } from '../application/read-requests.ts';
import { privacyRequestDetailViewOf, privacyRequestViewOf } from './privacy-request.view.ts';

class PrivacyRequestParamsDto extends createZodDto(privacyRequestParams) {}
class PrivacyRequestListDto extends createZodDto(privacyRequestListView) {}
class PrivacyRequestDetailDto extends createZodDto(privacyRequestDetailView) {}

/** Copies, corrections and complaints with their clocks. They name nobody, so that no purpose is asked. */
@Controller('admin/v1/privacy-requests')
export class PrivacyRequestsController {
  constructor(private readonly readRequests: ReadRequests) {}

  @Get()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PrivacyRequestListDto })
  async list(): Promise<PrivacyRequestListView> {
    const requests = await this.readRequests.list();
    return { privacyRequests: requests.map(privacyRequestViewOf) };
  }

  @Get(':requestId')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PrivacyRequestDetailDto })
  async read(@Param() { requestId }: PrivacyRequestParamsDto): Promise<PrivacyRequestDetailView> {
    const id = requestId as PrivacyRequestId;
    return privacyRequestDetailViewOf(await this.readRequests.detail(id));
  }
}
