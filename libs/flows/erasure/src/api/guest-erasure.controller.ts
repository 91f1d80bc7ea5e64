import {
  askErasureAsGuestBody,
  erasureRequestParams,
  guestErasureView,
  shownIdentityView,
  showIdentityBody,
} from '@entrepot/contracts/api/privacy';
import type { GuestErasureView, ShownIdentityView } from '@entrepot/contracts/api/privacy';
import type { ErasureRequestId } from '@entrepot/kernel';
import { Access, createZodDto, RateLimit, ZodResponse } from '@entrepot/platform-http';
import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AskErasureAsGuest } from '../application/ask-erasure-as-guest.ts';
import { ShowIdentity } from '../application/show-identity.ts';

class AskErasureAsGuestDto extends createZodDto(askErasureAsGuestBody) {}
class ShowIdentityDto extends createZodDto(showIdentityBody) {}
class GuestErasureDto extends createZodDto(guestErasureView) {}
class ShownIdentityDto extends createZodDto(shownIdentityView) {}
class GuestErasureParamsDto extends createZodDto(erasureRequestParams) {}

const askLimit = {
  ...({ name: 'erasure.guest_requests', per: 'address', limit: 10, windowSeconds: 3_600 } as const),
};
const codeLimit = {
  ...({ name: 'erasure.guest_codes', per: 'address', limit: 30, windowSeconds: 3_600 } as const),
};

/** For whoever cannot sign in. Each answer is the same for everybody: nothing tells who is known here. */
@Controller('v1/erasure-requests')
export class GuestErasureController {
  constructor(
    private readonly askErasure: AskErasureAsGuest,
    private readonly showIdentity: ShowIdentity,
  ) {}

  @Post()
  @HttpCode(202)
  @Access('public')
  @RateLimit(askLimit)
  @ZodResponse({ status: 202, type: GuestErasureDto })
  ask(@Body() wish: AskErasureAsGuestDto): GuestErasureView {
    return { id: this.askErasure.execute(wish) };
  }

  @Post(':requestId/identity')
  @HttpCode(202)
  @Access('public')
  @RateLimit(codeLimit)
  @ZodResponse({ status: 202, type: ShownIdentityDto })
  show(
    @Param() { requestId }: GuestErasureParamsDto,
    @Body() { code }: ShowIdentityDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): ShownIdentityView {
    reply.header('cache-control', 'no-store');
    const passphrase = this.showIdentity.execute(requestId as ErasureRequestId, code);
    return { id: requestId, passphrase: passphrase ?? null };
  }
}
