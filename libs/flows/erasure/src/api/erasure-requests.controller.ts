import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import {
  approveErasureBody,
  createErasureRequestBody,
  erasureRequestDetailView,
  erasureRequestListView,
  erasureRequestParams,
  erasureRequestView,
  steerErasureBody,
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
import { ReadCertificate } from '../application/read-certificate.ts';
import { ReadErasures } from '../application/read-erasures.ts';
import { RequestErasure } from '../application/request-erasure.ts';
import { SteerErasure } from '../application/steer-erasure.ts';
import {
  certificateViewOf,
  erasureDetailViewOf,
  erasureRequestViewOf,
} from './erasure-request.view.ts';

class CreateErasureRequestDto extends createZodDto(createErasureRequestBody) {}
class ApproveErasureDto extends createZodDto(approveErasureBody) {}
class SteerErasureDto extends createZodDto(steerErasureBody) {}
class ErasureCertificateDto extends createZodDto(erasureCertificateView) {}
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
    private readonly steerErasure: SteerErasure,
    private readonly readErasures: ReadErasures,
    private readonly readCertificate: ReadCertificate,
  ) {}

  @Post()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 201, type: ErasureRequestDto })
  async create(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Body() body: CreateErasureRequestDto,
  ): Promise<ErasureRequestView> {
    return erasureRequestViewOf(await this.requestErasure.execute(body, staffId));
  }

  @Post(':requestId/approval')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDto })
  async approve(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: ErasureRequestParamsDto,
    @Body() { planDigest }: ApproveErasureDto,
  ): Promise<ErasureRequestView> {
    const id = requestId as ErasureRequestId;
    return erasureRequestViewOf(await this.approveErasure.execute(id, staffId, planDigest));
  }

  @Post(':requestId/actions')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDto })
  async steer(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: ErasureRequestParamsDto,
    @Body() { action }: SteerErasureDto,
  ): Promise<ErasureRequestView> {
    const id = requestId as ErasureRequestId;
    return erasureRequestViewOf(await this.steerErasure.execute(id, staffId, action));
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
    return erasureDetailViewOf(await this.readErasures.detail(requestId as ErasureRequestId));
  }

  @Get(':requestId/certificate')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureCertificateDto })
  async certificate(
    @Param() { requestId }: ErasureRequestParamsDto,
  ): Promise<ErasureCertificateView> {
    return certificateViewOf(await this.readCertificate.execute(requestId as ErasureRequestId));
  }
}
