import { rightWords } from '@entrepot/flow-rights';
import { dutyInForce } from '@entrepot/privacy';
import type { CountryCode } from '@entrepot/kernel';
import type { AnswerPeriod, PeopleDuty, PeopleLaw, PeopleRule } from '@entrepot/privacy';

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

const periodText = (within: AnswerPeriod): string => {
  if ('days' in within) return `${within.days} days`;
  return within.months === 1 ? 'a month' : `${within.months} months`;
};

/** What a rule says to a person, in one sentence without its end. */
function sentenceOf(rule: PeopleRule): string {
  switch (rule.duty) {
    case 'age_declaration':
      return `Whoever opens an account says that they are ${rule.adultFromYears} or older. Nobody younger is served: nothing is stored of who says that they are younger, and consent of a parent is not taken`;
    case 'grievance':
      return `Complain about what we do with your data: \`POST /v1/me/grievances\`. You are answered within ${periodText(rule.answerWithin)}. If that does not help, go to ${rule.furtherRoute}`;
    case 'nomination':
      return `Name up to ${rule.nomineesMax} persons who may act for you after your death or incapacity, and take them back: \`/v1/me/nominees\``;
    case 'notice_languages':
      return `This notice is written in: ${rule.written.join(', ')}${missingText(rule)}`;
    case 'rights':
      return `Of what is stored about you, you may by law ${rightWords(rule.given).join(', ')}`;
  }
}

function missingText(rule: Extract<PeopleRule, { readonly duty: 'notice_languages' }>): string {
  const missing = rule.wanted.filter((language) => !rule.written.includes(language));
  return missing.length === 0 ? '' : `; not yet, and not claimed: ${missing.join(', ')}`;
}

const duties = [
  'age_declaration',
  'grievance',
  'nomination',
  'notice_languages',
  'rights',
] as const satisfies readonly PeopleDuty[];

/** The rules in force, each once, with their article; those to come with their day. */
export function peoplePart(law: PeopleLaw, on: string): string {
  const countries = [...new Set(law.map(({ country }) => country))].toSorted();
  const inForce = duties.flatMap((duty) =>
    countries.flatMap((country: CountryCode) => dutyInForce(law, { country, duty, on }) ?? []),
  );
  const coming = law.filter(({ inForceSince }) => inForceSince > on);
  return list([
    ...new Set([
      ...inForce.map((rule) => `${sentenceOf(rule)} (${rule.law}).`),
      ...coming.map((rule) => `From ${rule.inForceSince}: ${sentenceOf(rule)} (${rule.law}).`),
    ]),
  ]);
}
