import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

/** Documents that a handler answers If-None-Match: 304 without a body where the client has it already. */
export const AnswersConditionally = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The ETag of an answer that the client keeps',
      schema: { type: 'string' },
    }),
    ApiResponse({ status: 304, description: 'The client has it already' }),
  );
