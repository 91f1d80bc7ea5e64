import {
  createErasureRequestBody,
  erasureRequestDetailView,
  erasureRequestListView,
  erasureRequestParams,
  erasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type {
  ErasureRequestDetailView,
  ErasureRequestListView,
  ErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApproveErasure } from '../application/approve-erasure.ts';
import { ReadErasures } from '../application/read-erasures.ts';
import { RequestErasure } from '../application/request-erasure.ts';
import { erasureDetailViewOf, erasureRequestViewOf } from './erasure-request.view.ts';

class CreateErasureRequestDto extends createZodDto(createErasureRequestBody) {}
class ErasureRequestParamsDto extends createZodDto(erasureRequestParams) {}
class ErasureRequestDto extends createZodDto(erasureRequestView) {}
class ErasureRequestListDto extends createZodDto(erasureRequestListView) {}
class ErasureRequestDetailDto extends createZodDto(erasureRequestDetailView) {}

/** Two privacy officers and no one else decide that a person is forgotten. */
@Controller('admin/v1/erasure-requests')
export class ErasureRequestsController {
  constructor(
    private readonly requestErasure: RequestErasure,
    private readonly approveErasure: ApproveErasure,
    private readonly readErasures: ReadErasures,
  ) {}

  @Post()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 201, type: ErasureRequestDto })
  async create(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Body() { accountId }: CreateErasureRequestDto,
  ): Promise<ErasureRequestView> {
    return erasureRequestViewOf(await this.requestErasure.execute(accountId, staffId));
  }

  @Post(':requestId/approval')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDto })
  async approve(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: ErasureRequestParamsDto,
  ): Promise<ErasureRequestView> {
    const request = await this.approveErasure.execute(requestId as ErasureRequestId, staffId);
    return erasureRequestViewOf(request);
  }

  @Get()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestListDto })
  async list(): Promise<ErasureRequestListView> {
    return { erasureRequests: (await this.readErasures.list()).map(erasureRequestViewOf) };
  }

  @Get(':requestId')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDetailDto })
  async read(@Param() { requestId }: ErasureRequestParamsDto): Promise<ErasureRequestDetailView> {
    const { request, steps } = await this.readErasures.detail(requestId as ErasureRequestId);
    return erasureDetailViewOf(request, steps);
  }
}
