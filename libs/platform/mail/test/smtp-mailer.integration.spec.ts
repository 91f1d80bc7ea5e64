import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statement } from '@entrepot/platform-database';
import { MailNotSent } from '@entrepot/platform-mail';
import type { MailMessage } from '@entrepot/platform-mail';
import { PgSentMail, SmtpMailer } from '@entrepot/platform-mail/smtp';
import { MailSandbox } from '@entrepot/platform-mail/testing';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';

let sandbox: MailSandbox;
let shop: TestDatabase<'shop'>;
let mailer: SmtpMailer;
let letters = 0;

beforeAll(async () => {
  [sandbox, shop] = await Promise.all([
    MailSandbox.start(),
    testDatabase('shop', { cell: 'in-1' }),
  ]);
  mailer = mailerWith(sandbox.password);
});
afterAll(async () => {
  mailer.close();
  await sandbox.stop();
  await shop.drop();
});

const mailerWith = (password: string): SmtpMailer =>
  new SmtpMailer(
    {
      ...{ url: sandbox.smtpUrl, user: sandbox.user, password },
      ...{ from: 'shop@in-1.localhost', plain: true },
    },
    new PgSentMail(shop.open('worker')),
  );

const newLetter = (more: Partial<MailMessage> = {}): MailMessage => {
  letters += 1;
  return {
    ...{ kind: 'identity_code', to: `canary${letters}@people.example`, locale: 'hi-IN' },
    ...{ values: { code: '418273' }, reference: `dsr_in-1_${letters}:code`, ...more },
  };
};

describe('a letter', () => {
  it('arrives in the language of its reader, from a machine', async () => {
    const letter = newLetter();
    await mailer.send(letter);
    const [taken] = await sandbox.lettersTo(letter.to);
    expect(taken).toMatchObject({
      messageId: `<dsr_in-1_${letters}.code@in-1.localhost>`,
      headers: { 'auto-submitted': 'auto-generated', 'content-language': 'hi' },
    });
    expect(taken?.text).toMatch(/^आपका कोड है 418273\n/);
    expect(taken?.headers['subject']).not.toContain('418273');
  });

  it('is sent once under its reference, whatever it is asked to say the second time', async () => {
    const letter = newLetter();
    await mailer.send(letter);
    await mailer.send({ ...letter, values: { code: '999999' } });
    expect(await sandbox.lettersTo(letter.to)).toHaveLength(1);
  });

  it('is there once where the sender dies before it noted that it was taken', async () => {
    const letter = newLetter();
    const forgetful = new SmtpMailer(
      {
        ...{ url: sandbox.smtpUrl, user: sandbox.user, password: sandbox.password },
        ...{ from: 'shop@in-1.localhost', plain: true },
      },
      { has: () => Promise.resolve(false), note: () => Promise.reject(new Error('it died')) },
    );
    await expect(forgetful.send(letter)).rejects.toThrow('it died');
    await mailer.send(letter);
    forgetful.close();
    expect(await sandbox.lettersTo(letter.to)).toHaveLength(1);
  });

  it.each(['defers', 'refuses'])('that the provider %s is sent by the next try', async (kind) => {
    const letter = newLetter();
    await sandbox.order({ kind });
    const failure = await mailer.send(letter).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailNotSent);
    expect(String(failure)).not.toContain('canary');
    await mailer.send(letter);
    expect(await sandbox.lettersTo(letter.to)).toHaveLength(1);
  });

  it('that was taken without an answer is there once after the next try', async () => {
    const letter = newLetter();
    await sandbox.order({ kind: 'silent' });
    await expect(mailer.send(letter)).rejects.toThrow(MailNotSent);
    await mailer.send(letter);
    expect(await sandbox.lettersTo(letter.to)).toHaveLength(1);
  });

  it('of a sender whom the provider does not know is not taken', async () => {
    const letter = newLetter();
    const stranger = mailerWith('a-password-that-is-wrong');
    await expect(stranger.send(letter)).rejects.toThrow('EAUTH');
    stranger.close();
    expect(await sandbox.lettersTo(letter.to)).toEqual([]);
  });

  it('is not sent without TLS where that is not said', async () => {
    const letter = newLetter();
    const strict = new SmtpMailer(
      {
        ...{ url: sandbox.smtpUrl, user: sandbox.user, password: sandbox.password },
        ...{ from: 'shop@in-1.localhost', plain: false },
      },
      new PgSentMail(shop.open('worker')),
    );
    await expect(strict.send(letter)).rejects.toThrow(MailNotSent);
    strict.close();
    expect(await sandbox.lettersTo(letter.to)).toEqual([]);
  });

  it('leaves nothing about its reader in the database', async () => {
    const letter = newLetter();
    await mailer.send(letter);
    const rows = await shop
      .open('superuser')
      .query(statement('spec.sent', 'SELECT * FROM mail.sent'));
    expect(JSON.stringify(rows)).toContain(letter.reference);
    expect(JSON.stringify(rows)).not.toMatch(/canary|418273/);
  });
});
