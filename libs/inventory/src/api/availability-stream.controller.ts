import { finished } from 'node:stream';
import { bandStreamQuery } from '@entrepot/contracts/api/inventory';
import type { Sku } from '@entrepot/kernel';
import { Access, createZodDto } from '@entrepot/platform-http';
import { Controller, Get, Query, Req, Res, type BeforeApplicationShutdown } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BandStreams } from './band-streams.ts';

class BandStreamQueryDto extends createZodDto(bandStreamQuery) {}

/** The bands of a page's articles as they change. Needs no token and says nothing about who reads. */
@Controller('v1/availability/stream')
export class AvailabilityStreamController implements BeforeApplicationShutdown {
  constructor(private readonly streams: BandStreams) {}

  /** Every connection begins with all bands, so a reader who comes back needs no `Last-Event-ID`. */
  @Get()
  @Access('public')
  @ApiOkResponse({
    description: 'Events `band`, each with an article, its band and the age of what it rests on',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  open(
    @Query() { sku }: BandStreamQueryDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const stream = this.streams.connect(new Set(sku as Sku[]), request.ip);
    // however the answer ends or has ended by now, also one to a HEAD, which is sent nothing
    finished(reply.raw, () => stream.destroy());
    reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // a proxy that gathers the answer would hold the events back
      .header('x-accel-buffering', 'no')
      .send(stream);
  }

  /** Before the server closes, which waits for its answers to end. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.streams.close();
  }
}
