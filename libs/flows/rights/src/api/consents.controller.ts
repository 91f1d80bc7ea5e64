import { ReadConsents } from '@entrepot/consents';
import {
  consentListView,
  consentParams,
  consentQuery,
  consentView,
  decideConsentBody,
  objectionBody,
  objectionView,
} from '@entrepot/contracts/api/rights';
import type { ConsentListView, ConsentView, ObjectionView } from '@entrepot/contracts/api/rights';
import { DomainError } from '@entrepot/kernel';
import type { SubjectId } from '@entrepot/kernel';
import { Access, createZodDto, CurrentPrincipal, ZodResponse } from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { DecideMarketing } from '../application/decide-marketing.ts';
import { consentViewOf } from './rights.view.ts';

class ConsentParamsDto extends createZodDto(consentParams) {}
class ConsentQueryDto extends createZodDto(consentQuery) {}
class DecideConsentDto extends createZodDto(decideConsentBody) {}
class ConsentDto extends createZodDto(consentView) {}
class ConsentListDto extends createZodDto(consentListView) {}
class ObjectionBodyDto extends createZodDto(objectionBody) {}
class ObjectionDto extends createZodDto(objectionView) {}

/** Consents and the objection to marketing: taken back by the same call by which they are given. */
@Controller('v1/me')
export class ConsentsController {
  constructor(
    private readonly consents: ReadConsents,
    private readonly marketing: DecideMarketing,
  ) {}

  @Get('consents')
  @Access('shopper')
  @ZodResponse({ status: 200, type: ConsentListDto })
  async list(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Query() { locale }: ConsentQueryDto,
  ): Promise<ConsentListView> {
    const states = await this.consents.execute(subjectId, locale);
    return { consents: states.map(consentViewOf) };
  }

  @Get('consents/:purpose')
  @Access('shopper')
  @ZodResponse({ status: 200, type: ConsentDto })
  read(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { purpose }: ConsentParamsDto,
    @Query() { locale }: ConsentQueryDto,
  ): Promise<ConsentView> {
    return this.stateOf(subjectId, purpose, locale);
  }

  @Put('consents/:purpose')
  @Access('shopper')
  @ZodResponse({ status: 200, type: ConsentDto })
  async decide(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Param() { purpose }: ConsentParamsDto,
    @Body() { isGranted, textVersion, locale, surface }: DecideConsentDto,
  ): Promise<ConsentView> {
    const decision = {
      purpose,
      isGranted,
      textVersion,
      locale,
      surface,
      actor: 'subject',
    } as const;
    await this.marketing.consent(subjectId, decision);
    return this.stateOf(subjectId, purpose, locale);
  }

  @Get('objections/direct-marketing')
  @Access('shopper')
  @ZodResponse({ status: 200, type: ObjectionDto })
  async objection(@CurrentPrincipal() { subjectId }: ShopperPrincipal): Promise<ObjectionView> {
    return { isRaised: await this.marketing.hasObjected(subjectId) };
  }

  @Put('objections/direct-marketing')
  @Access('shopper')
  @ZodResponse({ status: 200, type: ObjectionDto })
  async object(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() { isRaised }: ObjectionBodyDto,
  ): Promise<ObjectionView> {
    await this.marketing.object(subjectId, isRaised);
    return { isRaised };
  }

  private async stateOf(subject: SubjectId, purpose: string, locale: string): Promise<ConsentView> {
    const states = await this.consents.execute(subject, locale);
    const state = states.find((of) => of.purpose === purpose);
    if (state === undefined) throw new DomainError('NOT_FOUND', `nobody is asked about ${purpose}`);
    return consentViewOf(state);
  }
}
