import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AttackReport } from '@entrepot/attacker';
import { describeAttack } from '@entrepot/attacker';
import type { NodeFetch } from '@entrepot/client/node';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type {
  CreateErasureRequestBody,
  ErasureRequestDetailView,
} from '@entrepot/contracts/api/privacy';
import type { DescribedCell, StackDescription } from '@entrepot/stack';

import { AttackBundle, runAttacker } from '../bundle/attack-bundle.ts';
import { learntOf } from '../bundle/learnt.ts';
import type { Learnt } from '../bundle/learnt.ts';
import { endEpoch } from '../epoch-end.ts';
import { passKmsWindow } from '../kms-logins.ts';
import { PrivacyOfficers } from '../people/privacy-officers.ts';
import { liveInCell } from './demo-people.ts';
import type { DemoPeople } from './demo-people.ts';
import {
  describeLearnt,
  describeStatutory,
  isForgotten,
  statutoryEntries,
  wasAllRead,
  wasVerified,
} from './demo-verdict.ts';
import type { LearntOverTime, StatutoryEntry } from './demo-verdict.ts';

export interface DemoSurroundings {
  readonly description: StackDescription;
  readonly cell: DescribedCell;
  readonly node: NodeFetch;
  /** Where bundle, reports and certificates are left. */
  readonly folder: string;
  /** A line for people. */
  readonly tell: (line: string) => void;
  /** Checks a certificate with nothing but its text; answers what it says, or throws. */
  readonly verify: (certificate: string) => string;
  /** Backs the cell up as an operator does; answers the folder of the backup. */
  readonly backUp: (to: string) => Promise<string>;
  /** Gives the evidence that an operator gives, out of every store and that backup. */
  readonly giveEvidence: (backup: string) => Promise<void>;
}

/** What one person's erasure has shown. */
export interface ErasedInDemo extends LearntOverTime {
  readonly requestId: string;
  readonly statuses: readonly { readonly action: string; readonly at: string }[];
  /** What the plan lists as kept by a law. */
  readonly statutory: readonly StatutoryEntry[];
  readonly certificate: ErasureCertificateView;
}

/** What a demonstration has shown; `holds` is whether it showed what was promised. */
export interface ErasureDemo {
  readonly cell: string;
  readonly keyDriver: string;
  readonly folder: string;
  readonly shopper: ErasedInDemo;
  /** Who got the shopper's gift, and is erased after them. */
  readonly recipient: ErasedInDemo;
  readonly holds: boolean;
}

type Who = 'shopper' | 'recipient';
type Attacked = Readonly<Record<Who, Learnt>>;

/** Somebody lives, is attacked, is erased by two officers, and is attacked again. */
export class ErasureDemonstration {
  private readonly bundle: AttackBundle;
  private readonly officers: PrivacyOfficers;
  private readonly told = new Set<string>();

  constructor(private readonly at: DemoSurroundings) {
    const { folder, cell, node, description } = at;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.bundle = new AttackBundle(join(folder, 'bundle'), cell);
    this.officers = new PrivacyOfficers(node, description, cell);
  }

  async run(): Promise<ErasureDemo> {
    const { cell, description, folder, node, tell } = this.at;
    const people = await liveInCell(node, cell, tell);
    const before = await this.attack(people, 'before', 'while the shopper is a customer');
    tell('\nAn operator backs the cell up:');
    const backup = await this.at.backUp(join(folder, 'backups'));
    const { accountId } = people.shopper;
    const ofShopper = await this.erase('shopper', { accountId });
    await this.showShut(people);
    await this.endKeys();
    const unusable = await this.attack(people, 'unusable', 'while their keys wait for their end');
    const gift = { orderId: people.giftOrderId, person: 'recipient' } as const;
    const ofRecipient = await this.erase('recipient', gift);
    await this.endKeys();
    tell('\nAn operator looks for both in every store, and in the backup from before:');
    await this.at.giveEvidence(backup);
    await passKmsWindow(node, cell);
    tell('\nThe clock of the KMS goes past its waiting period:');
    const shopper = await this.certify('shopper', ofShopper);
    const recipient = await this.certify('recipient', ofRecipient);
    const after = await this.attack(people, 'after', 'when no key is left');
    const takes = (who: Who): LearntOverTime => ({
      ...{ before: before[who], unusable: unusable[who], after: after[who] },
    });
    return this.verdict(people, {
      ...{ cell: cell.id, keyDriver: description.keyDriver, folder },
      shopper: { ...shopper, ...takes('shopper') },
      recipient: { ...recipient, ...takes('recipient') },
    });
  }

