import { rectificationBody, rectificationView } from '@entrepot/contracts/api/rights';
import type { RectificationView } from '@entrepot/contracts/api/rights';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Post } from '@nestjs/common';
import { RectifyAccount } from '../application/rectify-account.ts';
import { rectificationViewOf } from './rights.view.ts';

class RectificationBodyDto extends createZodDto(rectificationBody) {}
class RectificationDto extends createZodDto(rectificationView) {}

/** Of each, everybody outside who has the person's data is told. */
const correctionLimit = {
  name: 'rights.corrections',
  per: 'person',
  limit: 10,
  windowSeconds: 86_400,
} as const;

/** Corrections that recipients hear of (GDPR Articles 16 and 19). */
@Controller('v1/me/rectifications')
export class RectificationsController {
  constructor(private readonly rectify: RectifyAccount) {}

  @Post()
  @Access('shopper')
  @RateLimit(correctionLimit)
  @ZodResponse({ status: 201, type: RectificationDto })
  async create(
    @CurrentPrincipal() { subjectId }: ShopperPrincipal,
    @Body() body: RectificationBodyDto,
  ): Promise<RectificationView> {
    return rectificationViewOf(await this.rectify.execute(subjectId, body));
  }
}
