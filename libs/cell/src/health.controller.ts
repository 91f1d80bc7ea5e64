import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { liveView, readyView } from '@entrepot/contracts/api/health';
import type { ReadyView } from '@entrepot/contracts/api/health';
import { Access, createZodDto, ZodResponse } from '@entrepot/platform-http';
import type { FastifyReply } from 'fastify';
import { Readiness } from './readiness.ts';

class LiveDto extends createZodDto(liveView) {}
class ReadyDto extends createZodDto(readyView) {}

@ApiTags('health')
@Controller('health')
export class HealthController {
  private readonly readiness: Readiness;

  constructor(readiness: Readiness) {
    this.readiness = readiness;
  }

  @Get('live')
  @Access('public')
  @ZodResponse({ status: 200, description: 'The process runs', type: LiveDto })
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** The same body with 200 or 503, so that a load balancer need not read it. */
  @Get('ready')
  @Access('public')
  @ZodResponse({ status: 200, description: 'The cell can serve', type: ReadyDto })
  @ApiServiceUnavailableResponse({
    type: ReadyDto.Output,
    description: 'Something it needs is down',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadyView> {
    const view = await this.readiness.view();
    if (view.status !== 'ready') reply.code(HttpStatus.SERVICE_UNAVAILABLE);
    return view;
  }
}
