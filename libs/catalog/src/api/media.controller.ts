import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { mediaPath } from '@entrepot/contracts/api/catalog';
import { DomainError } from '@entrepot/kernel';
import { Access, AnswersConditionally, createZodDto, isNotModified } from '@entrepot/platform-http';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ShowMedia } from '../application/show-media.ts';
import { isNameOf } from './media-path.ts';

class MediaPathDto extends createZodDto(mediaPath) {}

/** The name is the hash of the bytes, so an answer is right for ever. */
const forEver = 'public, max-age=31536000, immutable';

@ApiTags('catalog')
@Controller('v1/media')
export class MediaController {
  constructor(private readonly showMedia: ShowMedia) {}

  /** Opened on its own a picture is a document of no origin that may run, load and submit nothing. */
  @Get(':file')
  @Access('public')
  @AnswersConditionally()
  @ApiOkResponse({ content: { 'image/*': { schema: { type: 'string', format: 'binary' } } } })
  async show(
    @Param() { file }: MediaPathDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const contentHash = file.slice(0, file.indexOf('.'));
    const etag = `"${contentHash}"`;
    reply.header('etag', etag).header('cache-control', forEver);
    if (isNotModified(request.headers['if-none-match'], etag)) {
      reply.code(304).send();
      return;
    }
    const { mediaType, bytes } = await this.showMedia.execute(contentHash);
    if (!isNameOf(file, mediaType)) throw new DomainError('NOT_FOUND', 'no such picture');
    reply
      .header('content-type', mediaType)
      .header('content-security-policy', "sandbox; default-src 'none'; style-src 'unsafe-inline'")
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('x-content-type-options', 'nosniff')
      .send(bytes);
  }
}
