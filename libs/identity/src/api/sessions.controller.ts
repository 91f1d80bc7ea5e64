import {
  createSessionBody,
  refreshSessionBody,
  sessionView,
} from '@entrepot/contracts/api/identity';
import type { SessionView } from '@entrepot/contracts/api/identity';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  RequiresResidence,
  ServesRestricted,
  ZodResponse,
} from '@entrepot/platform-http';
import type { ShopperPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RefreshSessionUseCase } from '../application/refresh-session.ts';
import { SignInShopperUseCase } from '../application/sign-in-shopper.ts';
import { SignOutUseCase } from '../application/sign-out.ts';
import { RefreshCookie } from './refresh-cookie.ts';

export class CreateSessionDto extends createZodDto(createSessionBody) {}
export class RefreshSessionDto extends createZodDto(refreshSessionBody) {}
export class SessionDto extends createZodDto(sessionView) {}

export const signInLimit = {
  name: 'identity.sessions',
  per: 'address',
  limit: 60,
  windowSeconds: 600,
} as const;
export const refreshLimit = {
  name: 'identity.refreshes',
  per: 'address',
  limit: 120,
  windowSeconds: 600,
} as const;

/** Shoppers sign in at home, refresh and sign out. */
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly signIn: SignInShopperUseCase,
    private readonly refreshSession: RefreshSessionUseCase,
    private readonly signOut: SignOutUseCase,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post()
  @Access('public')
  @RequiresResidence()
  @RateLimit(signInLimit)
  @ZodResponse({ status: 201, type: SessionDto })
  async create(
    @Body() { refreshTokenIn, ...credentials }: CreateSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    if (refreshTokenIn === 'cookie') this.cookie.assertOwnOrigin(request);
    const grant = await this.signIn.execute(credentials);
    const place = { kind: 'shopper', in: refreshTokenIn } as const;
    return this.cookie.answer(grant, place, { request, reply });
  }

  @Post('refresh')
  @HttpCode(200)
  @Access('public')
  @RateLimit(refreshLimit)
  @ZodResponse({ status: 200, type: SessionDto })
  async refresh(
    @Body() { refreshToken }: RefreshSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const presented = refreshToken ?? this.cookie.read(request, 'shopper');
    const grant = await this.refreshSession.execute('shopper', presented);
    const place = { kind: 'shopper', in: refreshToken === undefined ? 'cookie' : 'body' } as const;
    return this.cookie.answer(grant, place, { request, reply });
  }

  @Delete('current')
  @HttpCode(204)
  @Access('shopper')
  @ServesRestricted()
  async end(
    @CurrentPrincipal() { sessionId }: ShopperPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.signOut.execute(sessionId);
    this.cookie.clear(reply, 'shopper');
  }
}
