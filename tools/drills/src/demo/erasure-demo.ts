import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AttackReport } from '@entrepot/attacker';
import { describeAttack } from '@entrepot/attacker';
import type { NodeFetch } from '@entrepot/client/node';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureRequestDetailView } from '@entrepot/contracts/api/privacy';
import type { DescribedCell, StackDescription } from '@entrepot/stack';

import { AttackBundle, runAttacker } from '../bundle/attack-bundle.ts';
import { hasLearntNothing, learntOf } from '../bundle/learnt.ts';
import type { Learnt } from '../bundle/learnt.ts';
import { endEpoch } from '../epoch-end.ts';
import { passKmsWindow } from '../kms-logins.ts';
import { CanaryShopper } from '../people/canary-shopper.ts';
import { articleInStock } from '../people/goods.ts';
import { PrivacyOfficers } from '../people/privacy-officers.ts';

export interface DemoSurroundings {
  readonly description: StackDescription;
  readonly cell: DescribedCell;
  readonly node: NodeFetch;
  /** Where bundle, reports and certificate are left. */
  readonly folder: string;
  /** A line for people. */
  readonly tell: (line: string) => void;
  /** Checks a certificate with nothing but its text; answers what it says, or throws. */
  readonly verify: (certificate: string) => string;
}

export interface DemoAttack {
  readonly report: AttackReport;
  readonly person: Learnt;
}

/** What a demonstration has shown; `holds` is whether it showed what was promised. */
export interface ErasureDemo {
  readonly cell: string;
  readonly keyDriver: string;
  readonly requestId: string;
  readonly folder: string;
  readonly statuses: readonly { readonly action: string; readonly at: string }[];
  readonly before: Learnt;
  readonly unusable: Learnt;
  readonly after: Learnt;
  readonly certificate: ErasureCertificateView;
  readonly holds: boolean;
}

/** Somebody lives, is attacked, is erased by two officers, and is attacked again. */
export class ErasureDemonstration {
  private readonly bundle: AttackBundle;
  private readonly person: CanaryShopper;
  private readonly officers: PrivacyOfficers;
  private readonly told = new Set<number>();

  constructor(private readonly at: DemoSurroundings) {
    const { folder, cell, node, description } = at;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.bundle = new AttackBundle(join(folder, 'bundle'), cell);
    this.person = new CanaryShopper(node, cell);
    this.officers = new PrivacyOfficers(node, description, cell);
  }

  async run(): Promise<ErasureDemo> {
    const { cell, description, folder } = this.at;
    await this.live();
    const before = await this.attack('before', 'while the person is a customer');
    const requestId = await this.erase();
    await this.endKeys();
    const unusable = await this.attack('unusable', 'while the keys wait for their end');
    const request = await this.passWindow(requestId);
    const certificate = await this.certify(requestId);
    const after = await this.attack('after', 'when no key is left');
    return {
      ...{ cell: cell.id, keyDriver: description.keyDriver, requestId, folder },
      statuses: request.events.map(({ action, at }) => ({ action, at })),
      ...{ before: before.person, unusable: unusable.person, after: after.person },
      certificate,
      holds:
        this.wasAllRead(before.person) &&
        hasLearntNothing(unusable.person) &&
        hasLearntNothing(after.person),
    };
  }

  /** What can be read of somebody who is not erased; a password is never kept. */
  private wasAllRead({ read }: Learnt): boolean {
    const { password, ...readable } = this.person.canaries;
    return password !== undefined && Object.keys(readable).every((name) => name in read);
  }

  private async live(): Promise<void> {
    const { cell, node, tell } = this.at;
    const sku = await articleInStock(node, cell);
    const order = await this.person.live(sku);
    const other = await this.person.buy(sku, 1);
    await this.person.fillCart(sku);
    tell(`A new shopper of ${cell.id} has an account, an address, a cart, and two orders:`);
    tell(`  ${order.id}, ${other.id}`);
  }

  private async attack(take: string, when: string): Promise<DemoAttack> {
    const { folder, tell, description } = this.at;
    tell(
      `\nAn outsider gets everything that lies on the disks of the cell, and every login, ${when} …`,
    );
    await this.bundle.take(take);
    const emails = [this.person.text('email'), ...description.shoppers.map(({ email }) => email)];
    await this.bundle.close({ emails, phones: [] });
    const report = await runAttacker(this.bundle.folder);
    writeFileSync(join(folder, `attack-${take}.json`), JSON.stringify(report), { mode: 0o600 });
    const person = learntOf(report, this.person.canaries);
    tell(describeAttack(report));
    tell(describeLearnt(person));
    return { report, person };
  }

  private async erase(): Promise<string> {
    const { tell, description } = this.at;
    tell('\nTwo privacy officers decide over the admin API; the rest happens by itself:');
    const { id } = await this.officers.decide(this.person.accountId);
    tell(`  ${id}, keys kept by ${description.keyDriver}`);
    await this.officers.until(id, 'verified_unreadable', {
      watch: (request) => this.tellEvents(request),
    });
    const reads = [...(await this.person.readEverything()), ...(await this.person.comeBack())];
    const statuses = [...new Set(reads.map(({ status }) => status))].join(', ');
    tell(`  every call of the person is answered with ${statuses}`);
    return id;
  }

  /** An epoch covers logins with either driver, and keys of people with one of them. */
  private async endKeys(): Promise<void> {
    const epoch = await endEpoch(this.at.cell);
    this.at.tell(`  an operator ends epoch ${epoch}: everybody else has moved on from it`);
  }

  private async passWindow(requestId: string): Promise<ErasureRequestDetailView> {
    await passKmsWindow(this.at.node, this.at.cell);
    this.at.tell('\nThe clock of the KMS goes past its waiting period:');
    return this.officers.until(requestId, 'closed', {
      watch: (request) => this.tellEvents(request),
    });
  }

  private async certify(requestId: string): Promise<ErasureCertificateView> {
    const { folder, tell, verify } = this.at;
    const certificate = await this.officers.certificate(requestId);
    const text = JSON.stringify(certificate, undefined, 2);
    writeFileSync(join(folder, 'certificate.json'), `${text}\n`);
    tell(`\nThe certificate, checked with nothing but the file:\n${verify(text)}`);
    return certificate;
  }

  private tellEvents({ events }: ErasureRequestDetailView): void {
    for (const { seq, action, at, actor, detail } of events) {
      if (this.told.has(seq)) continue;
      this.told.add(seq);
      const by = actor.startsWith('stf_') ? 'an officer' : actor;
      this.at.tell(`  ${at}  ${action} (${by})${detail === null ? '' : `  ${detail}`}`);
    }
  }
}

function describeLearnt(person: Learnt): string {
  if (hasLearntNothing(person)) return '  Of the shopper: NOTHING.';
  const names = Object.keys(person.read);
  const read = names.length === 0 ? 'nothing can be read' : `${names.join(', ')} were read`;
  const guessed =
    person.guessed.length === 0 ? '' : `; the address was found by ${person.guessed.join(', ')}`;
  return `  Of the shopper: ${read}${guessed}.`;
}
