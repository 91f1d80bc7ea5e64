import type {
  GrievanceCaseView,
  GrievanceView,
  NomineeView,
} from '@entrepot/contracts/api/grievances';
import type { RoutedGrievance } from '../application/file-grievance.ts';
import type { Grievance } from '../application/grievance-store.ts';
import type { Nominee } from '../application/nominee-store.ts';

export const grievanceCaseViewOf = (of: Grievance): GrievanceCaseView => ({
  ...{ id: of.id, text: of.text, answer: of.answer ?? null },
  filedAt: of.filedAt.toISOString(),
  dueAt: of.dueAt.toISOString(),
  answeredAt: of.answeredAt?.toISOString() ?? null,
});

export const grievanceViewOf = (of: RoutedGrievance): GrievanceView => ({
  ...grievanceCaseViewOf(of),
  ...{ furtherRoute: of.furtherRoute, law: of.law },
});

export const nomineeViewOf = ({ id, fullName, contact, ...of }: Nominee): NomineeView => ({
  ...{ id, fullName, contact, namedAt: of.namedAt.toISOString() },
  heardAt: of.heardAt?.toISOString() ?? null,
});
