import type { SessionView } from '@entrepot/contracts/api/identity';
import { staffView } from '@entrepot/contracts/api/staff';
import type { StaffView } from '@entrepot/contracts/api/staff';
import {
  Access,
  createZodDto,
  CurrentPrincipal,
  RateLimit,
  ZodResponse,
} from '@entrepot/platform-http';
import type { StaffPrincipal } from '@entrepot/platform-http';
import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadStaffUseCase } from '../application/read-staff.ts';
import { RefreshSessionUseCase } from '../application/refresh-session.ts';
import { SignInStaffUseCase } from '../application/sign-in-staff.ts';
import { SignOutUseCase } from '../application/sign-out.ts';
import { staffViewOf } from './account.view.ts';
import { RefreshCookie } from './refresh-cookie.ts';
import {
  CreateSessionDto,
  RefreshSessionDto,
  refreshLimit,
  SessionDto,
  signInLimit,
} from './sessions.controller.ts';

class StaffDto extends createZodDto(staffView) {}

/** Staff sign in to the cell they work in. */
@Controller('admin/v1')
export class StaffSessionsController {
  constructor(
    private readonly signIn: SignInStaffUseCase,
    private readonly refreshSession: RefreshSessionUseCase,
    private readonly signOut: SignOutUseCase,
    private readonly readStaff: ReadStaffUseCase,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('sessions')
  @Access('public')
  @RateLimit({ ...signInLimit, name: 'identity.staff_sessions' })
  @ZodResponse({ status: 201, type: SessionDto })
  async create(
    @Body() { refreshTokenIn, ...credentials }: CreateSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    if (refreshTokenIn === 'cookie') this.cookie.assertOwnOrigin(request);
    const grant = await this.signIn.execute(credentials);
    const place = { kind: 'staff', in: refreshTokenIn } as const;
    return this.cookie.answer(grant, place, { request, reply });
  }

  @Post('sessions/refresh')
  @HttpCode(200)
  @Access('public')
  @RateLimit({ ...refreshLimit, name: 'identity.staff_refreshes' })
  @ZodResponse({ status: 200, type: SessionDto })
  async refresh(
    @Body() { refreshToken }: RefreshSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionView> {
    const presented = refreshToken ?? this.cookie.read(request, 'staff');
    const grant = await this.refreshSession.execute('staff', presented);
    const place = { kind: 'staff', in: refreshToken === undefined ? 'cookie' : 'body' } as const;
    return this.cookie.answer(grant, place, { request, reply });
  }

  @Delete('sessions/current')
  @HttpCode(204)
  @Access('staff')
  async end(
    @CurrentPrincipal() { sessionId }: StaffPrincipal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.signOut.execute(sessionId);
    this.cookie.clear(reply, 'staff');
  }

  @Get('me')
  @Access('staff')
  @ZodResponse({ status: 200, type: StaffDto })
  async read(@CurrentPrincipal() { staffId }: StaffPrincipal): Promise<StaffView> {
    return staffViewOf(await this.readStaff.execute(staffId));
  }
}