  private verdict(
    { shopper, recipient }: DemoPeople,
    shown: Omit<ErasureDemo, 'holds'>,
  ): ErasureDemo {
    const { before, unusable, after } = shown.recipient;
    // the parcel goes where it should, whatever becomes of who paid for it
    const wasKept = wasAllRead(unusable, recipient.canaries);
    const holds =
      wasAllRead(shown.shopper.before, shopper.canaries) &&
      wasAllRead(before, recipient.canaries) &&
      wasKept &&
      isForgotten(shown.shopper, shown.shopper.statutory) &&
      isForgotten({ unusable: after, after }, shown.recipient.statutory) &&
      [shown.shopper, shown.recipient].every((of) => wasVerified(of.certificate));
    return { ...shown, holds };
  }

  private async attack(
    { shopper, recipient }: DemoPeople,
    take: string,
    when: string,
  ): Promise<Attacked> {
    const { folder, tell, description } = this.at;
    tell(
      `\nAn outsider gets everything that lies on the disks of the cell, and every login, ${when} …`,
    );
    await this.bundle.take(take);
    const emails = [shopper.text('email'), ...description.shoppers.map(({ email }) => email)];
    await this.bundle.close({ emails, phones: [] });
    const report: AttackReport = await runAttacker(this.bundle.folder);
    writeFileSync(join(folder, `attack-${take}.json`), JSON.stringify(report), { mode: 0o600 });
    const learnt = {
      shopper: learntOf(report, shopper.canaries),
      recipient: learntOf(report, recipient.canaries),
    };
    tell(describeAttack(report));
    tell(describeLearnt('shopper', learnt.shopper));
    tell(describeLearnt('recipient of the gift', learnt.recipient));
    return learnt;
  }

  private async erase(who: Who, person: CreateErasureRequestBody): Promise<string> {
    const { tell, description } = this.at;
    tell(`\nTwo privacy officers decide about the ${who}; the rest happens by itself:`);
    const { id } = await this.officers.decideOn(person);
    tell(`  ${id}, keys kept by ${description.keyDriver}`);
    const request = await this.officers.until(id, 'verified_unreadable', {
      watch: (seen) => this.tellEvents(seen),
    });
    tell(describeStatutory(statutoryEntries(request)));
    return id;
  }

  private async showShut({ shopper }: DemoPeople): Promise<void> {
    const reads = [...(await shopper.readEverything()), ...(await shopper.comeBack())];
    const statuses = [...new Set(reads.map(({ status }) => status))].join(', ');
    this.at.tell(`  every call of the person is answered with ${statuses}`);
    const link = await shopper.call('POST', shopper.copy?.downloadPath ?? '');
    this.at.tell(`  the link to the copy of their data is answered with ${link.status}`);
  }

  /** An epoch covers logins with either driver, and keys of people with one of them. */
  private async endKeys(): Promise<void> {
    const epoch = await endEpoch(this.at.cell);
    this.at.tell(`  an operator ends epoch ${epoch}: everybody else has moved on from it`);
  }

  private async certify(who: Who, requestId: string) {
    const { folder, tell, verify } = this.at;
    const request = await this.officers.until(requestId, 'closed', {
      watch: (seen) => this.tellEvents(seen),
    });
    const certificate = await this.officers.certificate(requestId);
    const text = JSON.stringify(certificate, undefined, 2);
    writeFileSync(join(folder, `certificate-${who}.json`), `${text}\n`);
    tell(`\nThe certificate of the ${who}, checked with nothing but the file:\n${verify(text)}`);
    return {
      ...{ requestId, certificate, statutory: statutoryEntries(request) },
      statuses: request.events.map(({ action, at }) => ({ action, at })),
    };
  }

  private tellEvents({ id, events }: ErasureRequestDetailView): void {
    for (const { seq, action, at, actor, detail } of events) {
      if (this.told.has(`${id} ${seq}`)) continue;
      this.told.add(`${id} ${seq}`);
      const by = actor.startsWith('stf_') ? 'an officer' : actor;
      this.at.tell(`  ${at}  ${action} (${by})${detail === null ? '' : `  ${detail}`}`);
    }
  }
}
