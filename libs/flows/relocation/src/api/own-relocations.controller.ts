import {
  beginRelocationBody,
  completedRelocationView,
  completeRelocationBody,
  issuedRelocationView,
  relocationParams,
  relocationView,
} from '@entrepot/contracts/api/relocation';
import type {
  CompletedRelocationView,
  IssuedRelocationView,
  RelocationView,
} from '@entrepot/contracts/api/relocation';
import type { CountryCode, RelocationId } from '@entrepot/kernel';
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
import { BeginRelocation } from '../application/begin-relocation.ts';
import { CompleteRelocation } from '../application/complete-relocation.ts';
import { ReadRelocation } from '../application/read-relocation.ts';
import { WithdrawRelocation } from '../application/withdraw-relocation.ts';
import { RelocationViews } from './relocation.view.ts';

class BeginRelocationDto extends createZodDto(beginRelocationBody) {}
class CompleteRelocationDto extends createZodDto(completeRelocationBody) {}
class IssuedRelocationDto extends createZodDto(issuedRelocationView) {}
class CompletedRelocationDto extends createZodDto(completedRelocationView) {}
class RelocationDto extends createZodDto(relocationView) {}
class RelocationParamsDto extends createZodDto(relocationParams) {}

const packetLimit = {
  name: 'relocation.packets',
  per: 'person',
  limit: 10,
  windowSeconds: 86_400,
} as const;

/** A shopper moves away: takes along what is theirs (GDPR Article 20), and is forgotten here once they have arrived. */
@Controller('v1/me/relocations')
export class OwnRelocationsController {
  constructor(
    private readonly beginRelocation: BeginRelocation,
    private readonly readRelocation: ReadRelocation,
    private readonly completeRelocation: CompleteRelocation,
    private readonly withdrawRelocation: WithdrawRelocation,
    private readonly views: RelocationViews,
  ) {}

  @Post()
  @Access('shopper')
  @RateLimit(packetLimit)
  @ZodResponse({ status: 201, type: IssuedRelocationDto })
  async begin(
    @CurrentPrincipal() { subjectId: subject, sessionId: session }: ShopperPrincipal,
    @Body() { country, password }: BeginRelocationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedRelocationView> {
    const presence = { subject, session, password };
    const begun = await this.beginRelocation.execute(presence, country as CountryCode);
    reply.header('cache-control', 'no-store');
    return { ...this.views.of(begun.departure), packet: begun.packet };
  }

  @Get(':relocationId')
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: RelocationDto })
  async read(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { relocationId }: RelocationParamsDto,
  ): Promise<RelocationView> {
    const id = relocationId as RelocationId;
    return this.views.of(await this.readRelocation.execute(id, subjectId));
  }

  @Post(':relocationId/completion')
  @HttpCode(200)
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: CompletedRelocationDto })
  async complete(
    @CurrentPrincipal() { subjectId: subject, sessionId: session }: ShopperPrincipal,
    @Param() { relocationId }: RelocationParamsDto,
    @Body() { receipt, password }: CompleteRelocationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CompletedRelocationView> {
    reply.header('cache-control', 'no-store');
    const id = relocationId as RelocationId;
    const presence = { subject, session, password };
    const { departure, copy } = await this.completeRelocation.execute(id, presence, receipt);
    return { ...this.views.of(departure), copy: copy ?? null };
  }

  /** Stays after all. A packet that is still out makes an account at the new home at most; see `withdrawals` there. */
  @Delete(':relocationId')
  @HttpCode(200)
  @Access('shopper')
  @ServesRestricted()
  @ZodResponse({ status: 200, type: RelocationDto })
  async withdraw(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { relocationId }: RelocationParamsDto,
  ): Promise<RelocationView> {
    const id = relocationId as RelocationId;
    return this.views.of(await this.withdrawRelocation.execute(id, subjectId));
  }
}
