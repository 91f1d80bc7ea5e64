import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problem } from '@entrepot/contracts/api/problem';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { cleanupOpenApiDoc } from './zod.ts';

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const docsPath = '/docs';
/** The explorer loads its own scripts and sets styles inline. */
const docsPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The OpenAPI document of everything the application serves over REST. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Entrepot')
    .setDescription(
      'One shop of independent regional cells; errors are problem details (RFC 9457).',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  return withProblems(cleanupOpenApiDoc(SwaggerModule.createDocument(app, config)));
}

/** Every operation may be refused, and always with problem details. */
function withProblems(document: OpenAPIObject): OpenAPIObject {
  const responses = {
    Problem: {
      description: 'Refused; the code says why',
      content: { 'application/problem+json': { schema: z.toJSONSchema(problem) as Schema } },
    },
  };
  const refused = { $ref: '#/components/responses/Problem' };
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = path[method];
      if (operation === undefined) continue;
      operation.responses = { '4XX': refused, '5XX': refused, ...operation.responses };
    }
  }
  return { ...document, components: { ...document.components, responses } };
}

/** Serves the document at /openapi.json and its explorer at /docs. */
export function serveOpenApi(app: INestApplication, server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (request.url.startsWith(docsPath)) {
      reply.raw.removeHeader('content-security-policy');
      reply.header('content-security-policy', docsPolicy);
    }
    done();
  });
  SwaggerModule.setup(docsPath, app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}
