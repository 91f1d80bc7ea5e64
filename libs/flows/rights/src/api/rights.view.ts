import type {
  ConsentView,
  ExportView,
  IssuedExportView,
  PersonRecordView,
  RectificationView,
} from '@entrepot/contracts/api/rights';
import type { ConsentState } from '@entrepot/consents';
import type { ReadPerson } from '../application/read-person.ts';
import type { Rectification } from '../application/rectify-account.ts';
import type { ExportSecrets, PersonExport } from '../domain/export.ts';

export const exportViewOf = (of: PersonExport): ExportView => ({
  id: of.id,
  status: of.status,
  requestedAt: of.requestedAt.toISOString(),
  dueAt: of.dueAt.toISOString(),
  madeAt: of.madeAt?.toISOString() ?? null,
  expiresAt: of.expiresAt.toISOString(),
  downloadedAt: of.downloadedAt?.toISOString() ?? null,
});

export const issuedExportViewOf = (
  of: PersonExport,
  secrets: ExportSecrets | undefined,
): IssuedExportView => ({
  ...exportViewOf(of),
  passphrase: secrets?.passphrase ?? null,
  downloadPath: secrets === undefined ? null : `/v1/exports/${secrets.token}`,
});

export const consentViewOf = ({
  purpose,
  isGranted,
  decidedAt,
  text,
}: ConsentState): ConsentView => ({
  ...{ purpose, isGranted, decidedAt: decidedAt?.toISOString() ?? null },
  text: { version: text.version, locale: text.locale, text: text.text },
});

export const rectificationViewOf = (of: Rectification): RectificationView => ({
  id: of.id,
  requestedAt: of.requestedAt.toISOString(),
  answeredAt: of.answeredAt.toISOString(),
  fields: [...of.fields],
  invoices: 'corrected_by_credit_note',
});

export const personRecordViewOf = ({
  account,
  addresses,
}: Awaited<ReturnType<ReadPerson['execute']>>): PersonRecordView => ({
  ...{ id: account.id, email: account.email, fullName: account.fullName },
  ...{ residence: account.residence, language: account.language },
  createdAt: account.createdAt.toISOString(),
  addresses: addresses.map(({ line2, subdivision, ...address }) => ({
    ...{ id: address.id, recipient: address.recipient, line1: address.line1 },
    ...(line2 !== undefined && { line2 }),
    city: address.city,
    ...(subdivision !== undefined && { subdivision }),
    ...{ postalCode: address.postalCode, country: address.country },
  })),
});
