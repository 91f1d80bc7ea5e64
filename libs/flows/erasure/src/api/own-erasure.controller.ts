import {
  askOwnErasureBody,
  erasureRequestParams,
  ownErasureRequestListView,
  ownErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type {
  OwnErasureRequestListView,
  OwnErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  ServesRestricted,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { AskOwnErasure } from '../application/ask-own-erasure.ts';
import { ReadErasures } from '../application/read-erasures.ts';
import { WithdrawOwnErasure } from '../application/withdraw-own-erasure.ts';
import { ownErasureViewOf } from './own-erasure.view.ts';

class AskOwnErasureDto extends createZodDto(askOwnErasureBody) {}
class OwnErasureRequestDto extends createZodDto(ownErasureRequestView) {}
class OwnErasureRequestListDto extends createZodDto(ownErasureRequestListView) {}
class OwnErasureRequestParamsDto extends createZodDto(erasureRequestParams) {}

/** A shopper asks to be forgotten, looks how far it is, and may change their mind. */
@Controller('v1/me/erasure-requests')
export class OwnErasureController {
  constructor(
    private readonly askOwnErasure: AskOwnErasure,
    private readonly readErasures: ReadErasures,
    private readonly withdrawOwnErasure: WithdrawOwnErasure,
  ) {}

  @Post()
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 201, type: OwnErasureRequestDto })
  async ask(
    @CurrentPrincipal() { subjectId: subject, sessionId: session }: ShopperPrincipal,
    @Body() { password }: AskOwnErasureDto,
  ): Promise<OwnErasureRequestView> {
    return ownErasureViewOf(await this.askOwnErasure.execute({ subject, session, password }));
  }

  @Get()
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: OwnErasureRequestListDto })
  async list(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
  ): Promise<OwnErasureRequestListView> {
    const requests = await this.readErasures.listOf(subjectId);
    return { erasureRequests: requests.map(ownErasureViewOf) };
  }

  @Delete(':requestId')
  @HttpCode(200)
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: OwnErasureRequestDto })
  async withdraw(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { requestId }: OwnErasureRequestParamsDto,
  ): Promise<OwnErasureRequestView> {
    const id = requestId as ErasureRequestId;
    return ownErasureViewOf(await this.withdrawOwnErasure.execute(id, subjectId));
  }
}
