import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import type { MailConfig } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import { Mailer } from '@entrepot/platform-mail';
import { PgSentMail, SmtpMailer } from '@entrepot/platform-mail/smtp';
import type { SmtpOptions } from '@entrepot/platform-mail/smtp';
import type { ProcessContext } from './process-context.ts';

/** Ends the connections to the provider with the process. */
class MailerLifeCycle implements OnApplicationShutdown {
  readonly #mailer: SmtpMailer;

  constructor(mailer: SmtpMailer) {
    this.#mailer = mailer;
  }

  onApplicationShutdown(): void {
    this.#mailer.close();
  }
}

@Module({})
export class MailModule {
  /** The region's mail provider, for every domain of the process. */
  static forCell({ config, egress }: ProcessContext, mail: MailConfig): DynamicModule {
    const options: SmtpOptions = {
      ...mail,
      plain: isSandbox(mail, config.profile),
      connect: (to) => egress.connect(to),
    };
    const mailer: Provider = {
      provide: Mailer,
      useFactory: (shop: ShopDatabase) => new SmtpMailer(options, new PgSentMail(shop)),
      inject: [ShopDatabase],
    };
    const lifeCycle: Provider = {
      provide: MailerLifeCycle,
      useFactory: (of: SmtpMailer) => new MailerLifeCycle(of),
      inject: [Mailer],
    };
    return { module: MailModule, global: true, providers: [mailer, lifeCycle], exports: [Mailer] };
  }
}

/** Without TLS to this machine only, and never in production. */
const isSandbox = ({ url }: MailConfig, profile: string): boolean =>
  profile !== 'production' && new URL(url).hostname === '127.0.0.1';
