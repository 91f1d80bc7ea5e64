import { erasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import { officerQueueQuery } from '@entrepot/contracts/api/officer-queue';
import {
  createdErasureRequestView,
  createErasureRequestBody,
  erasureRequestDetailView,
  erasureRequestPage,
  erasureRequestParams,
  erasureRequestView,
  signPlanBody,
  steerErasureBody,
} from '@entrepot/contracts/api/privacy';
import type {
  CreatedErasureRequestView,
  ErasureRequestDetailView,
  ErasureRequestPage,
  ErasureRequestView,
  SignPlanBody,
} from '@entrepot/contracts/api/privacy';
import { passkeyAssertionOptions } from '@entrepot/contracts/api/staff';
import type { PasskeyAssertionOptions } from '@entrepot/contracts/api/staff';
import { assertionIn, assertionOptionsViewOf } from '@entrepot/identity';
import type { ErasureRequestId } from '@entrepot/kernel';
import type { ApprovalRole } from '@entrepot/privacy';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ReadCertificate } from '../application/read-certificate.ts';
import { ReadErasures } from '../application/read-erasures.ts';
import { RequestErasure } from '../application/request-erasure.ts';
import { SignPlan } from '../application/sign-plan.ts';
import { SteerErasure } from '../application/steer-erasure.ts';
import {
  certificateViewOf,
  createdErasureViewOf,
  erasureDetailViewOf,
  erasureRequestViewOf,
} from './erasure-request.view.ts';

class CreateErasureRequestDto extends createZodDto(createErasureRequestBody) {}
class CreatedErasureRequestDto extends createZodDto(createdErasureRequestView) {}
class SignPlanDto extends createZodDto(signPlanBody) {}
class PlanAssertionOptionsDto extends createZodDto(passkeyAssertionOptions) {}
class SteerErasureDto extends createZodDto(steerErasureBody) {}
class ErasureCertificateDto extends createZodDto(erasureCertificateView) {}
class OfficerQueueQueryDto extends createZodDto(officerQueueQuery) {}
class ErasureRequestParamsDto extends createZodDto(erasureRequestParams) {}
class ErasureRequestDto extends createZodDto(erasureRequestView) {}
class ErasureRequestPageDto extends createZodDto(erasureRequestPage) {}
class ErasureRequestDetailDto extends createZodDto(erasureRequestDetailView) {}

/** Two privacy officers and no one else decide that a person is forgotten. */
@Controller('admin/v1/erasure-requests')
export class ErasureRequestsController {
  constructor(
    private readonly requestErasure: RequestErasure,
    private readonly signPlan: SignPlan,
    private readonly steerErasure: SteerErasure,
    private readonly readErasures: ReadErasures,
    private readonly readCertificate: ReadCertificate,
  ) {}

  @Post()
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 201, type: CreatedErasureRequestDto })
  async create(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Body() body: CreateErasureRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedErasureRequestView> {
    reply.header('cache-control', 'no-store');
    return createdErasureViewOf(await this.requestErasure.execute(body, staffId));
  }

  @Post(':requestId/confirmation/options')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PlanAssertionOptionsDto })
  async confirmationOptions(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: ErasureRequestParamsDto,
  ): Promise<PasskeyAssertionOptions> {
    const id = requestId as ErasureRequestId;
    return assertionOptionsViewOf(await this.signPlan.options(id, staffId, 'requester'));
  }

  @Post(':requestId/confirmation')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDto })
  confirm(
    @CurrentPrincipal() officer: StaffPrincipal,
    @Param() params: ErasureRequestParamsDto,
    @Body() { planDigest, assertion }: SignPlanDto,
  ): Promise<ErasureRequestView> {
    return this.sign(officer, params, { role: 'requester', planDigest, assertion });
  }

  @Post(':requestId/approval/options')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: PlanAssertionOptionsDto })
  async approvalOptions(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: ErasureRequestParamsDto,
  ): Promise<PasskeyAssertionOptions> {
    const id = requestId as ErasureRequestId;
    return assertionOptionsViewOf(await this.signPlan.options(id, staffId, 'approver'));
  }

  @Post(':requestId/approval')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: ErasureRequestDto })
  approve(
    @CurrentPrincipal() officer: StaffPrincipal,
    @Param() params: ErasureRequestParamsDto,
    @Body() { planDigest, assertion }: SignPlanDto,
  ): Promise<ErasureRequestView> {
    return this.sign(officer, params, { role: 'approver', planDigest, assertion });
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
  @ZodResponse({ status: 200, type: ErasureRequestPageDto })
  async list(@Query() query: OfficerQueueQueryDto): Promise<ErasureRequestPage> {
    const { requests, nextCursor } = await this.readErasures.page(query);
    return { items: requests.map(erasureRequestViewOf), nextCursor };
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

  private async sign(
    { staffId }: StaffPrincipal,
    { requestId }: ErasureRequestParamsDto,
    { role, planDigest, assertion }: SignPlanBody & { readonly role: ApprovalRole },
  ): Promise<ErasureRequestView> {
    const signature = { role, planDigest, assertion: assertionIn(assertion) };
    const id = requestId as ErasureRequestId;
    return erasureRequestViewOf(await this.signPlan.execute(id, staffId, signature));
  }
}
