import {
  askedErasureView,
  askOwnErasureBody,
  erasureRequestParams,
  ownErasureRequestListView,
  ownErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type {
  AskedErasureView,
  OwnErasureRequestListView,
  OwnErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId } from '@entrepot/kernel';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  ServesRestricted,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AskOwnErasure } from '../application/ask-own-erasure.ts';
import { ReadErasures } from '../application/read-erasures.ts';
import { WithdrawOwnErasure } from '../application/withdraw-own-erasure.ts';
import { askedErasureViewOf, ownErasureViewOf } from './own-erasure.view.ts';

class AskOwnErasureDto extends createZodDto(askOwnErasureBody) {}
class AskedErasureDto extends createZodDto(askedErasureView) {}
class OwnErasureRequestDto extends createZodDto(ownErasureRequestView) {}
class OwnErasureRequestListDto extends createZodDto(ownErasureRequestListView) {}
class OwnErasureRequestParamsDto extends createZodDto(erasureRequestParams) {}

/** Who takes a request back and asks again makes a copy and a letter each time. */
const askLimit = {
  name: 'erasure.own_requests',
  per: 'person',
  limit: 5,
  windowSeconds: 86_400,
} as const;

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
  @RateLimit(askLimit)
  @ZodResponse({ status: 201, type: AskedErasureDto })
  async ask(
    @CurrentPrincipal() { subjectId: subject, sessionId: session }: ShopperPrincipal,
    @Body() { password }: AskOwnErasureDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AskedErasureView> {
    reply.header('cache-control', 'no-store');
    return askedErasureViewOf(await this.askOwnErasure.execute({ subject, session, password }));
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
