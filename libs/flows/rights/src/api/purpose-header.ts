import { accessPurpose } from '@entrepot/contracts/api/rights';
import { DomainError } from '@entrepot/kernel';
import { requestOf } from '@entrepot/platform-http';
import type { AccessPurpose } from '@entrepot/privacy';
import { createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';

/** Reads the header Entrepot-Purpose. Throws PURPOSE_REQUIRED. */
export function parsePurpose(header: string | readonly string[] | undefined): AccessPurpose {
  const purpose = accessPurpose.safeParse(header);
  if (purpose.success) return purpose.data;
  throw new DomainError('PURPOSE_REQUIRED', 'the purpose is missing or unknown');
}

/** Passes the purpose of a read by staff to a handler; refuses the request without one. */
export const Purpose = createParamDecorator((_data: unknown, context): AccessPurpose =>
  parsePurpose(requestOf(context).headers['entrepot-purpose']),
);

/** Documents the header on a handler. */
export const NeedsPurpose = (): MethodDecorator =>
  ApiHeader({
    name: 'Entrepot-Purpose',
    required: true,
    description: 'Why this is read; the person it is about finds it in the copy of their data',
    schema: { type: 'string', enum: [...accessPurpose.options] },
  });
