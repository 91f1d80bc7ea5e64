import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { CountryCode, StaffId } from '@entrepot/kernel';
import type { PeopleLaw, RetentionLaw } from '@entrepot/privacy';
import fc from 'fast-check';
import { exportFiles, plainSections } from './export-files.ts';
import type { ExportFacts } from './export-files.ts';
import { escapeHtml, retentionText } from './export-page.ts';

const country = 'IN' as CountryCode;
const law: RetentionLaw = [
  {
    ...{
      legalEntity: 'entity',
      country,
      category: 'account',
      action: 'shred-now',
      leaves: 'nothing',
    },
    ...{ law: 'GDPR Article 17(1)', version: 1, inForceSince: '2020-01-01' },
    ...{ signOff: undefined, spec: 'a spec' },
  },
];
const facts: ExportFacts = {
  ...{ exportId: 'rrq_in-1_x', cell: 'in-1', country, madeAt: new Date('2026-11-28T10:00:00Z') },
  ...{ order: undefined, law, peopleLaw: [], recipients: [] },
  sections: [{ section: 'account', records: [{ email: 'a@b.example' }] }],
};
const textOf = (name: string, of = facts): string => exportFiles(of).get(name) ?? '';

describe('the files of a copy', () => {
  it('are one page, JSON and CSV for each section, and a manifest with the digest of each', () => {
    const files = exportFiles(facts);
    expect([...files.keys()]).toEqual([
      'index.html',
      'json/account.json',
      'csv/account.csv',
      'manifest.json',
    ]);
    const manifest = JSON.parse(files.get('manifest.json') ?? '') as {
      files: { name: string; sha256: string }[];
    };
    for (const { name, sha256 } of manifest.files) {
      expect(
        createHash('sha256')
          .update(files.get(name) ?? '')
          .digest('hex'),
      ).toBe(sha256);
    }
    expect(manifest.files).toHaveLength(3);
  });

  it('say what each section is for, how long it stays and by which law', () => {
    expect(textOf('index.html')).toContain(
      'Why: sign-in and messages. From: you. How long: Gone as soon as you are erased (GDPR Article 17(1)).',
    );
    expect(retentionText(undefined)).toContain('No rule is in force');
  });

  it('tells the rights of the law that binds, and of no other', () => {
    const header = { legalEntity: 'entity', country, spec: 'a spec', signOff: undefined };
    const since = { version: 1, inForceSince: '2020-01-01' };
    const board = { answerWithin: { months: 1 }, furtherRoute: 'the board' };
    const peopleLaw: PeopleLaw = [
      { ...header, ...since, duty: 'rights', given: ['correction'], law: 'Rule 5(6)' },
      { ...header, ...since, ...board, duty: 'grievance', law: 'Rule 5(9)' },
      {
        ...{ ...header, version: 2, inForceSince: '2027-05-13', duty: 'rights' },
        ...{ given: ['correction', 'erasure', 'portability'], law: 'section 12' },
      },
    ];
    const today = textOf('index.html', { ...facts, peopleLaw });
    expect(today).toContain(
      '<p>You may have it corrected (Rule 5(6)). We erase you as well when you ask. You may complain to us, and if that does not help to the board (Rule 5(9)).</p>',
    );
    expect(today).not.toMatch(/restrict|object to|supervisory|take this elsewhere/);
    const madeAt = new Date('2027-05-13T10:00:00Z');
    const later = textOf('index.html', { ...facts, peopleLaw, madeAt });
    expect(later).toContain(
      'You may have it corrected, have it erased, take elsewhere what you gave (section 12). You may complain',
    );
    expect(later).toContain('You may take this elsewhere.');
    expect(textOf('index.html')).toContain('No rule about your rights is in force; write to us.');
  });

  it('show what anybody wrote as text, never as markup', () => {
    const anyText = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(anyText, (email) => {
        const page = textOf('index.html', {
          ...facts,
          sections: [{ section: 'account', records: [{ email }] }],
        });
        expect(page).toContain(`<td>${escapeHtml(email)}</td>`);
        expect(escapeHtml(email)).not.toMatch(/[<>"']/);
      }),
      { numRuns: 30 },
    );
    const planted = {
      ...facts,
      recipients: [],
      sections: [{ section: 'account', records: [{ email: '<script>x</script>' }] }],
    };
    expect(textOf('index.html', planted)).not.toContain('<script>');
  });

  it('name the member of staff who asked, and why, at both ends of the page and in the manifest', () => {
    const staff = 'stf_in-1_01234567890123456789012345' as StaffId;
    const ordered = { ...facts, order: { staff, purpose: 'legal_claim' } as const };
    expect(textOf('index.html', ordered).split(staff)).toHaveLength(3);
    expect(JSON.parse(textOf('manifest.json', ordered))).toMatchObject({
      askedBy: { who: staff, purpose: 'legal_claim' },
    });
  });

  it('are refused where one section would hide another', () => {
    const twice = { ...facts, sections: [...facts.sections, ...facts.sections] };
    expect(() => exportFiles(twice)).toThrow('two owners call a section account');
  });

  it('have instants and large numbers as text', () => {
    const at = new Date('2026-01-02T03:04:05Z');
    expect(
      plainSections([{ section: 'orders', records: [{ at, minor: 9_007_199_254_740_993n }] }]),
    ).toEqual([
      {
        section: 'orders',
        records: [{ at: '2026-01-02T03:04:05.000Z', minor: '9007199254740993' }],
      },
    ]);
  });
});
