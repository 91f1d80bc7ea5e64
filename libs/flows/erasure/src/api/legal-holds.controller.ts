import {
  legalHoldListView,
  legalHoldParams,
  legalHoldView,
  openHoldBody,
  readRetainedBody,
  retainedFieldsView,
} from '@entrepot/contracts/api/legal-holds';
import type {
  LegalHoldListView,
  LegalHoldView,
  RetainedFieldsView,
} from '@entrepot/contracts/api/legal-holds';
import { erasureRequestParams } from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId, LegalHoldId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { CloseCase } from '../application/holds/close-case.ts';
import { ListHolds } from '../application/holds/list-holds.ts';
import { OpenHold } from '../application/holds/open-hold.ts';
import { ReadRetained } from '../application/holds/read-retained.ts';
import { legalHoldViewOf, retainedFieldsViewOf } from './legal-hold.view.ts';

class OpenHoldDto extends createZodDto(openHoldBody) {}
class LegalHoldParamsDto extends createZodDto(legalHoldParams) {}
class LegalHoldDto extends createZodDto(legalHoldView) {}
class LegalHoldListDto extends createZodDto(legalHoldListView) {}
class RetainedParamsDto extends createZodDto(erasureRequestParams) {}
class ReadRetainedDto extends createZodDto(readRetainedBody) {}
class RetainedFieldsDto extends createZodDto(retainedFieldsView) {}

/** Cases that forbid erasing something, and what they and the law have kept. */
@Controller('admin/v1')
export class LegalHoldsController {
  constructor(
    private readonly openHold: OpenHold,
    private readonly closeCase: CloseCase,
    private readonly listHolds: ListHolds,
    private readonly readRetained: ReadRetained,
  ) {}

  @Post('legal-holds')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 201, type: LegalHoldDto })
  async open(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Body() wish: OpenHoldDto,
  ): Promise<LegalHoldView> {
    return legalHoldViewOf(await this.openHold.execute(wish, staffId));
  }

  @Get('legal-holds')
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: LegalHoldListDto })
  async list(): Promise<LegalHoldListView> {
    return { legalHolds: (await this.listHolds.execute()).map(legalHoldViewOf) };
  }

  /** All holds of its case are released with it. */
  @Post('legal-holds/:holdId/release')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: LegalHoldDto })
  async release(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { holdId }: LegalHoldParamsDto,
  ): Promise<LegalHoldView> {
    return legalHoldViewOf(await this.closeCase.execute(holdId as LegalHoldId, staffId));
  }

  @Post('erasure-requests/:requestId/retained-fields/readings')
  @HttpCode(200)
  @Access('staff', ['privacy-officer'])
  @ZodResponse({ status: 200, type: RetainedFieldsDto })
  async readFields(
    @CurrentPrincipal() { staffId }: StaffPrincipal,
    @Param() { requestId }: RetainedParamsDto,
    @Body() { purpose }: ReadRetainedDto,
  ): Promise<RetainedFieldsView> {
    const id = requestId as ErasureRequestId;
    return retainedFieldsViewOf(await this.readRetained.execute(id, staffId, purpose));
  }
}
